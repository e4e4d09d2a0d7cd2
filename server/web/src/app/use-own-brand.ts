import { useQuery } from "@tanstack/react-query";
import { brandingQuery } from "@/features/branding/queries";
import { useBrandOf } from "@/lib/brand";

/** Has the pages for those who are signed in look as their organisation's own. */
export function useOwnBrand(): void {
  const { data: branding } = useQuery(brandingQuery);
  useBrandOf(branding);
}
