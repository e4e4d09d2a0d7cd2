import type { QueryClient } from "@tanstack/react-query";
import { sessionQuery } from "@/features/auth/session";
import { storesQuery } from "@/features/stores/queries";
import { dashboardQuery } from "@/lib/dashboards/queries";
import { lastStore } from "@/lib/last-store";
import { registryQuery } from "@/lib/metrics/registry";
import { pages } from "./pages";

/** Pages for who is not signed in: nothing but themselves is loaded for them. */
const FOR_ANYBODY =
  /^\/(sign-in|sign-up|forgot-password|reset-password|verify-email|invite|shared|embed)(\/|$)/;

/** The address of one dashboard, of which what is on it is asked for as well. */
const DASHBOARD = /^\/dashboards\/(?!new\/?$)([^/]+)\/?$/;

/** What is drawn at an address, so that it is there when it is known who asks. */
const DRAWN: { at: RegExp; load: () => Promise<unknown> }[] = [
  { at: /^\/(stores\/[^/]+\/?)?$/, load: pages.overview },
  { at: /^\/stores\/[^/]+\/imports/, load: pages.imports },
  { at: /^\/connections/, load: pages.connections },
  { at: /^\/dashboards(\/new)?\/?$/, load: pages.dashboards },
  { at: DASHBOARD, load: pages.dashboard },
  { at: /^\/settings/, load: pages.settings },
  { at: /^\/sign-in\/?$/, load: pages.signIn },
];

/** Whoever turns out not to be signed in is sent to the sign-in by the router, and not by each answer. */
const quiet = { meta: { mayBeUnauthenticated: true } };

/** What the pages for who is signed in need, whichever it is. */
const ASKED: ((queries: QueryClient) => Promise<unknown>)[] = [
  (queries) => queries.query(sessionQuery),
  (queries) => queries.query({ ...storesQuery, ...quiet }),
  (queries) => queries.query({ ...registryQuery, ...quiet }),
];

/** Asks for what an address needs all at once, before anything is drawn, and not one thing after the other. */
export function preload(queries: QueryClient, pathname: string): void {
  // Whoever comes to it later finds out what is wrong, and says so.
  const ignore = () => undefined;
  for (const { at, load } of DRAWN) if (at.test(pathname)) load().catch(ignore);
  // Of a browser that has never shown a store it is found out first who asks.
  if (FOR_ANYBODY.test(pathname) || lastStore() === null) return;
  for (const asked of ASKED) asked(queries).catch(ignore);
  const dashboard = DASHBOARD.exec(pathname)?.[1];
  if (dashboard !== undefined) queries.query({ ...dashboardQuery(dashboard), ...quiet }).catch(ignore);
}
