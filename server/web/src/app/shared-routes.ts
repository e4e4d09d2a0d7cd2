import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { parseSharedSearch } from "@/features/shared/search";
import { rootRoute } from "./root-route";

/** The pages for who has a link, whoever they are. */
const pages = () => import("./shared-pages");

const getParentRoute = () => rootRoute;

/** What comes has no shape that is known before. */
const pendingComponent = () => null;

export const sharedRoutes = [
  createRoute({
    getParentRoute,
    path: "/shared",
    validateSearch: parseSharedSearch,
    pendingComponent,
    component: lazyRouteComponent(pages, "SharedRoute"),
  }),
  createRoute({
    getParentRoute,
    path: "/embed/$key",
    validateSearch: parseSharedSearch,
    pendingComponent,
    component: lazyRouteComponent(pages, "EmbedRoute"),
  }),
] as const;
