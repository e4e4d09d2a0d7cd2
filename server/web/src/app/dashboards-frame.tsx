import { useSuspenseQuery } from "@tanstack/react-query";
import { Outlet } from "@tanstack/react-router";
import { storesQuery } from "@/features/stores/queries";
import { lastStore } from "@/lib/last-store";
import { Bar } from "./header";
import { PagesNav } from "./pages-nav";
import { SkipLink } from "./skip-link";

/** What the pages of dashboards share. They are about any number of stores, which each of them chooses by itself. */
export function DashboardsFrame() {
  const { data: stores } = useSuspenseQuery(storesQuery);
  const store = stores.find(({ id }) => id === lastStore()) ?? stores[0];
  return (
    <>
      <SkipLink />
      <Bar>
        <PagesNav storeId={store?.id} />
      </Bar>
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto w-full max-w-7xl px-3 py-5 outline-none sm:px-6 sm:py-6"
      >
        <Outlet />
      </main>
    </>
  );
}
