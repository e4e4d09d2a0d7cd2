import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { sessionQuery } from "@/features/auth/session";
import { parseOverviewSearch } from "@/features/overview/view";
import { storesQuery } from "@/features/stores/queries";
import { ApiError } from "@/lib/api/error";
import { HomePage } from "./home-page";
import { ImportsRoute, OverviewRoute } from "./store-pages";
import { PageError, PageNotFound, PagePending } from "./page-states";
import { SignInRoute } from "./sign-in-route";
import { StoreLayout } from "./store-layout";

export interface RouterContext {
  queries: QueryClient;
}

const rootRoute = createRootRouteWithContext<RouterContext>()({ component: Outlet });

export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): { next?: string } => ({
    // Only ways within this app: an address of another site must not be reached through the sign-in.
    ...(typeof search.next === "string" && /^\/(?![/\\])/.test(search.next) && { next: search.next }),
  }),
  component: SignInRoute,
});

/** Everything behind it is for those who are signed in. */
const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "signed-in",
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queries.query({ ...sessionQuery, staleTime: "static" });
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        throw redirect({ to: "/sign-in", search: location.href === "/" ? {} : { next: location.href } });
      }
      throw error;
    }
  },
  loader: ({ context }) => context.queries.query({ ...storesQuery, staleTime: "static" }),
});

const homeRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/",
  component: HomePage,
});

export const storeRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/stores/$storeId",
  // The view of the numbers belongs to the store, so that it is still there after a look at another page.
  validateSearch: parseOverviewSearch,
  component: StoreLayout,
});

export const overviewRoute = createRoute({
  getParentRoute: () => storeRoute,
  path: "/",
  component: OverviewRoute,
});

export const importsRoute = createRoute({
  getParentRoute: () => storeRoute,
  path: "/imports",
  validateSearch: (search: Record<string, unknown>): { import?: string } => ({
    ...(typeof search.import === "string" && { import: search.import }),
  }),
  component: ImportsRoute,
});

const routeTree = rootRoute.addChildren([
  signInRoute,
  signedInRoute.addChildren([homeRoute, storeRoute.addChildren([overviewRoute, importsRoute])]),
]);

export function createAppRouter(queries: QueryClient) {
  return createRouter({
    routeTree,
    context: { queries },
    defaultNotFoundComponent: PageNotFound,
    defaultErrorComponent: PageError,
    defaultPendingComponent: PagePending,
    defaultPendingMs: 150,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
