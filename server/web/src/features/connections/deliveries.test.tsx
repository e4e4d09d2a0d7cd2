import { screen, waitFor, within } from "@testing-library/react";
import { delay, http, HttpResponse } from "msw";
import { vi } from "vitest";
import type { DeadDelivery } from "@/lib/api/types";
import { network, problem } from "@/test/network";
import { show } from "@/test/render";
import { integrationOf, sessionOf, shopify } from "@/test/responses";
import { newsOf, thingOf } from "./deliveries";
import { answerConnections, page } from "./testing";

const { id: connection } = integrationOf();

function deliveryOf(parts: Partial<DeadDelivery> = {}): DeadDelivery {
  return {
    id: "d1",
    integration_id: connection,
    topic: "orders/updated",
    object: "order:6120034567890",
    happened_at: "2026-11-21T09:59:00Z",
    received_at: "2026-11-21T10:00:00Z",
    attempts: 8,
    problem: { code: "unexpected", detail: "the order has no currency" },
    ...parts,
  };
}

/** As the server has them: what is tried again or discarded is in the list no more. */
function answerDeliveries(deliveries: DeadDelivery[]) {
  const state = { deliveries, replayed: vi.fn(), discarded: vi.fn() };
  answerConnections(() => [integrationOf({ dead_deliveries: state.deliveries.length })], [shopify]);
  network.use(
    http.get("/api/integrations/:id/deliveries", () => HttpResponse.json({ deliveries: state.deliveries })),
    http.post("/api/integrations/:id/deliveries/replay", async ({ params, request }) => {
      const body = (await request.json()) as { delivery_id?: string };
      state.replayed(params.id, body);
      const { length } = state.deliveries;
      state.deliveries = state.deliveries.filter(
        ({ id }) => body.delivery_id !== undefined && id !== body.delivery_id,
      );
      return HttpResponse.json({ deliveries: length - state.deliveries.length }, { status: 202 });
    }),
    http.delete("/api/deliveries/:id", ({ params }) => {
      state.discarded(params.id);
      state.deliveries = state.deliveries.filter(({ id }) => id !== params.id);
      return new HttpResponse(null, { status: 204 });
    }),
  );
  return state;
}

async function openList() {
  const view = show(page());
  await view.user.click(await screen.findByRole("button", { name: "Look at the messages from Shopify" }));
  return { ...view, dialog: within(screen.getByRole("dialog", { name: "Messages from Shopify" })) };
}

describe("the notice", () => {
  it("is there when messages could not be used, and says how many", async () => {
    answerConnections([integrationOf({ dead_deliveries: 3 })], [shopify]);
    show(page());
    expect(await screen.findByText("3 messages from Shopify could not be used")).toBeInTheDocument();
    expect(screen.queryByText(/Admins and owners can look/)).not.toBeInTheDocument();
  });

  it("is not there otherwise", async () => {
    answerConnections([integrationOf()], [shopify]);
    show(page());
    expect(await screen.findByRole("region", { name: "Shopify" })).toBeInTheDocument();
    expect(screen.queryByText(/could not be used/)).not.toBeInTheDocument();
  });

  it("has nothing to press for who may not see them, and asks for none", async () => {
    // A request for them would fail the test: nothing answers it.
    answerConnections([integrationOf({ dead_deliveries: 1 })], [shopify]);
    show(page({ session: sessionOf({ role: "viewer", permissions: ["read_members"] }) }));
    expect(await screen.findByText("1 message from Shopify could not be used")).toBeInTheDocument();
    expect(screen.getByText(/^What it tells of may be missing here/)).toHaveTextContent(
      "Admins and owners can look into it.",
    );
    expect(screen.queryByRole("button", { name: /Look at/ })).not.toBeInTheDocument();
  });
});

describe("the messages", () => {
  it("are listed with what they tell of, when, and why they could not be used", async () => {
    answerDeliveries([
      deliveryOf({ happened_at: "2026-11-21T08:00:00Z" }),
      deliveryOf({ id: "d2", topic: "bulk/finish", object: null, attempts: 1 }),
    ]);
    const { dialog } = await openList();
    const [known, unknown] = await dialog.findAllByRole("listitem");
    expect(known).toHaveTextContent("An order changed · order 6120034567890");
    expect(known).toHaveTextContent("The order has no currency.");
    expect(known).toHaveTextContent(
      "orders/updated · happened 4 hours ago · came 2 hours ago · tried 8 times",
    );
    expect(unknown).toHaveTextContent(/^bulk\/finish/);
    expect(unknown).toHaveTextContent("came 2 hours ago · tried once");
    // It came when it happened.
    expect(unknown).not.toHaveTextContent("happened");
  });

  it("show what they say, each number as it came", async () => {
    answerDeliveries([deliveryOf()]);
    const read = vi.fn();
    network.use(
      http.get("/api/deliveries/:id", ({ params }) => {
        read(params.id);
        return HttpResponse.json({ ...deliveryOf(), body: '{"total":12.50}' });
      }),
    );
    const { dialog, user } = await openList();
    const toggle = await dialog.findByRole("button", { name: "Message" });
    expect(read).not.toHaveBeenCalled();
    await user.click(toggle);
    expect(toggle).toHaveAttribute("aria-expanded", "true");
    const body = await dialog.findByRole("region", { name: "What it says" });
    expect(body.textContent).toBe('{\n  "total": 12.50\n}');
    expect(read.mock.calls).toEqual([["d1"]]);
    await user.click(toggle);
    expect(dialog.queryByRole("region", { name: "What it says" })).not.toBeInTheDocument();
  });

  it("that cannot be shown say why, and are asked for again", async () => {
    answerDeliveries([deliveryOf()]);
    network.use(
      http.get("/api/deliveries/:id", () => problem(500, "internal"), { once: true }),
      http.get("/api/deliveries/:id", () => HttpResponse.json({ ...deliveryOf(), body: "gibberish" })),
    );
    const { dialog, user } = await openList();
    await user.click(await dialog.findByRole("button", { name: "Message" }));
    const alert = within(await dialog.findByRole("alert"));
    expect(alert.getByText("The message could not be loaded")).toBeInTheDocument();
    await user.click(alert.getByRole("button", { name: "Try again" }));
    expect(await dialog.findByText("gibberish")).toBeInTheDocument();
  });

  it("are tried again one by one, and then the list is read again", async () => {
    const state = answerDeliveries([deliveryOf(), deliveryOf({ id: "d2", topic: "products/update" })]);
    const { dialog, user } = await openList();
    const [first] = await dialog.findAllByRole("button", { name: "Try again" });
    if (first) await user.click(first);
    await waitFor(() => expect(dialog.getAllByRole("listitem")).toHaveLength(1));
    expect(state.replayed.mock.calls).toEqual([[connection, { delivery_id: "d1" }]]);
    expect(screen.getAllByText("1 message is tried again").length).toBeGreaterThan(0);
    expect(dialog.getByText("A product changed")).toBeInTheDocument();
  });

  it("are all tried again at once; what fails once more is back, and the dialog stays until it is closed", async () => {
    const state = answerDeliveries([deliveryOf(), deliveryOf({ id: "d2" })]);
    const { dialog, user } = await openList();
    await user.click(await dialog.findByRole("button", { name: "Try all again" }));
    expect(await dialog.findByText("No message is left")).toBeInTheDocument();
    expect(state.replayed.mock.calls).toEqual([[connection, {}]]);
    expect(screen.getAllByText("2 messages are tried again").length).toBeGreaterThan(0);
    state.deliveries = [deliveryOf()];
    expect(await dialog.findByText("An order changed", {}, { timeout: 8000 })).toBeInTheDocument();
    state.deliveries = [];
    expect(await dialog.findByText("No message is left", {}, { timeout: 8000 })).toBeInTheDocument();
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
    await waitFor(() => expect(screen.getByRole("region", { name: "Shopify" })).toHaveFocus());
  }, 20_000);

  it("are discarded once that is confirmed", async () => {
    const state = answerDeliveries([deliveryOf()]);
    const { dialog, user } = await openList();
    await user.click(await dialog.findByRole("button", { name: "Discard…" }));
    expect(dialog.getByRole("button", { name: "Keep it" })).toHaveFocus();
    await user.keyboard("{Enter}");
    expect(dialog.getByRole("button", { name: "Discard…" })).toHaveFocus();
    expect(state.discarded).not.toHaveBeenCalled();
    await user.keyboard("{Enter}");
    await user.click(dialog.getByRole("button", { name: "Discard it" }));
    expect(await dialog.findByText("No message is left")).toBeInTheDocument();
    expect(state.discarded.mock.calls).toEqual([["d1"]]);
    await waitFor(() => expect(screen.queryByText(/could not be used$/)).not.toBeInTheDocument());
  });

  it("that could not be tried again or discarded say why", async () => {
    answerDeliveries([deliveryOf()]);
    network.use(
      http.post("/api/integrations/:id/deliveries/replay", () =>
        problem(503, "unavailable", { detail: "The database is away." }),
      ),
      http.delete("/api/deliveries/:id", () => problem(500, "internal", { detail: "It broke." })),
    );
    const { dialog, user } = await openList();
    await user.click(await dialog.findByRole("button", { name: "Try again" }));
    expect(await dialog.findByRole("alert")).toHaveTextContent("The database is away.");
    await user.click(dialog.getByRole("button", { name: "Discard…" }));
    await user.click(dialog.getByRole("button", { name: "Discard it" }));
    expect(await dialog.findByText("It broke.")).toBeInTheDocument();
    expect(dialog.getByText("An order changed")).toBeInTheDocument();
  });

  it("come page by page", async () => {
    answerDeliveries([]);
    answerConnections([integrationOf({ dead_deliveries: 2 })], [shopify]);
    network.use(
      http.get("/api/integrations/:id/deliveries", ({ request }) =>
        new URL(request.url).searchParams.get("cursor") === "d1"
          ? HttpResponse.json({ deliveries: [deliveryOf({ id: "d0", topic: "refunds/create" })] })
          : HttpResponse.json({ deliveries: [deliveryOf()], next_cursor: "d1" }),
      ),
    );
    const { dialog, user } = await openList();
    await user.click(await dialog.findByRole("button", { name: "Show more" }));
    expect(await dialog.findByText("A refund")).toBeInTheDocument();
    expect(dialog.getAllByRole("listitem")).toHaveLength(2);
    expect(dialog.queryByRole("button", { name: "Show more" })).not.toBeInTheDocument();
  });

  it("load, fail and are asked for again", async () => {
    answerDeliveries([deliveryOf()]);
    network.use(
      http.get(
        "/api/integrations/:id/deliveries",
        async () => {
          await delay(30);
          return problem(500, "internal");
        },
        { once: true },
      ),
    );
    const { dialog, user } = await openList();
    expect(dialog.getByText("Loading")).toBeInTheDocument();
    expect(await dialog.findByText("The messages could not be loaded")).toBeInTheDocument();
    await user.click(dialog.getByRole("button", { name: "Try again" }));
    expect(await dialog.findByText("An order changed")).toBeInTheDocument();
  });
});

it("has words for what a provider tells, and the provider's own where it has none", () => {
  expect(newsOf({ topic: "customers/redact" })).toBe("A customer wants to be forgotten");
  expect(newsOf({ topic: "themes/publish" })).toBeNull();
  expect(thingOf({ object: "inventory_item:7" })).toBe("item 7");
  expect(thingOf({ object: "gift_card:a:b" })).toBe("gift_card a:b");
  expect(thingOf({ object: "shop" })).toBeNull();
  expect(thingOf({})).toBeNull();
});
