import { http, HttpResponse } from "msw";
import type { Integration, Provider } from "@/lib/api/types";
import { network } from "@/test/network";
import { sessionOf, store } from "@/test/responses";
import { ConnectionsPage } from "./connections-page";

/** For tests: has the network list these, as they are when it is asked. */
export function answerConnections(connections: Integration[] | (() => Integration[]), providers: Provider[]) {
  const now = typeof connections === "function" ? connections : () => connections;
  network.use(
    http.get("/api/providers", () => HttpResponse.json({ providers })),
    http.get("/api/integrations", ({ request }) =>
      new URL(request.url).searchParams.get("store") === store.id
        ? HttpResponse.json({ integrations: now() })
        : HttpResponse.error(),
    ),
  );
}

const admin = sessionOf({ role: "admin", permissions: ["manage_connections", "see_all_workspaces"] });

/** For tests: the page of a store, for an admin unless the test says otherwise. */
export function page(parts: Partial<Parameters<typeof ConnectionsPage>[0]> = {}) {
  return (
    <ConnectionsPage
      session={admin}
      store={store}
      arrival={null}
      onArrivalRead={() => undefined}
      history={undefined}
      onHistory={() => undefined}
      onDepart={() => undefined}
      onSynced={() => undefined}
      {...parts}
    />
  );
}
