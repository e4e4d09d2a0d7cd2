import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { LogoMark } from "@/components/logo";
import { ImportIndicator } from "@/features/imports/import-indicator";
import { StoreSwitcher } from "@/features/stores/store-switcher";
import type { Store } from "@/lib/api/types";
import { useBrandName } from "@/lib/brand";
import { AccountMenu } from "./account-menu";
import { CommandButton } from "./command-button";
import { PagesNav } from "./pages-nav";
import { ThemeMenu } from "./theme-menu";

interface HeaderProps {
  stores: Store[];
  store: Store;
  onSwitch: (storeId: string) => void;
}

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
          <CommandButton />
          <ThemeMenu />
          <AccountMenu />
        </div>
      </div>
    </header>
  );
}

/** The bar on top of the pages of a store. */
export function Header({ stores, store, onSwitch }: HeaderProps) {
  return (
    <Bar tools={<ImportIndicator storeId={store.id} />}>
      <StoreSwitcher stores={stores} current={store} onSwitch={onSwitch} />
      <PagesNav storeId={store.id} />
    </Bar>
  );
}
