import { http, HttpResponse } from "msw";
import { vi } from "vitest";
import { createQueryClient } from "@/lib/api/query-client";
import { rememberStore } from "@/lib/last-store";
import { network, problem } from "@/test/network";
import { sessionOf, store } from "@/test/responses";
import { preload } from "./preload";

afterEach(() => window.localStorage.clear());

/** What a server was asked, in order. */
function listened(refuses = false) {
  const asked: string[] = [];
  const answer = (path: string, body: object) =>
    http.get(path, () => {
      asked.push(path);
      return refuses ? problem(401, "unauthenticated") : HttpResponse.json(body);
    });
  network.use(
    answer("/api/session", sessionOf()),
    answer("/api/stores", { stores: [store] }),
    answer("/api/metrics", { metrics: [], dimensions: [], sources: [] }),
    http.get("/api/dashboards/:id", ({ params }) => {
      asked.push(`/api/dashboards/${String(params.id)}`);
      return refuses ? problem(401, "unauthenticated") : HttpResponse.json({ id: params.id, document: {} });
    }),
  );
  return asked;
}

it("asks at once for what every page needs, and those who come later need not ask again", async () => {
  const asked = listened();
  rememberStore(store.id);
  const queries = createQueryClient(vi.fn());
  preload(queries, `/stores/${store.id}`);
  await vi.waitFor(() => expect(queries.isFetching()).toBe(0));
  expect(asked.toSorted()).toEqual(["/api/metrics", "/api/session", "/api/stores"]);
  expect(queries.getQueryData(["stores"])).toEqual([store]);
});

it("asks for the dashboard of an address with the rest, and for none where none is named", async () => {
  const asked = listened();
  rememberStore(store.id);
  const queries = createQueryClient(vi.fn());
  preload(queries, "/dashboards/d1");
  await vi.waitFor(() => expect(asked).toHaveLength(4));
  expect(asked).toContain("/api/dashboards/d1");

  asked.length = 0;
  preload(createQueryClient(vi.fn()), "/dashboards/new");
  await vi.waitFor(() => expect(asked).toHaveLength(3));
  expect(asked).not.toContain("/api/dashboards/new");
});

it.each(["/sign-in", "/sign-up/complete", "/invite", "/shared", "/embed/abc"])(
  "asks nothing for %s, which is for who is not signed in",
  async (path) => {
    const asked = listened();
    rememberStore(store.id);
    preload(createQueryClient(vi.fn()), path);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(asked).toEqual([]);
  },
);

it("asks nothing in a browser that has never shown a store", async () => {
  const asked = listened();
  preload(createQueryClient(vi.fn()), "/");
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(asked).toEqual([]);
});

it("leaves it to the router to send away whoever is not signed in any more", async () => {
  const asked = listened(true);
  rememberStore(store.id);
  const onUnauthenticated = vi.fn();
  const queries = createQueryClient(onUnauthenticated);
  preload(queries, "/");
  await vi.waitFor(() => expect(asked).toHaveLength(3));
  await vi.waitFor(() => expect(queries.isFetching()).toBe(0));
  expect(onUnauthenticated).not.toHaveBeenCalled();
});
