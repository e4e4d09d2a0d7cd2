import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { storesQuery } from "@/features/stores/queries";
import type { Store } from "@/lib/api/types";

/** The store of the address. The layout above its pages has seen to it that there is one. */
export function useStore(): Store | undefined {
  const { storeId } = useParams({ from: "/signed-in/stores/$storeId" });
  const { data: stores } = useSuspenseQuery(storesQuery);
  return stores.find(({ id }) => id === storeId);
}
