import { act, screen, waitFor, within } from "@testing-library/react";
import { vi } from "vitest";
import type { Integration, Sync } from "@/lib/api/types";
import { show } from "@/test/render";
import { integrationOf, shopify, store, syncOf } from "@/test/responses";
import { FakeSocket } from "@/test/sockets";
import { withSync } from "./queries";
import { answerConnections, page } from "./testing";

const running = syncOf({
  kind: "full",
  cause: "person",
  status: "running",
  stream: "orders",
  finished_streams: [],
  records: 100,
  expected: 40_000,
  finished_at: null,
});

function say(message: object) {
  act(() => FakeSocket.latest.say({ store_id: store.id, ...message }));
}

const version = { type: "dashboard:update", version: 3 };

function progress(sync: Sync) {
  say({ type: "sync:progress", sync });
}

/** Answers with connections as they are when asked, and counts how often that was. */
function answerCounted(now: () => Integration) {
  const asked = vi.fn();
  answerConnections(() => {
    asked();
    return [now()];
  }, [shopify]);
  return asked;
}

async function panel() {
  return within(await screen.findByRole("group", { name: "What is being read of Shopify" }));
}

it("shows how far a connection is read as the server tells it, without a request", async () => {
  const asked = answerCounted(() => integrationOf({ latest_sync: running }));
  show(page());
  say(version);
  await panel();
  const before = asked.mock.calls.length;
  progress({ ...running, records: 17_360, stream: "products", finished_streams: ["orders"] });
  expect((await panel()).getByText("Products: 17,360 of 40,000 records")).toBeInTheDocument();
  expect(screen.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "43");
  // For longer than it is asked after every second where nobody tells.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(asked).toHaveBeenCalledTimes(before);
});

it("asks after the connection when its reading is over, and says so once", async () => {
  let connection = integrationOf({ latest_sync: running, synced_at: null });
  answerCounted(() => connection);
  const onSynced = vi.fn();
  show(page({ onSynced }));
  say(version);
  await panel();
  const done = syncOf({ cause: "person", kind: "full" });
  connection = integrationOf({ latest_sync: done });
  progress(done);
  expect((await screen.findAllByText("Shopify is read")).length).toBeGreaterThan(0);
  await waitFor(() =>
    expect(screen.getByText("Everything is there until").parentElement).toHaveTextContent("5 minutes ago"),
  );
  expect(screen.queryByRole("progressbar")).not.toBeInTheDocument();
  expect(onSynced).toHaveBeenCalledWith(store.id);
});

it("asks what it has missed when the server tells again", async () => {
  let connection = integrationOf({ latest_sync: null, next_sync_at: null });
  const asked = answerCounted(() => connection);
  show(page());
  say(version);
  expect(await screen.findByRole("region", { name: "Shopify" })).toBeInTheDocument();
  expect(asked).toHaveBeenCalledTimes(1);
  connection = integrationOf({ latest_sync: running });
  act(() => FakeSocket.latest.end(1012));
  await waitFor(() => expect(FakeSocket.all).toHaveLength(2), { timeout: 3000 });
  say(version);
  await panel();
});

it("shows no earlier reading in place of a later one, and none of another connection", () => {
  const earlier = "0192a000-0000-7000-8000-000000000200";
  const connections = [integrationOf({ latest_sync: running }), integrationOf({ id: "other" })];
  expect(withSync(connections, { ...running, id: earlier, records: 1 })).toEqual(connections);
  expect(withSync(connections, { ...running, integration_id: "gone" })).toEqual(connections);
  const further = { ...running, records: 200 };
  expect(withSync(connections, further)).toEqual([integrationOf({ latest_sync: further }), connections[1]]);
});
