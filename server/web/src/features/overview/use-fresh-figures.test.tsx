import { act, screen, waitFor } from "@testing-library/react";
import { HttpResponse } from "msw";
import { vi } from "vitest";
import type { Store, Sync } from "@/lib/api/types";
import { answerQueries } from "@/test/network";
import { show } from "@/test/render";
import { metricResponse, store, syncOf } from "@/test/responses";
import { FakeSocket } from "@/test/sockets";
import { KpiCard } from "./kpi-card";
import { useFreshFigures } from "./use-fresh-figures";
import { overviewView } from "./view";

function Page({ store, onChanged }: { store: Store; onChanged: () => void }) {
  useFreshFigures(store, onChanged);
  const view = overviewView(store, {});
  return <KpiCard view={view} metric="shopify.revenue" title="Revenue" whyMissing="" />;
}

/** A store whose revenue is its version, in dollars. */
function answerVersions(first: number) {
  const server = { version: first, asked: 0 };
  answerQueries(() => {
    server.asked += 1;
    const { meta, ...response } = metricResponse("shopify.revenue");
    return HttpResponse.json({
      ...response,
      totals: { "shopify.revenue": `${server.version}.00` },
      meta: { ...meta, versions: { [store.id]: server.version } },
    });
  });
  return server;
}

function tell(version: number) {
  act(() => FakeSocket.latest.say({ type: "dashboard:update", store_id: store.id, version }));
}

it("changes figures in place when the store has another version", async () => {
  const server = answerVersions(3);
  const onChanged = vi.fn();
  show(<Page store={store} onChanged={onChanged} />);
  tell(3);
  expect(await screen.findByText("$3.00")).toBeInTheDocument();
  expect(server.asked).toBe(1);
  expect(onChanged).not.toHaveBeenCalled();

  server.version = 4;
  tell(4);
  // No skeleton, and nothing dimmed, in between.
  expect(screen.getByText("$3.00")).toBeInTheDocument();
  expect(screen.getByRole("region", { name: "Revenue" })).toHaveAttribute("aria-busy", "false");
  expect(await screen.findByText("$4.00")).toBeInTheDocument();
  expect(onChanged).toHaveBeenCalledTimes(1);
  tell(4);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(server.asked).toBe(2);
});

it("asks again at once where what it has is older than the first word of the socket", async () => {
  const server = answerVersions(3);
  const onChanged = vi.fn();
  show(<Page store={store} onChanged={onChanged} />);
  expect(await screen.findByText("$3.00")).toBeInTheDocument();
  server.version = 5;
  tell(5);
  expect(await screen.findByText("$5.00")).toBeInTheDocument();
  expect(onChanged).toHaveBeenCalledTimes(1);
});

it("asks four times a second at most, and once more for the last version", async () => {
  const server = answerVersions(3);
  show(<Page store={store} onChanged={() => undefined} />);
  tell(3);
  expect(await screen.findByText("$3.00")).toBeInTheDocument();
  // The pause after the first word.
  await new Promise((resolve) => setTimeout(resolve, 350));
  for (let version = 4; version <= 9; version += 1) {
    server.version = version;
    tell(version);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(server.asked).toBe(2);
  expect(await screen.findByText("$9.00", {}, { timeout: 2000 })).toBeInTheDocument();
  expect(server.asked).toBe(3);
});

it("asks again when a source was read, though nothing was new, and not while it is", async () => {
  const server = answerVersions(3);
  show(<Page store={store} onChanged={() => undefined} />);
  tell(3);
  expect(await screen.findByText("$3.00")).toBeInTheDocument();
  const say = (sync: Sync) => {
    act(() => FakeSocket.latest.say({ type: "sync:progress", store_id: store.id, sync }));
  };
  say(syncOf({ status: "running" }));
  say(syncOf({ kind: "things" }));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(server.asked).toBe(1);
  say(syncOf());
  await waitFor(() => expect(server.asked).toBe(2));
  say(syncOf({ kind: "things", status: "failed" }));
  await waitFor(() => expect(server.asked).toBe(3));
});

it("asks for nothing while nobody looks", async () => {
  const server = answerVersions(3);
  show(<Page store={store} onChanged={() => undefined} />);
  tell(3);
  expect(await screen.findByText("$3.00")).toBeInTheDocument();
  await new Promise((resolve) => setTimeout(resolve, 600));
  const visibility = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
  server.version = 4;
  tell(4);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(server.asked).toBe(1);
  visibility.mockReturnValue("visible");
  act(() => void document.dispatchEvent(new Event("visibilitychange")));
  expect(await screen.findByText("$4.00")).toBeInTheDocument();
  await waitFor(() => expect(server.asked).toBe(2));
  visibility.mockRestore();
});
