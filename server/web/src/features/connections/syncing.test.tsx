import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { vi } from "vitest";
import type { Integration, Sync } from "@/lib/api/types";
import { network, problem } from "@/test/network";
import { show } from "@/test/render";
import { integrationOf, sessionOf, shopify, store, syncOf } from "@/test/responses";
import { answerConnections, page } from "./testing";

const running = syncOf({
  kind: "full",
  cause: "person",
  status: "running",
  stream: "products",
  finished_streams: ["orders"],
  records: 17_360,
  expected: 40_000,
  finished_at: null,
});

function reading(sync: Sync, parts: Partial<Integration> = {}) {
  return integrationOf({ latest_sync: sync, ...parts });
}

async function progress() {
  return within(await screen.findByRole("group", { name: "What is being read of Shopify" }));
}

async function choose(user: ReturnType<typeof show>["user"], action: string) {
  await user.click(await screen.findByRole("button", { name: "What to do with Shopify" }));
  await user.click(screen.getByRole("menuitem", { name: action }));
  return within(screen.getByRole("dialog"));
}

/** Takes what is asked to be read, and answers that it is in the queue. */
function takeRequests() {
  const sent = vi.fn();
  network.use(
    http.post("/api/integrations/:id/sync", async ({ request }) => {
      sent(await request.json());
      return HttpResponse.json(syncOf({ cause: "person", status: "queued" }), { status: 202 });
    }),
  );
  return sent;
}

describe("what is being read", () => {
  it("shows how much of it is, what is read now and what was", async () => {
    answerConnections([reading(running)], [shopify]);
    show(page());
    const panel = await progress();
    expect(panel.getByText("Everything")).toBeInTheDocument();
    expect(panel.getByRole("progressbar", { name: "Reading Shopify" })).toHaveAttribute(
      "aria-valuenow",
      "43",
    );
    expect(panel.getByText("Products: 17,360 of 40,000 records")).toBeInTheDocument();
    const streams = panel.getAllByRole("listitem").map((item) => item.textContent);
    expect(streams).toEqual(["Orders, done", "Products, reading", "Customers, to come"]);
    expect(screen.getByText("Reading…")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Read now: Shopify" })).toHaveAttribute(
      "aria-disabled",
      "true",
    );
  });

  it.each([
    ["is not told", null],
    ["was told too low", 100],
  ])("has no end in sight where how much there is %s", async (_, expected) => {
    answerConnections([reading({ ...running, expected })], [shopify]);
    show(page());
    const panel = await progress();
    expect(panel.getByRole("progressbar")).not.toHaveAttribute("aria-valuenow");
    expect(panel.getByText("Products: 17,360 records read")).toBeInTheDocument();
  });

  it("says what it waits for, and when it is tried again", async () => {
    const detail = "Shopify allows no more requests for now.";
    const waiting = syncOf({
      status: "queued",
      attempts: 1,
      due_at: "2026-11-21T12:10:00Z",
      problem: { code: "quota_exhausted", detail },
    });
    answerConnections([reading(waiting)], [shopify]);
    show(page());
    const panel = await progress();
    expect(panel.getByText(/^It waits and is tried again at 9:10/)).toBeInTheDocument();
    expect(panel.getByText(detail)).toBeInTheDocument();
  });

  it("is followed to its end, which is said, and then figures are loaded anew", async () => {
    let connection = reading(running);
    answerConnections(() => [connection], [shopify]);
    const onSynced = vi.fn();
    show(page({ onSynced }));
    await progress();
    expect(onSynced).not.toHaveBeenCalled();
    connection = reading(syncOf({ cause: "person", kind: "full" }), { synced_at: "2026-11-21T12:00:00Z" });
    await waitFor(() => expect(onSynced).toHaveBeenCalledWith(store.id), { timeout: 4000 });
    expect(onSynced).toHaveBeenCalledTimes(1);
    expect(screen.getAllByText("Shopify is read").length).toBeGreaterThan(0);
    expect(screen.getAllByText("1,240 records: 12 new · 3 updated · 1 removed.").length).toBeGreaterThan(0);
    expect(screen.queryByRole("progressbar")).not.toBeInTheDocument();
  });

  it("is said to be read where something newer is shown by then", async () => {
    let connection = reading(running, { synced_at: null });
    answerConnections(() => [connection], [shopify]);
    const onSynced = vi.fn();
    show(page({ onSynced }));
    await progress();
    const next = syncOf({ id: "0192a000-0000-7000-8000-000000000202", status: "queued" });
    connection = reading(next, { synced_at: "2026-11-21T12:00:00Z" });
    expect(await screen.findByText("Shopify is read", {}, { timeout: 5000 })).toBeInTheDocument();
    expect(onSynced).toHaveBeenCalledWith(store.id);
  });

  it("that fails says so, with what the provider said", async () => {
    let connection = reading(running);
    answerConnections(() => [connection], [shopify]);
    show(page());
    await progress();
    const detail = "Shopify refused a request.";
    const failed = syncOf({ cause: "person", status: "failed", problem: { code: "refused", detail } });
    connection = reading(failed, { status: "broken", problem: { code: "refused", detail } });
    await waitFor(() => expect(screen.getAllByText("Shopify could not be read").length).toBeGreaterThan(0), {
      timeout: 4000,
    });
    expect(screen.getByText("Not working")).toBeInTheDocument();
  });

  it("is called off", async () => {
    let connection = reading(running);
    answerConnections(() => [connection], [shopify]);
    const calledOff = vi.fn();
    network.use(
      http.delete("/api/syncs/:id", ({ params }) => {
        calledOff(params.id);
        connection = reading({ ...running, cancelling: true });
        return HttpResponse.json(connection.latest_sync);
      }),
    );
    const { user } = show(page());
    const panel = await progress();
    await user.click(panel.getByRole("button", { name: "Call off" }));
    expect(await panel.findByText(/^It is called off, and ends in a moment/)).toBeInTheDocument();
    expect(calledOff).toHaveBeenCalledWith(running.id);
    connection = reading({ ...running, status: "cancelled", cancelling: false });
    await waitFor(
      () => expect(screen.getAllByText("Reading Shopify was called off").length).toBeGreaterThan(0),
      { timeout: 4000 },
    );
  });

  it("that cannot be called off says why", async () => {
    answerConnections([reading(running)], [shopify]);
    const detail = "This needs the role editor.";
    network.use(http.delete("/api/syncs/:id", () => problem(403, "forbidden", { detail })));
    const { user } = show(page());
    const panel = await progress();
    await user.click(panel.getByRole("button", { name: "Call off" }));
    expect(await panel.findByRole("alert")).toHaveTextContent(`It could not be called off${detail}`);
  });
});

describe("having a connection read", () => {
  it("begins with what changed, and is seen at once", async () => {
    let connection = integrationOf();
    answerConnections(() => [connection], [shopify]);
    const sent = takeRequests();
    const { user } = show(page());
    const button = await screen.findByRole("button", { name: "Read now: Shopify" });
    connection = reading(syncOf({ cause: "person", status: "queued" }));
    await user.click(button);
    expect(await screen.findByText("Waiting for its turn.")).toBeInTheDocument();
    expect(sent.mock.calls).toEqual([[{ kind: "incremental" }]]);
    await user.click(button);
    expect(sent).toHaveBeenCalledTimes(1);
  });

  it("says why it was not taken", async () => {
    answerConnections([integrationOf()], [shopify]);
    network.use(http.post("/api/integrations/:id/sync", () => problem(409, "not_connected")));
    const { user } = show(page());
    await user.click(await screen.findByRole("button", { name: "Read now: Shopify" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("Shopify could not be read");
  });

  it("reads some days again that are in order", async () => {
    answerConnections([integrationOf()], [shopify]);
    const sent = takeRequests();
    const { user } = show(page());
    const dialog = await choose(user, "Read some days again…");
    const [first, last] = [dialog.getByLabelText("First day"), dialog.getByLabelText("Last day")];
    // Days are the store's: at 12:00 UTC it is the 21st in New York.
    expect(first).toHaveValue("2026-11-14");
    expect(last).toHaveValue("2026-11-21");
    await user.clear(first);
    expect(first).toHaveAttribute("aria-invalid", "false");
    await user.click(dialog.getByRole("button", { name: "Read these days" }));
    expect(first).toHaveAccessibleDescription("Give a day.");
    await user.type(first, "2026-11-25");
    expect(last).toHaveAccessibleDescription("The last day must not be before the first.");
    expect(sent).not.toHaveBeenCalled();
    await user.clear(first);
    await user.type(first, "2026-11-20");
    await user.click(dialog.getByRole("button", { name: "Read these days" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    expect(sent.mock.calls).toEqual([[{ kind: "range", first_day: "2026-11-20", last_day: "2026-11-21" }]]);
  });

  it("says at the days what the server has against them", async () => {
    answerConnections([integrationOf()], [shopify]);
    network.use(
      http.post("/api/integrations/:id/sync", () =>
        problem(422, "invalid_request", {
          errors: [{ pointer: "/last_day", detail: "must be at most 3700 days in all" }],
        }),
      ),
    );
    const { user } = show(page());
    const dialog = await choose(user, "Read some days again…");
    await user.click(dialog.getByRole("button", { name: "Read these days" }));
    await waitFor(() =>
      expect(dialog.getByLabelText("Last day")).toHaveAccessibleDescription(
        "Must be at most 3700 days in all.",
      ),
    );
  });

  it("reads everything again after a question", async () => {
    answerConnections([integrationOf()], [shopify]);
    const sent = takeRequests();
    const { user } = show(page());
    const dialog = await choose(user, "Read everything again…");
    expect(dialog.getByText(/which can take hours/)).toBeInTheDocument();
    expect(sent).not.toHaveBeenCalled();
    await user.click(dialog.getByRole("button", { name: "Read everything" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    expect(sent.mock.calls).toEqual([[{ kind: "full" }]]);
  });

  it("makes rows anew of what was kept after a question", async () => {
    answerConnections([integrationOf()], [shopify]);
    const sent = takeRequests();
    const { user } = show(page());
    const dialog = await choose(user, "Make its rows anew…");
    expect(dialog.getByText(/nothing is asked of it again/)).toBeInTheDocument();
    expect(sent).not.toHaveBeenCalled();
    await user.click(dialog.getByRole("button", { name: "Make them anew" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    expect(sent.mock.calls).toEqual([[{ kind: "rebuild" }]]);
  });
});

describe("the history", () => {
  it("is opened by its address, and older readings follow", async () => {
    const connection = integrationOf();
    answerConnections([connection], [shopify]);
    const older = syncOf({
      id: "older",
      kind: "range",
      first_day: "2026-11-01",
      last_day: "2026-11-07",
      cause: "person",
      requested_by: "kim@example.com",
      status: "failed",
      problem: { code: "refused", detail: "Shopify refused a request: no such field." },
    });
    network.use(
      http.get("/api/integrations/:id/syncs", ({ request }) =>
        new URL(request.url).searchParams.get("cursor") === "next"
          ? HttpResponse.json({ syncs: [older] })
          : HttpResponse.json({ syncs: [connection.latest_sync], next_cursor: "next" }),
      ),
    );
    const { user } = show(page({ history: connection.id }));
    const table = await screen.findByRole("table");
    expect(screen.getByRole("button", { name: "History of Shopify" })).toHaveAttribute(
      "aria-expanded",
      "true",
    );
    const first = within(table).getAllByRole("row")[1];
    expect(first).toHaveTextContent("What changed");
    expect(first).toHaveTextContent("By the clock");
    expect(first).toHaveTextContent("Nov 21, 6:55 AM");
    expect(first).toHaveTextContent("1m 32s");
    expect(first).toHaveTextContent("Done");
    await user.click(screen.getByRole("button", { name: "Show more" }));
    await waitFor(() => expect(within(table).getAllByRole("row")).toHaveLength(3));
    const second = within(table).getAllByRole("row")[2];
    expect(second).toHaveTextContent(/Nov 1\s–\s7, 2026/);
    expect(second).toHaveTextContent("Asked forby kim@example.com");
    expect(second).toHaveTextContent("FailedShopify refused a request: no such field.");
    expect(screen.queryByRole("button", { name: "Show more" })).not.toBeInTheDocument();
  });

  it("is asked for when it is opened, and says what failed", async () => {
    const connection = integrationOf();
    answerConnections([connection], [shopify]);
    network.use(
      http.get("/api/integrations/:id/syncs", () => problem(500, "internal"), { once: true }),
      http.get("/api/integrations/:id/syncs", () => HttpResponse.json({ syncs: [] })),
    );
    const onHistory = vi.fn();
    const { user, rerender } = show(page({ onHistory }));
    await user.click(await screen.findByRole("button", { name: "History of Shopify" }));
    expect(onHistory).toHaveBeenCalledWith(connection.id);
    rerender(page({ onHistory, history: connection.id }));
    expect(await screen.findByText("The history could not be loaded")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    // What is known of the latest reading is shown, whatever the list had by then.
    expect(await screen.findByRole("table")).toHaveTextContent("What changed");
    await user.click(screen.getByRole("button", { name: "History of Shopify" }));
    expect(onHistory).toHaveBeenLastCalledWith(undefined);
  });
});

describe("a test of a connection", () => {
  it("says in its place that it works, and what does not as it should", async () => {
    answerConnections([integrationOf()], [shopify]);
    const found = { works: true, warnings: ["inventory is not shared"] };
    network.use(http.post("/api/integrations/:id/test", () => HttpResponse.json(found)));
    const { user } = show(page());
    await user.click(await screen.findByRole("button", { name: "Test the connection: Shopify" }));
    expect(await screen.findByText("It works: Shopify lets Aloftly in.")).toBeInTheDocument();
    expect(screen.getByText("Inventory is not shared.")).toBeInTheDocument();
  });

  it("says what is wrong, or that it could not be tested", async () => {
    answerConnections([integrationOf()], [shopify]);
    const detail = "Shopify does not let Aloftly in any more. Connect it again.";
    const found = { works: false, problem: { code: "access_revoked", detail }, warnings: [] };
    network.use(
      http.post("/api/integrations/:id/test", () => problem(500, "internal"), { once: true }),
      http.post("/api/integrations/:id/test", () => HttpResponse.json(found)),
    );
    const { user } = show(page());
    const button = await screen.findByRole("button", { name: "Test the connection: Shopify" });
    await user.click(button);
    expect(await screen.findByText("The connection could not be tested")).toBeInTheDocument();
    await user.click(button);
    expect(await screen.findByText(detail)).toBeInTheDocument();
    expect(screen.queryByText("The connection could not be tested")).not.toBeInTheDocument();
  });
});

describe("disconnecting", () => {
  it("takes the provider's name for an answer, and says that what was read stays", async () => {
    let connections = [integrationOf()];
    answerConnections(() => connections, [shopify]);
    network.use(
      http.delete("/api/integrations/:id", () => {
        connections = [];
        return new HttpResponse(null, { status: 204 });
      }),
    );
    const { user } = show(page());
    const dialog = await choose(user, "Disconnect…");
    expect(dialog.getByText(/What was read of it stays in Northwind/)).toBeInTheDocument();
    expect(dialog.getByRole("button", { name: "Disconnect" })).toBeDisabled();
    await user.type(dialog.getByRole("textbox"), "shopify{Enter}");
    expect(await screen.findByRole("button", { name: "Connect Shopify" })).toBeInTheDocument();
    expect(screen.getAllByText("Shopify is disconnected").length).toBeGreaterThan(0);
    const heading = screen.getByRole("heading", { name: "Connections" });
    await waitFor(() => expect(heading.closest("[tabindex]")).toHaveFocus());
  });

  it("is not offered to who may not connect", async () => {
    const session = sessionOf({ role: "owner", permissions: ["see_all_workspaces"] });
    answerConnections([integrationOf()], [shopify]);
    const { user } = show(page({ session }));
    await user.click(await screen.findByRole("button", { name: "What to do with Shopify" }));
    expect(screen.queryByRole("menuitem", { name: "Disconnect…" })).not.toBeInTheDocument();
  });
});
