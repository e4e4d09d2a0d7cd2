import type { QueryClient } from "@tanstack/react-query";
import { createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { parseAuditSearch } from "@/features/audit/search";
import { sessionQuery } from "@/features/auth/session";
import { parseConnectionsSearch } from "@/features/connections/arrival";
import { DashboardSkeleton } from "@/features/dashboards/dashboard-skeleton";
import { parseListSearch } from "@/features/dashboards/list";
import { parseOverviewSearch } from "@/features/overview/view";
import { parsePortfolioSearch } from "@/features/portfolio/view";
import { storesQuery } from "@/features/stores/queries";
import { ApiError } from "@/lib/api/error";
import { parseDashboardSearch } from "@/lib/dashboards/view";
import { authRoutes } from "./auth-routes";
import { DashboardsFrame } from "./dashboards-frame";
import { HomePage } from "./home-page";
import { pages } from "./pages";
import { PageError, PageNotFound, PagePending } from "./page-states";
import { SettingsLayout } from "./settings-layout";
import { rootRoute } from "./root-route";
import { sharedRoutes } from "./shared-routes";
import { SignedInLayout } from "./signed-in-layout";
import { DashboardListSkeleton } from "./skeletons";
import { StoreLayout } from "./store-layout";

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
  component: SignedInLayout,
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
  component: lazyRouteComponent(pages.overview, "OverviewRoute"),
});

export const importsRoute = createRoute({
  getParentRoute: () => storeRoute,
  path: "/imports",
  validateSearch: (search: Record<string, unknown>): { import?: string } => ({
    ...(typeof search.import === "string" && { import: search.import }),
  }),
  component: lazyRouteComponent(pages.imports, "ImportsRoute"),
});

const connectionsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  // Not below a store: providers send browsers back here, and a sign-in that failed may be of none.
  path: "/connections",
  // The view of the store's numbers is kept here as well.
  validateSearch: (search: Record<string, unknown>) => ({
    ...parseOverviewSearch(search),
    ...parseConnectionsSearch(search),
  }),
  component: lazyRouteComponent(pages.connections, "ConnectionsRoute"),
});

const welcomeRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/welcome",
  component: lazyRouteComponent(pages.welcome, "WelcomeRoute"),
});

const portfolioRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/portfolio",
  validateSearch: parsePortfolioSearch,
  component: lazyRouteComponent(pages.portfolio, "PortfolioRoute"),
});

const dashboardsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/dashboards",
  component: DashboardsFrame,
});

const dashboardListRoute = createRoute({
  getParentRoute: () => dashboardsRoute,
  path: "/",
  validateSearch: parseListSearch,
  // The bar on top is there already.
  pendingComponent: DashboardListSkeleton,
  component: lazyRouteComponent(pages.dashboards, "DashboardListRoute"),
});

const newDashboardRoute = createRoute({
  getParentRoute: () => dashboardsRoute,
  path: "/new",
  pendingComponent: DashboardListSkeleton,
  component: lazyRouteComponent(pages.dashboards, "NewDashboardRoute"),
});

const dashboardRoute = createRoute({
  getParentRoute: () => dashboardsRoute,
  path: "/$dashboardId",
  validateSearch: parseDashboardSearch,
  pendingComponent: DashboardSkeleton,
  component: lazyRouteComponent(pages.dashboard, "DashboardRoute"),
});

const settingsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/settings",
  component: SettingsLayout,
});

const settingsHomeRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/settings/members", replace: true });
  },
});

const membersRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/members",
  component: lazyRouteComponent(pages.settings, "MembersRoute"),
});

const securityRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/security",
  component: lazyRouteComponent(pages.settings, "SecurityRoute"),
});

const apiKeysRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/api-keys",
  component: lazyRouteComponent(pages.settings, "ApiKeysRoute"),
});

const accountRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/account",
  component: lazyRouteComponent(pages.settings, "AccountRoute"),
});

const auditRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/audit",
  validateSearch: parseAuditSearch,
  component: lazyRouteComponent(pages.settings, "AuditRoute"),
});

const privacyRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/privacy",
  component: lazyRouteComponent(pages.settings, "PrivacyRoute"),
});

const organizationRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/organization",
  component: lazyRouteComponent(pages.settings, "OrganizationRoute"),
});

const brandingRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/branding",
  component: lazyRouteComponent(pages.settings, "BrandingRoute"),
});

const routeTree = rootRoute.addChildren([
  ...authRoutes,
  ...sharedRoutes,
  signedInRoute.addChildren([
    homeRoute,
    storeRoute.addChildren([overviewRoute, importsRoute]),
    connectionsRoute,
    welcomeRoute,
    portfolioRoute,
    dashboardsRoute.addChildren([dashboardListRoute, newDashboardRoute, dashboardRoute]),
    settingsRoute.addChildren([
      settingsHomeRoute,
      membersRoute,
      apiKeysRoute,
      accountRoute,
      securityRoute,
      auditRoute,
      privacyRoute,
      organizationRoute,
      brandingRoute,
    ]),
  ]),
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
