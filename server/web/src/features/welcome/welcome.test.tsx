import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { vi } from "vitest";
import type { Import, Onboarding, Store } from "@/lib/api/types";
import { answerQueries, network, problem } from "@/test/network";
import { show } from "@/test/render";
import { importOf, metricResponse, sessionOf, store } from "@/test/responses";
import { plain } from "@/test/text";
import { WelcomePage } from "./welcome-page";

const WORKSPACE = store.workspace;

function told(made: number, parts: Partial<Onboarding> = {}): Onboarding {
  const ids = ["store", "data", "template", "numbers"] as const;
  return { steps: ids.map((id, index) => ({ id, done: index < made })), ...parts };
}

function page(onboarding: Onboarding, at: Store | null, imports: Import[] = []) {
  const on = {
    onConnections: vi.fn(),
    onImport: vi.fn(),
    onImports: vi.fn(),
    onDashboard: vi.fn(),
    onSkipped: vi.fn(),
  };
  const element = (next: Onboarding, stored = at, files = imports) => (
    <WelcomePage
      session={sessionOf()}
      onboarding={next}
      store={stored}
      imports={files}
      gallery={<p>All templates</p>}
      {...on}
    />
  );
  const view = show(element(onboarding));
  return {
    ...on,
    ...view,
    go: (next: Onboarding, files?: Import[]) => view.rerender(element(next, at, files)),
  };
}

/** Takes what is said to be over. */
function finishes() {
  const bodies: unknown[] = [];
  network.use(
    http.patch("/api/onboarding", async ({ request }) => {
      bodies.push(await request.json());
      return HttpResponse.json(told(4, { finished_at: "2026-11-21T12:00:00Z" }));
    }),
  );
  return bodies;
}

describe("the first steps of an organisation", () => {
  it("says which steps were made and which is next", () => {
    page(told(2), store);
    const steps = within(screen.getByRole("list", { name: "Steps" })).getAllByRole("listitem");
    expect(steps.map(({ textContent }) => textContent)).toEqual([
      "Add a store, done",
      "Bring in its data, done",
      "3Choose a template, next",
      "4See your numbers, to do",
    ]);
    expect(steps.map((step) => step.getAttribute("aria-current"))).toEqual([null, null, "step", null]);
    expect(screen.getByText("All templates")).toBeInTheDocument();
  });

  it("adds the first store as it is told to", async () => {
    const sent: unknown[] = [];
    network.use(
      http.get("/api/workspaces", () => HttpResponse.json({ workspaces: [WORKSPACE] })),
      http.post("/api/stores", async ({ request }) => {
        sent.push(await request.json());
        return HttpResponse.json(store, { status: 201 });
      }),
    );
    const { user } = page(told(0), null);
    await user.type(await screen.findByLabelText("Name of the store"), " Pots ");
    await user.click(screen.getByRole("button", { name: "Add the store" }));
    expect(screen.getByText("Choose a currency.")).toBeInTheDocument();
    expect(screen.queryByLabelText("Workspace")).not.toBeInTheDocument();
    await user.selectOptions(screen.getByLabelText("Currency"), "EUR");
    await user.selectOptions(screen.getByLabelText("Time zone"), "Europe/Paris");
    await user.click(screen.getByRole("button", { name: "Add the store" }));
    await waitFor(() =>
      expect(sent).toEqual([
        {
          name: "Pots",
          workspace_id: WORKSPACE.id,
          currency: "EUR",
          timezone: "Europe/Paris",
          week_start: "sunday",
        },
      ]),
    );
  });

  it("asks for the workspace where there are several, and says what the server refuses where it was typed", async () => {
    const other = { id: "0192a000-0000-7000-8000-0000000000a2", name: "Clients" };
    network.use(
      http.get("/api/workspaces", () => HttpResponse.json({ workspaces: [WORKSPACE, other] })),
      http.post("/api/stores", () =>
        problem(422, "invalid_request", { errors: [{ pointer: "/name", detail: "must be shorter" }] }),
      ),
    );
    const { user } = page(told(0), null);
    await user.selectOptions(await screen.findByLabelText("Workspace"), "Clients");
    await user.type(screen.getByLabelText("Name of the store"), "Pots");
    await user.selectOptions(screen.getByLabelText("Currency"), "USD");
    await user.click(screen.getByRole("button", { name: "Add the store" }));
    expect(await screen.findByText("Must be shorter.")).toBeInTheDocument();
    expect(screen.getByLabelText("Name of the store")).toHaveFocus();
    expect(screen.getByLabelText("Name of the store")).toHaveValue("Pots");
  });

  it("offers three ways to data", async () => {
    const filled: string[] = [];
    network.use(
      http.post("/api/stores/:id/sample-data", ({ params }) => {
        filled.push(String(params.id));
        return HttpResponse.json(importOf({ status: "queued" }), { status: 202 });
      }),
    );
    const { user, onConnections, onImport } = page(told(1), store);
    await user.click(screen.getByRole("button", { name: "Choose a source" }));
    await user.click(screen.getByRole("button", { name: "Choose files" }));
    expect([onConnections, onImport].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
    expect(screen.getByRole("region", { name: "Look around first" })).toHaveTextContent("in USD");
    await user.click(screen.getByRole("button", { name: "Use sample data" }));
    await waitFor(() => expect(filled).toEqual([store.id]));
  });

  it("says why a store cannot be filled with sample data", async () => {
    network.use(
      http.post("/api/stores/:id/sample-data", () =>
        problem(409, "has_data", { detail: "This store has data or a connection" }),
      ),
    );
    const { user } = page(told(1), store);
    await user.click(screen.getByRole("button", { name: "Use sample data" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("This store has data or a connection.");
  });

  it("says that a file came to nothing, and leads to what is wrong with it", async () => {
    const failed = importOf({
      status: "failed",
      file_name: "notes.txt",
      error: "the file lacks the columns",
    });
    const { user, onImports } = page(told(1), store, [failed]);
    expect(screen.getByRole("alert")).toHaveTextContent(
      "notes.txt was not imported. The file lacks the columns.",
    );
    await user.click(screen.getByRole("button", { name: "See what is wrong" }));
    expect(onImports).toHaveBeenCalledOnce();
  });

  it("goes to the next step as soon as one is made, and has the focus there", () => {
    const { go } = page(told(1), store);
    expect(screen.getByRole("heading", { name: "Bring in its data", level: 2 })).not.toHaveFocus();
    go(told(2));
    expect(screen.getByRole("heading", { name: "Choose a template", level: 2 })).toHaveFocus();
  });

  it("shows how far data are that are on their way, and then the first figures", async () => {
    answerQueries(() => metricResponse("shopify.revenue", { totals: { "shopify.revenue": "23456.78" } }));
    const running = importOf({ status: "running", progress: 0.4, file_name: "orders.csv.gz" });
    const { go } = page(told(3, { dashboard_id: "d1" }), store, [running]);
    expect(screen.getByRole("progressbar", { name: "Importing orders.csv.gz" })).toHaveAttribute(
      "aria-valuenow",
      "40",
    );
    go(told(4, { dashboard_id: "d1" }), []);
    expect(plain((await screen.findByText("Revenue")).parentElement?.textContent ?? "")).toBe(
      "Revenue$23.5K",
    );
    expect(screen.queryByRole("progressbar")).not.toBeInTheDocument();
  });

  it("leads to where a connection is read, while nothing has come of it yet", async () => {
    const { user, onConnections } = page(told(3, { dashboard_id: "d1" }), store);
    expect(screen.getByText(/What is connected is being read/)).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "See how far it is" }));
    expect(onConnections).toHaveBeenCalledOnce();
  });

  it("is over with the dashboard", async () => {
    answerQueries(() => metricResponse("shopify.revenue"));
    const bodies = finishes();
    const { user, onDashboard } = page(told(4, { dashboard_id: "d1" }), store);
    await user.click(screen.getByRole("button", { name: "Open the dashboard" }));
    await waitFor(() => expect(onDashboard).toHaveBeenCalledExactlyOnceWith("d1"));
    expect(bodies).toEqual([{ finished: true }]);
  });

  it("can be skipped, and stays where it is when that is refused", async () => {
    network.use(
      http.patch("/api/onboarding", () => problem(403, "forbidden", { detail: "This is for admins" })),
    );
    const { user, onSkipped } = page(told(1), store);
    await user.click(screen.getByRole("button", { name: "Skip setting up" }));
    expect(await screen.findByText("This is for admins.")).toBeInTheDocument();
    expect(onSkipped).not.toHaveBeenCalled();
    finishes();
    await user.click(screen.getByRole("button", { name: "Skip setting up" }));
    await waitFor(() => expect(onSkipped).toHaveBeenCalledOnce());
  });
});
