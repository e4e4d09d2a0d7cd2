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
