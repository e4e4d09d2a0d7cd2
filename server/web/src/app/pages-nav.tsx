import { useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { parseOverviewSearch } from "@/features/overview/view";
import { storesQuery } from "@/features/stores/queries";

const link =
  "inline-flex h-8 shrink-0 items-center rounded-md px-2.5 text-muted-foreground hover:text-foreground data-[status=active]:font-medium data-[status=active]:text-foreground data-[status=active]:bg-muted";

/**
 * The pages of the app. The view of the store's numbers goes along to every page of it; what belongs to one of them alone does not. Where
 * there is no store, there are no pages of one, and one store is not compared with others.
 */
export function PagesNav({ storeId }: { storeId: string | undefined }) {
  const { data: stores } = useSuspenseQuery(storesQuery);
  return (
    <nav
      aria-label="Pages"
      className="order-last -mx-1 -my-1 flex w-full gap-1 overflow-x-auto p-1 sm:order-none sm:w-auto"
    >
      {storeId !== undefined && (
        <Link
          to="/stores/$storeId"
          params={{ storeId }}
          search={parseOverviewSearch}
          activeOptions={{ exact: true, includeSearch: false }}
          className={link}
        >
          Overview
        </Link>
      )}
      <Link to="/dashboards" activeOptions={{ includeSearch: false }} className={link}>
        Dashboards
      </Link>
      {storeId !== undefined && (
        <>
          <Link
            to="/stores/$storeId/imports"
            params={{ storeId }}
            search={parseOverviewSearch}
            activeOptions={{ includeSearch: false }}
            className={link}
          >
            Imports
          </Link>
          <Link
            to="/connections"
            search={(search) => ({ ...parseOverviewSearch(search), store: storeId })}
            activeOptions={{ includeSearch: false }}
            className={link}
          >
            Connections
          </Link>
        </>
      )}
      {stores.length > 1 && (
        <Link to="/portfolio" activeOptions={{ includeSearch: false }} className={link}>
          Portfolio
        </Link>
      )}
    </nav>
  );
}
