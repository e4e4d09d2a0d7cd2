import { useSuspenseQuery } from "@tanstack/react-query";
import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { storesQuery } from "@/features/stores/queries";
import { PageNotFound } from "./page-states";
import { StoreFrame } from "./store-frame";

/** What the pages below a store's address share. */
export function StoreLayout() {
  const { storeId } = useParams({ from: "/signed-in/stores/$storeId" });
  const { data: stores } = useSuspenseQuery(storesQuery);
  const store = stores.find(({ id }) => id === storeId);
  const navigate = useNavigate();
  if (!store) return <PageNotFound />;
  return (
    <StoreFrame
      store={store}
      onSwitch={(id) =>
        void navigate({
          to: ".",
          params: { storeId: id },
          search: (search) => ({ ...search, import: undefined }),
        })
      }
    >
      <Outlet />
    </StoreFrame>
  );
}
