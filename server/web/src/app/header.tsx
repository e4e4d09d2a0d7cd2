import { Link } from "@tanstack/react-router";
import { LogoMark } from "@/components/logo";
import { UserMenu } from "@/features/auth/user-menu";
import { ImportIndicator } from "@/features/imports/import-indicator";
import { StoreSwitcher } from "@/features/stores/store-switcher";
import type { Store } from "@/lib/api/types";
import { ThemeMenu } from "./theme-menu";

interface HeaderProps {
  stores: Store[];
  store: Store;
  onSwitch: (storeId: string) => void;
  onSignedOut: () => void;
}

const link =
  "inline-flex h-8 items-center rounded-md px-2.5 text-muted-foreground hover:text-foreground data-[status=active]:font-medium data-[status=active]:text-foreground data-[status=active]:bg-muted";

export function Header({ stores, store, onSwitch, onSignedOut }: HeaderProps) {
  const params = { storeId: store.id };
  return (
    <header className="sticky top-0 z-30 border-b bg-card">
      <div className="mx-auto flex w-full max-w-7xl flex-wrap items-center gap-x-2 gap-y-1 px-3 py-2 sm:flex-nowrap sm:gap-x-3 sm:px-6">
        <Link to="/" aria-label="Aloftly" className="rounded-lg">
          <LogoMark />
        </Link>
        <StoreSwitcher stores={stores} current={store} onSwitch={onSwitch} />
        <nav aria-label="Pages" className="order-last flex w-full gap-1 sm:order-none sm:w-auto">
          <Link
            to="/stores/$storeId"
            params={params}
            search={(search) => ({ ...search, import: undefined })}
            activeOptions={{ exact: true, includeSearch: false }}
            className={link}
          >
            Overview
          </Link>
          <Link
            to="/stores/$storeId/imports"
            params={params}
            search={(search) => search}
            activeOptions={{ includeSearch: false }}
            className={link}
          >
            Imports
          </Link>
        </nav>
        <div className="ml-auto flex items-center gap-1">
          <ImportIndicator storeId={store.id} />
          <ThemeMenu />
          <UserMenu onSignedOut={onSignedOut} />
        </div>
      </div>
    </header>
  );
}
