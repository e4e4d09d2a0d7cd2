import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { PortfolioPage } from "@/features/portfolio/portfolio-page";
import { storesQuery } from "@/features/stores/queries";
import { lastStore } from "@/lib/last-store";
import { NoStore } from "./no-store";
import { StoreFrame } from "./store-frame";
import { textLink } from "./text-link";

/** All stores in one table, wired to the address. The bar on top is that of the store that was looked at last. */
export function PortfolioRoute() {
  const { data: stores } = useSuspenseQuery(storesQuery);
  const search = useSearch({ from: "/signed-in/portfolio" });
  const navigate = useNavigate({ from: "/portfolio" });
  const store = stores.find(({ id }) => id === lastStore()) ?? stores[0];
  if (!store) return <NoStore />;
  return (
    <StoreFrame
      store={store}
      onSwitch={(storeId) => void navigate({ to: "/stores/$storeId", params: { storeId } })}
    >
      <PortfolioPage
        stores={stores}
        search={search}
        onSearch={(change) => void navigate({ search: (now) => ({ ...now, ...change }), resetScroll: false })}
        storeLink={({ id, name }) => (
          <Link
            to="/stores/$storeId"
            params={{ storeId: id }}
            search={{
              ...(search.range && { range: search.range }),
              ...(search.compare && { compare: search.compare }),
            }}
            className={textLink}
          >
            {name}
          </Link>
        )}
      />
    </StoreFrame>
  );
}
