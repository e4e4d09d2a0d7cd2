import { QueryClient } from "@tanstack/react-query";
import { http, HttpResponse } from "msw";
import { dashboardKeys, dashboardQuery } from "@/lib/dashboards/queries";
import { dashboardOf, documentOf } from "@/test/dashboards";
import { network } from "@/test/network";
import { keepDashboard } from "./queries";

const before = dashboardOf(documentOf([]));
const saved = { ...before, name: "Saved", revision: before.revision + 1 };

it("keeps what was saved, whatever is answered later to what was asked before", async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const queries = new QueryClient();
  const key = dashboardKeys.one(before.id);
  queries.setQueryData(key, before);
  let answered = false;
  network.use(
    http.get(`/api/dashboards/${before.id}`, async () => {
      await held;
      answered = true;
      return HttpResponse.json(before);
    }),
  );
  const asked = queries.query({ ...dashboardQuery(before.id), staleTime: 0 }).catch(() => undefined);
  await vi.waitFor(() => expect(queries.isFetching({ queryKey: key })).toBe(1));
  keepDashboard(queries, saved);
  release();
  await asked;
  await vi.waitFor(() => expect(answered).toBe(true));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(queries.getQueryData(key)).toEqual(saved);
  expect(queries.isFetching({ queryKey: key })).toBe(0);
});
