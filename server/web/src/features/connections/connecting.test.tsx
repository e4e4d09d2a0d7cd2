import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { vi } from "vitest";
import type { Integration } from "@/lib/api/types";
import { network, problem } from "@/test/network";
import { show } from "@/test/render";
import { gorgias, integrationOf, shopify, store, syncOf } from "@/test/responses";
import { arrivalOf, parseConnectionsSearch, withoutArrival, wordsForProblem } from "./arrival";
import { answerConnections, page } from "./testing";

type User = ReturnType<typeof show>["user"];

async function openDialog(user: User, title: string) {
  await user.click(await screen.findByRole("button", { name: `Connect ${title}` }));
  return within(screen.getByRole("dialog", { name: `Connect ${title}` }));
}

describe("a provider that one signs in to", () => {
  it("is gone to once the form is right", async () => {
    answerConnections([], [shopify]);
    const sent = vi.fn();
    network.use(
      http.post("/api/oauth/shopify/start", async ({ request }) => {
        sent(await request.json());
        return HttpResponse.json({ location: "https://my-shop.myshopify.com/admin/oauth/authorize?state=s" });
      }),
    );
    const onDepart = vi.fn();
    const { user } = show(page({ onDepart }));
    const dialog = await openDialog(user, "Shopify");
    const shop = dialog.getByLabelText("Shop");
    expect(shop).toHaveAttribute("placeholder", "my-shop.myshopify.com");
    expect(shop).toHaveAccessibleDescription("The address of its admin.");
    await user.click(dialog.getByRole("button", { name: "Go to Shopify" }));
    expect(shop).toHaveFocus();
    expect(shop).toHaveAccessibleDescription("Enter what belongs to “Shop”.");
    expect(sent).not.toHaveBeenCalled();
    await user.type(shop, " my-shop {Enter}");
    await waitFor(() =>
      expect(onDepart).toHaveBeenCalledWith("https://my-shop.myshopify.com/admin/oauth/authorize?state=s"),
    );
    expect(sent).toHaveBeenCalledWith({ store_id: store.id, fields: { shop: "my-shop" } });
  });

  it("begins with what whoever runs the server suggests, which can be typed over", async () => {
    const [shop] = shopify.fields.map((field) => ({ ...field, suggestion: "harbour.myshopify.com" }));
    if (!shop) throw new Error("the provider has a field");
    answerConnections([], [{ ...shopify, fields: [shop] }]);
    const sent = vi.fn();
    network.use(
      http.post("/api/oauth/shopify/start", async ({ request }) => {
        sent(await request.json());
        return HttpResponse.json({ location: "https://other.myshopify.com/admin/oauth/authorize?state=s" });
      }),
    );
    const { user } = show(page());
    const dialog = await openDialog(user, "Shopify");
    const field = dialog.getByLabelText("Shop");
    expect(field).toHaveValue("harbour.myshopify.com");
    await user.clear(field);
    await user.type(field, "other{Enter}");
    await waitFor(() => expect(sent).toHaveBeenCalledWith({ store_id: store.id, fields: { shop: "other" } }));
  });

  it("says at the field what is wrong with it, and keeps what was typed", async () => {
    answerConnections([], [shopify]);
    network.use(
      http.post("/api/oauth/shopify/start", () =>
        problem(422, "invalid_request", {
          errors: [{ pointer: "/fields/shop", detail: "is no shop's name" }],
        }),
      ),
    );
    const { user } = show(page());
    const dialog = await openDialog(user, "Shopify");
    const shop = dialog.getByLabelText("Shop");
    await user.type(shop, "???{Enter}");
    await waitFor(() => expect(shop).toHaveAccessibleDescription("Is no shop's name."));
    expect(shop).toHaveFocus();
    expect(shop).toHaveValue("???");
    expect(dialog.queryByRole("alert")).not.toBeInTheDocument();
  });
});

describe("a provider whose keys are copied", () => {
  async function fill(user: User) {
    const dialog = await openDialog(user, "Gorgias");
    await user.type(dialog.getByLabelText("Domain"), "harbour");
    await user.type(dialog.getByLabelText("API key"), "s3cret");
    return dialog;
  }

  it("is connected, and that is said and marked", async () => {
    let connections: Integration[] = [];
    answerConnections(() => connections, [gorgias]);
    const sent = vi.fn();
    network.use(
      http.post("/api/integrations", async ({ request }) => {
        sent(await request.json());
        connections = [integrationOf({ provider: "gorgias", synced_at: null })];
        return HttpResponse.json(connections[0], { status: 201 });
      }),
    );
    const { user } = show(page());
    const dialog = await fill(user);
    expect(dialog.getByLabelText("API key")).toHaveAttribute("type", "password");
    expect(dialog.getByLabelText("Inbox (optional)")).not.toBeRequired();
    await user.click(dialog.getByRole("button", { name: "Connect" }));
    expect(
      await screen.findByText(/^Gorgias is connected\. All that it has is read now/),
    ).toBeInTheDocument();
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
    expect(sent).toHaveBeenCalledWith({
      store_id: store.id,
      provider: "gorgias",
      fields: { domain: "harbour", api_key: "s3cret" },
    });
    expect(screen.getByRole("region", { name: "Gorgias" })).toHaveClass("border-accent");
    await user.click(screen.getByRole("button", { name: "Dismiss" }));
    expect(screen.queryByText(/^Gorgias is connected/)).not.toBeInTheDocument();
    expect(screen.getByRole("region", { name: "Gorgias" })).not.toHaveClass("border-accent");
  });

  it("says why it was not connected, with the request's id, and keeps what was typed", async () => {
    answerConnections([], [gorgias]);
    const detail = "Gorgias does not let Aloftly in.";
    network.use(http.post("/api/integrations", () => problem(502, "provider_refused", { detail })));
    const { user } = show(page());
    const dialog = await fill(user);
    await user.click(dialog.getByRole("button", { name: "Connect" }));
    expect(await dialog.findByRole("alert")).toHaveTextContent(`Gorgias could not be connected${detail}`);
    expect(dialog.getByRole("button", { name: "Copy request id" })).toHaveAttribute("title", "req-42");
    expect(dialog.getByLabelText("API key")).toHaveValue("s3cret");
  });

  it("has an account chosen where its keys open several", async () => {
    let connections: Integration[] = [];
    const choosing = integrationOf({
      provider: "gorgias",
      status: "choosing",
      account: null,
      synced_at: null,
    });
    answerConnections(() => connections, [gorgias]);
    const sent = vi.fn();
    network.use(
      http.post("/api/integrations", () => {
        connections = [choosing];
        return HttpResponse.json(choosing, { status: 201 });
      }),
      http.get("/api/integrations/:id/accounts", () =>
        HttpResponse.json({
          accounts: [
            { id: "7", name: "Harbour", currency: "EUR", timezone: "Europe/Stockholm", scopes: [] },
            { id: "8", name: "Hill", scopes: [] },
          ],
        }),
      ),
      http.put("/api/integrations/:id/account", async ({ request, params }) => {
        sent(params.id, await request.json());
        connections = [{ ...choosing, status: "connected", account: { id: "8", name: "Hill", scopes: [] } }];
        return HttpResponse.json(connections[0]);
      }),
    );
    const { user } = show(page());
    const form = await fill(user);
    await user.click(form.getByRole("button", { name: "Connect" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Choose an account of Gorgias" }));
    expect(await dialog.findByLabelText(/Harbour/)).not.toBeChecked();
    expect(dialog.getByText("7 · EUR · Europe/Stockholm")).toBeInTheDocument();
    await user.click(dialog.getByRole("button", { name: "Choose" }));
    expect(dialog.getByRole("alert")).toHaveTextContent("Choose one.");
    await user.click(dialog.getByLabelText(/Hill/));
    await user.click(dialog.getByRole("button", { name: "Choose" }));
    expect(await screen.findByText(/^Gorgias is connected/)).toBeInTheDocument();
    expect(sent).toHaveBeenCalledWith(choosing.id, { account_id: "8" });
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  });
});

describe("coming back from a provider", () => {
  it("that is connected says so, and has it taken out of the address", async () => {
    const connection = integrationOf();
    answerConnections([connection], [shopify]);
    const onArrivalRead = vi.fn();
    show(page({ arrival: { kind: "connected", id: connection.id }, onArrivalRead }));
    expect(await screen.findByRole("status")).toHaveTextContent("Shopify is connected again.");
    expect(screen.getByRole("region", { name: "Shopify" })).toHaveClass("border-accent");
    expect(onArrivalRead).toHaveBeenCalled();
  });

  it("goes on saying so once everything is read", async () => {
    let connection = integrationOf({
      synced_at: null,
      latest_sync: syncOf({ status: "running", cause: "connected" }),
    });
    answerConnections(() => [connection], [shopify]);
    show(page({ arrival: { kind: "connected", id: connection.id } }));
    expect(await screen.findByText(/^Shopify is connected\. All/)).toBeInTheDocument();
    connection = integrationOf({ latest_sync: syncOf({ cause: "connected" }) });
    expect(await screen.findByText("Shopify is read", {}, { timeout: 5000 })).toBeInTheDocument();
    expect(screen.getByText(/^Shopify is connected\. All/)).toBeInTheDocument();
  });

  it("with several accounts opens the choice, which says what failed and tries again", async () => {
    const connection = integrationOf({ status: "choosing", account: null });
    answerConnections([connection], [shopify]);
    network.use(
      http.get("/api/integrations/:id/accounts", () => problem(500, "internal"), { once: true }),
      http.get("/api/integrations/:id/accounts", () => HttpResponse.json({ accounts: [] })),
    );
    const { user } = show(page({ arrival: { kind: "choose", id: connection.id } }));
    const dialog = within(await screen.findByRole("dialog", { name: "Choose an account of Shopify" }));
    expect(await dialog.findByText("The accounts could not be loaded")).toBeInTheDocument();
    await user.click(dialog.getByRole("button", { name: "Try again" }));
    expect(await dialog.findByText(/opens none any more/)).toBeInTheDocument();
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  });

  it("without being connected says why and what to do", async () => {
    answerConnections([], [shopify]);
    const arrival = { kind: "problem", code: "connection_declined", provider: "shopify" } as const;
    const { user } = show(page({ arrival }));
    expect(await screen.findByRole("alert")).toHaveTextContent(
      "Shopify was not allowed to let Aloftly in, or not with all that is needed. Connect it once more",
    );
    await user.click(screen.getByRole("button", { name: "Dismiss" }));
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });

  it("has words for each problem, and general ones for what is unknown", () => {
    const codes = [
      "connection_expired",
      "other_session",
      "connection_declined",
      "provider_refused",
      "plan_limit",
      "no_account",
      "forbidden",
      "not_found",
      "invalid_request",
      "role_changed",
    ];
    const all = codes.map((code) => wordsForProblem(code, "Shopify"));
    expect(new Set(all).size).toBe(codes.length);
    for (const code of ["else", "constructor"]) {
      expect(wordsForProblem(code, "Shopify")).toBe(
        "Connecting Shopify did not work. Nothing has changed; try again.",
      );
    }
  });

  it("is read from the address, and leaves the store in it", () => {
    const search = parseConnectionsSearch({ store: "s", connected: "c", problem: 7, else: "x" });
    expect(search).toEqual({ store: "s", connected: "c" });
    expect(arrivalOf(search)).toEqual({ kind: "connected", id: "c" });
    expect(arrivalOf({ problem: "forbidden", provider: "ga4" })).toEqual({
      kind: "problem",
      code: "forbidden",
      provider: "ga4",
    });
    expect(arrivalOf(withoutArrival(search) as { store: string })).toBeNull();
    expect(withoutArrival(search).store).toBe("s");
  });
});
