import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { LogoMark } from "@/components/logo";
import { ImportIndicator } from "@/features/imports/import-indicator";
import { parseOverviewSearch } from "@/features/overview/view";
import { StoreSwitcher } from "@/features/stores/store-switcher";
import type { Store } from "@/lib/api/types";
import { useBrandName } from "@/lib/brand";
import { AccountMenu } from "./account-menu";
import { ThemeMenu } from "./theme-menu";

interface HeaderProps {
  stores: Store[];
  store: Store;
  onSwitch: (storeId: string) => void;
}

const link =
  "inline-flex h-8 items-center rounded-md px-2.5 text-muted-foreground hover:text-foreground data-[status=active]:font-medium data-[status=active]:text-foreground data-[status=active]:bg-muted";

/** The bar on top, with what every page has in it. */
export function Bar({ children, tools }: { children?: ReactNode; tools?: ReactNode }) {
  const brand = useBrandName();
  return (
    <header className="sticky top-0 z-30 border-b bg-card print:hidden">
      <div className="mx-auto flex w-full max-w-7xl flex-wrap items-center gap-x-2 gap-y-1 px-3 py-2 sm:flex-nowrap sm:gap-x-3 sm:px-6">
        <Link to="/" aria-label={brand} className="rounded-lg">
          <LogoMark />
        </Link>
        {children}
        <div className="ml-auto flex items-center gap-1">
          {tools}
          <ThemeMenu />
          <AccountMenu />
        </div>
      </div>
    </header>
  );
}

/** The view of the store's numbers goes along to every page; what belongs to one of them alone does not. */
export function Header({ stores, store, onSwitch }: HeaderProps) {
  const params = { storeId: store.id };
  return (
    <Bar tools={<ImportIndicator storeId={store.id} />}>
      <StoreSwitcher stores={stores} current={store} onSwitch={onSwitch} />
      <nav
        aria-label="Pages"
        className="order-last flex w-full gap-1 overflow-x-auto sm:order-none sm:w-auto"
      >
        <Link
          to="/stores/$storeId"
          params={params}
          search={parseOverviewSearch}
          activeOptions={{ exact: true, includeSearch: false }}
          className={link}
        >
          Overview
        </Link>
        <Link
          to="/stores/$storeId/imports"
          params={params}
          search={parseOverviewSearch}
          activeOptions={{ includeSearch: false }}
          className={link}
        >
          Imports
        </Link>
        <Link
          to="/connections"
          search={(search) => ({ ...parseOverviewSearch(search), store: store.id })}
          activeOptions={{ includeSearch: false }}
          className={link}
        >
          Connections
        </Link>
        {stores.length > 1 && (
          <Link to="/portfolio" activeOptions={{ includeSearch: false }} className={link}>
            Portfolio
          </Link>
        )}
      </nav>
    </Bar>
  );
}
