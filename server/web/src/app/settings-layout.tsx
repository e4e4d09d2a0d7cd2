import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { storesQuery } from "@/features/stores/queries";
import { lastStore } from "@/lib/last-store";
import { Bar } from "./header";
import { SettingsNav } from "./settings-nav";
import { SkipLink } from "./skip-link";

/** What the settings share. They are about people and not about a store, and are there for who has none. */
export function SettingsLayout() {
  const { data: stores } = useSuspenseQuery(storesQuery);
  const store = stores.find(({ id }) => id === lastStore()) ?? stores[0];
  return (
    <>
      <SkipLink />
      <Bar>
        {store && (
          <Link
            to="/stores/$storeId"
            params={{ storeId: store.id }}
            className="inline-flex h-8 min-w-0 items-center gap-1.5 rounded-md px-2 text-muted-foreground hover:text-foreground"
          >
            <ArrowLeft aria-hidden className="size-4 shrink-0" />
            <span className="truncate">{store.name}</span>
          </Link>
        )}
      </Bar>
      <div className="mx-auto flex w-full max-w-6xl flex-col gap-5 px-3 py-4 sm:px-6 lg:flex-row lg:gap-10 lg:py-8">
        <SettingsNav />
        <main id="content" tabIndex={-1} className="min-w-0 flex-1 outline-none">
          <Outlet />
        </main>
      </div>
    </>
  );
}
