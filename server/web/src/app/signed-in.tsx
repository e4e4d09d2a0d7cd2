import { useQuery } from "@tanstack/react-query";
import { Outlet } from "@tanstack/react-router";
import { brandingQuery } from "@/features/branding/queries";
import { useBrandOf } from "@/lib/brand";

/** What all pages share that are for those who are signed in: they look as the organisation's own. */
export function SignedIn() {
  const { data: branding } = useQuery(brandingQuery);
  useBrandOf(branding);
  return <Outlet />;
}
