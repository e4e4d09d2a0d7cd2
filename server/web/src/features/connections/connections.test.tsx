import { screen, waitFor, within } from "@testing-library/react";
import { delay, http, HttpResponse } from "msw";
import type { Integration, Provider, Session } from "@/lib/api/types";
import { network, problem } from "@/test/network";
import { show } from "@/test/render";
import { gorgias, integrationOf, sessionOf, shopify, store, syncOf } from "@/test/responses";
import { pollInterval } from "./queries";
import { answerConnections, page } from "./testing";

const looker = sessionOf({ role: "viewer", permissions: ["read_members"] });

function card(name: string) {
  return within(screen.getByRole("region", { name }));
}

async function showPage(connections: Integration[], providers: Provider[] = [shopify, gorgias]) {
  answerConnections(connections, providers);
  const view = show(page());
  await screen.findByRole("region", { name: providers[0]?.title ?? "Connections" });
  return view;
}

/** A member of the organisation, who has a role in the store's workspace. */
function member(role: "viewer" | "editor"): Session {
  const session = sessionOf({ role: "member", permissions: ["read_members"] });
  network.use(
    http.get("/api/members", () =>
      HttpResponse.json({
        members: [{ user_id: session.user.id, workspaces: [{ ...store.workspace, role }] }],
      }),
    ),
  );
  return session;
}

describe("the list", () => {
  it("has what is connected first, with how it is, and then what can be", async () => {
    await showPage([integrationOf({ provider: "gorgias" })]);
    const names = screen.getAllByRole("heading", { level: 2 }).map((heading) => heading.textContent);
    expect(names).toEqual(["Gorgias", "Shopify"]);
    const connected = card("Gorgias");
    expect(connected.getByText("Connected", { selector: "span" })).toBeInTheDocument();
    expect(connected.getByText("northwind.myshopify.com")).toHaveTextContent(
      "Northwind Shop · northwind.myshopify.com",
    );
    expect(connected.getByText("Everything is there until").parentElement).toHaveTextContent("5 minutes ago");
    expect(connected.getByText("5 minutes ago")).toHaveAttribute("title", expect.stringContaining("8:55:00"));
    // The browser's clock is Tokyo's, the store's New York's.
    expect(connected.getByText("Is read next").parentElement).toHaveTextContent(/at 9:05\sPM your time/);
    expect(connected.getByText("Last reading").parentElement).toHaveTextContent(
      "1,240 records12 new · 3 updated · 1 removed",
    );
    expect(card("Shopify").getByText("Orders, products and customers of a shop.")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Connect Shopify" })).toBeInTheDocument();
  });

  it("says what an operator has to set up where a provider cannot be connected", async () => {
    await showPage(
      [],
      [
        { ...shopify, available: false },
        { ...gorgias, available: false },
      ],
    );
    expect(card("Shopify").getByText(/It is not set up yet/)).toHaveTextContent(
      "by ALOFTLY_SHOPIFY_CLIENT_ID and ALOFTLY_SHOPIFY_CLIENT_SECRET.",
    );
    expect(card("Gorgias").getByText(/It is not set up yet/)).toHaveTextContent(
      "whoever runs this server makes it known to Gorgias first.",
    );
    expect(screen.queryByRole("button", { name: /^Connect/ })).not.toBeInTheDocument();
  });

  it("says that there is nothing where the server knows no source", async () => {
    answerConnections([], []);
    show(page());
    expect(await screen.findByText("There is nothing to connect yet")).toBeInTheDocument();
  });

  it("shows that it loads", async () => {
    answerConnections([], [shopify]);
    network.use(
      http.get("/api/integrations", async () => {
        await delay(50);
        return HttpResponse.json({ integrations: [] });
      }),
    );
    show(page());
    expect(screen.getByRole("region", { name: "Connections" })).toHaveAttribute("aria-busy", "true");
    expect(await screen.findByRole("region", { name: "Shopify" })).toBeInTheDocument();
  });

  it("says what failed, and tries again", async () => {
    answerConnections([integrationOf()], [shopify]);
    network.use(http.get("/api/integrations", () => problem(500, "internal"), { once: true }));
    const { user } = show(page());
    expect(await screen.findByText("The connections could not be loaded")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Copy request id" })).toHaveAttribute("title", "req-42");
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("region", { name: "Shopify" })).toBeInTheDocument();
  });

  it("stays when it could not be loaded again, and says so", async () => {
    await showPage([integrationOf({ latest_sync: syncOf({ status: "running" }) })]);
    network.use(http.get("/api/integrations", () => problem(500, "internal")));
    expect(
      await screen.findByText("The list could not be brought up to date", {}, { timeout: 4000 }),
    ).toBeInTheDocument();
    expect(screen.getByRole("region", { name: "Shopify" })).toBeInTheDocument();
  });
});

describe("how a connection is", () => {
  it("that the provider took back is connected again", async () => {
    const { user } = await showPage([
      integrationOf({
        status: "revoked",
        next_sync_at: null,
        problem: {
          code: "access_revoked",
          detail: "Shopify does not let Aloftly in any more. Connect it again.",
          since: "2026-11-21T10:00:00Z",
        },
      }),
    ]);
    const connection = card("Shopify");
    expect(connection.getByText("Needs to be connected again")).toBeInTheDocument();
    expect(connection.getByText(/does not let Aloftly in any more/)).toBeInTheDocument();
    expect(connection.getByText(/^It began/)).toHaveTextContent("It began 2 hours ago");
    expect(connection.getByTitle("It is not read by itself.")).toHaveTextContent("—");
    expect(connection.queryByRole("button", { name: /^Read now/ })).not.toBeInTheDocument();
    await user.click(connection.getByRole("button", { name: "Connect again" }));
    expect(screen.getByRole("dialog", { name: "Connect Shopify again" })).toHaveTextContent(
      "With the same account it goes on where it was",
    );
  });

  it("that is broken is tried again", async () => {
    const detail = "Shopify could not be reached, or failed. It is tried again by itself.";
    await showPage([integrationOf({ status: "broken", problem: { code: "unavailable", detail } })]);
    const connection = card("Shopify");
    expect(connection.getByText("Not working")).toBeInTheDocument();
    expect(connection.getByText(detail)).toBeInTheDocument();
    expect(connection.getByRole("button", { name: "Try now" })).toBeInTheDocument();
    expect(connection.queryByRole("button", { name: /^Read now/ })).not.toBeInTheDocument();
    expect(connection.queryByRole("button", { name: "Connect again" })).not.toBeInTheDocument();
  });

  it("that is broken by what was typed is connected again", async () => {
    const detail = "there is no such shop";
    await showPage([integrationOf({ status: "broken", problem: { code: "invalid_field", detail } })]);
    const connection = card("Shopify");
    expect(connection.getByText("There is no such shop.")).toBeInTheDocument();
    expect(connection.getByRole("button", { name: "Connect again" })).toBeInTheDocument();
    expect(connection.queryByRole("button", { name: "Try now" })).not.toBeInTheDocument();
  });

  it("that has no account yet has one chosen, and nothing else", async () => {
    await showPage([
      integrationOf({
        status: "choosing",
        account: null,
        synced_at: null,
        latest_sync: null,
        next_sync_at: null,
      }),
    ]);
    const connection = card("Shopify");
    expect(connection.getByText("Choose an account", { selector: "span" })).toBeInTheDocument();
    expect(connection.getByRole("button", { name: "Choose an account" })).toBeInTheDocument();
    for (const name of [/^Read now/, /^Test/, /^History/]) {
      expect(connection.queryByRole("button", { name })).not.toBeInTheDocument();
    }
  });

  it("that was not read yet says so, and what its data lack is told", async () => {
    await showPage([
      integrationOf({ synced_at: null, latest_sync: null, warnings: ["orders before 2024 are not shared"] }),
    ]);
    const connection = card("Shopify");
    expect(connection.getByTitle("It was not read to its end yet.")).toHaveTextContent("—");
    expect(connection.getByTitle("It was not read yet.")).toHaveTextContent("—");
    expect(connection.getByRole("list", { name: "Warnings" })).toHaveTextContent(
      "Orders before 2024 are not shared.",
    );
  });

  it("of a provider that this server does not know any more is shown by its id", async () => {
    await showPage([integrationOf({ provider: "gone" })], [shopify]);
    await waitFor(() => expect(card("gone").getByText("northwind.myshopify.com")).toBeInTheDocument());
  });
});

describe("who may do what", () => {
  it("somebody who only looks is told why there is nothing to press", async () => {
    answerConnections([integrationOf({ latest_sync: syncOf({ status: "running" }) })], [shopify, gorgias]);
    show(page({ session: looker }));
    expect(await screen.findByRole("region", { name: "Shopify" })).toBeInTheDocument();
    expect(
      screen.getByText(
        "You can look here. Admins and owners connect sources, and editors of Demo have them read.",
      ),
    ).toBeInTheDocument();
    const buttons = within(screen.getByRole("region", { name: "Shopify" })).getAllByRole("button");
    expect(buttons.map((button) => button.textContent)).toEqual(["History"]);
    expect(within(screen.getByRole("region", { name: "Gorgias" })).queryByRole("button")).toBeNull();
  });

  it("editors of the workspace have sources read, and connect none", async () => {
    answerConnections([integrationOf()], [shopify, gorgias]);
    const { user } = show(page({ session: member("editor") }));
    expect(await screen.findByRole("button", { name: "Read now: Shopify" })).toBeInTheDocument();
    expect(screen.getByText(/^You can have sources read/)).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: /^(Connect|Test)/ })).not.toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "What to do with Shopify" }));
    const items = screen.getAllByRole("menuitem").map((item) => item.textContent);
    expect(items).toEqual(["Read some days again…", "Read everything again…", "Make its rows anew…"]);
  });

  it("viewers of the workspace only look", async () => {
    answerConnections([integrationOf()], [shopify]);
    show(page({ session: member("viewer") }));
    expect(await screen.findByText(/^You can look here/)).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: /^Read now/ })).not.toBeInTheDocument();
  });
});

describe("how often connections are asked after", () => {
  const at = Date.parse("2026-11-21T12:00:00Z");
  const reading = (parts: Parameters<typeof syncOf>[0]) => integrationOf({ latest_sync: syncOf(parts) });

  it("is every second while one is read", () => {
    expect(pollInterval([integrationOf(), reading({ status: "running" })], at)).toBe(1000);
    expect(pollInterval([reading({ status: "queued", due_at: "2026-11-21T11:59:59Z" })], at)).toBe(1000);
  });

  it("is when the time has come of one that waits for it, but now and then", () => {
    expect(pollInterval([reading({ status: "queued", due_at: "2026-11-21T12:00:07Z" })], at)).toBe(7000);
    expect(pollInterval([reading({ status: "queued", due_at: "2026-11-21T14:00:00Z" })], at)).toBe(15_000);
  });

  it("is now and then where they are read by the clock, and otherwise not at all", () => {
    expect(pollInterval([integrationOf()], at)).toBe(30_000);
    expect(pollInterval([integrationOf({ next_sync_at: null })], at)).toBe(false);
    expect(pollInterval([], at)).toBe(false);
  });

  it("is rarer by those who are told how far they are", () => {
    expect(pollInterval([reading({ status: "running" })], at, true)).toBe(15_000);
    expect(pollInterval([reading({ status: "queued", due_at: "2026-11-21T12:00:07Z" })], at, true)).toBe(
      15_000,
    );
    expect(pollInterval([integrationOf()], at, true)).toBe(60_000);
    expect(pollInterval([integrationOf({ next_sync_at: null })], at, true)).toBe(false);
  });
});
