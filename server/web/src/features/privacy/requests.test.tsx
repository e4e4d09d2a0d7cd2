import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { vi } from "vitest";
import type { CustomerRequest } from "@/lib/api/types";
import { saveFile } from "@/lib/download";
import { network, problem } from "@/test/network";
import { show } from "@/test/render";
import { shopify, store } from "@/test/responses";
import { customersOf, dueOn, sortOut, urgencyOf } from "./requests";
import { RequestsCard } from "./requests-card";

vi.mock("@/lib/download", () => ({ saveFile: vi.fn() }));

function requestOf(parts: Partial<CustomerRequest> = {}): CustomerRequest {
  return {
    id: "r1",
    store_id: store.id,
    provider: "shopify",
    customer_id: "7",
    email: "ann@example.com",
    requested_at: "2026-11-18T12:00:00Z",
    ...parts,
  };
}

const answered = { customer_id: null, email: null, answered_by: "kim@example.com" };

function answerRequests(requests: CustomerRequest[]) {
  const state = { requests };
  network.use(
    http.get("/api/providers", () => HttpResponse.json({ providers: [shopify] })),
    http.get("/api/customer-requests", () => HttpResponse.json({ requests: state.requests })),
  );
  return state;
}

async function showRequests() {
  const view = show(<RequestsCard stores={[store]} />);
  const card = within(screen.getByRole("region", { name: "Requests of customers" }));
  const items = await card.findAllByRole("listitem");
  return { ...view, card, items };
}

beforeEach(() => vi.mocked(saveFile).mockClear());

describe("the card", () => {
  it("has the open ones first, with who asks, since when, and until when there is time", async () => {
    answerRequests([
      requestOf({ id: "r3", ...answered, answered_at: "2026-11-20T12:00:00Z" }),
      requestOf({ id: "r2", email: null }),
      requestOf({ requested_at: "2026-10-25T12:00:00Z" }),
    ]);
    const { card, items } = await showRequests();
    expect(items).toHaveLength(3);
    const [pressing, open, done] = items;
    expect(pressing).toHaveTextContent("ann@example.com of Northwind3 days left");
    await waitFor(() =>
      expect(pressing).toHaveTextContent(
        "Asked through Shopify 27 days ago · to be answered by Nov 24, 2026 · customer 7",
      ),
    );
    expect(open).toHaveTextContent("Customer 7 of Northwind");
    expect(open).toHaveTextContent("to be answered by Dec 18, 2026");
    expect(open).not.toHaveTextContent(/left|late|today/);
    expect(done).toHaveTextContent("A customer of NorthwindAnswered");
    expect(done).toHaveTextContent("answered by kim@example.com Nov 20");
    expect(within(card.getByRole("list", { name: "Answered" })).queryByRole("button")).toBeNull();
  });

  it("says that nobody has asked", async () => {
    answerRequests([]);
    show(<RequestsCard stores={[store]} />);
    expect(await screen.findByText("Nobody has asked yet")).toBeInTheDocument();
  });

  it("says what failed, and tries again", async () => {
    answerRequests([]);
    network.use(http.get("/api/customer-requests", () => problem(500, "internal"), { once: true }));
    const { user } = show(<RequestsCard stores={[store]} />);
    expect(await screen.findByText("The requests could not be loaded")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("Nobody has asked yet")).toBeInTheDocument();
  });
});

describe("what a customer is to be told", () => {
  const file = '{"store_id":"s","customer_ids":["7"],"datasets":{"orders":[{"total":"12.500000"}]}}';

  it("is saved as the page saves it for others, by the ID that the shop gave", async () => {
    answerRequests([requestOf()]);
    const sent = vi.fn();
    network.use(
      http.post("/api/stores/:id/customers/export", async ({ params, request }) => {
        sent(params.id, await request.json());
        return new HttpResponse(file, { headers: { "content-type": "application/json" } });
      }),
    );
    const { card, user } = await showRequests();
    await user.click(card.getByRole("button", { name: "Download their data" }));
    expect(await screen.findByText("What Northwind has of 1 customer was exported")).toBeInTheDocument();
    expect(sent.mock.calls).toEqual([[store.id, { customer_ids: ["7"] }]]);
    expect(saveFile).toHaveBeenCalledWith("customer-data.json", file, "application/json");
  });

  it("is nothing where the store does not know their address", async () => {
    answerRequests([requestOf({ customer_id: null })]);
    network.use(
      http.post("/api/stores/:id/customers/export", () =>
        problem(422, "invalid_request", {
          errors: [{ pointer: "/email", detail: "is the address of no customer of this store" }],
        }),
      ),
    );
    const { card, user } = await showRequests();
    await user.click(card.getByRole("button", { name: "Download their data" }));
    expect(await card.findByRole("alert")).toHaveTextContent(
      "Northwind has no customer with this address: nothing is kept of them.",
    );
    expect(saveFile).not.toHaveBeenCalled();
  });

  it("is not to be had of a store that is gone, or where the request says nobody", async () => {
    answerRequests([
      requestOf({ store_id: "gone", requested_at: "2026-10-01T12:00:00Z" }),
      requestOf({ id: "r2", customer_id: null, email: null }),
    ]);
    const { card, items } = await showRequests();
    expect(items[0]).toHaveTextContent("ann@example.com of a store that is gone21 days late");
    expect(items[0]).toHaveTextContent("was to be answered by Oct 31, 2026");
    expect(items[1]).toHaveTextContent("Somebody of Northwind");
    expect(items[1]).toHaveTextContent("The request does not say who it is.");
    expect(card.queryByRole("button", { name: "Download their data" })).not.toBeInTheDocument();
    expect(card.getAllByRole("button", { name: "Mark as answered…" })).toHaveLength(2);
  });
});

describe("marking one as answered", () => {
  it("is asked about, and then it is among the answered ones, of nobody", async () => {
    const state = answerRequests([requestOf()]);
    const marked = vi.fn();
    network.use(
      http.post("/api/customer-requests/:id/answer", ({ params }) => {
        marked(params.id);
        state.requests = [requestOf({ ...answered, answered_at: "2026-11-21T12:00:00Z" })];
        return new HttpResponse(null, { status: 204 });
      }),
    );
    const { card, user } = await showRequests();
    const button = card.getByRole("button", { name: "Mark as answered…" });
    await user.click(button);
    const dialog = within(screen.getByRole("dialog", { name: "Was the customer told?" }));
    await user.click(dialog.getByRole("button", { name: "Cancel" }));
    expect(button).toHaveFocus();
    expect(marked).not.toHaveBeenCalled();
    await user.click(button);
    await user.click(screen.getByRole("button", { name: "Mark as answered" }));
    expect(await card.findByText("A customer of Northwind")).toBeInTheDocument();
    expect(screen.queryByText(/ann@example.com/)).not.toBeInTheDocument();
    expect(marked.mock.calls).toEqual([["r1"]]);
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    await waitFor(() => expect(screen.getByRole("region", { name: "Requests of customers" })).toHaveFocus());
  });

  it("that fails says why", async () => {
    answerRequests([requestOf()]);
    network.use(
      http.post("/api/customer-requests/:id/answer", () =>
        problem(409, "role_changed", { detail: "Your role was changed meanwhile." }),
      ),
    );
    const { card, user } = await showRequests();
    await user.click(card.getByRole("button", { name: "Mark as answered…" }));
    await user.click(screen.getByRole("button", { name: "Mark as answered" }));
    expect(await screen.findByText("Your role was changed meanwhile.")).toBeInTheDocument();
  });
});

describe("the time there is to answer", () => {
  // In Tokyo, where these tests are, it is the 1st already.
  const asked = { requested_at: "2026-10-31T20:00:00Z" };
  const on = (day: string) => urgencyOf(asked, new Date(`${day}T03:00:00Z`))?.title ?? null;

  it("is 30 days, on the calendar of whoever reads", () => {
    expect(dueOn(asked)).toBe("2026-12-01");
  });

  it("is marked when fewer than 7 days are left, and when it is over", () => {
    expect(on("2026-11-01")).toBeNull();
    expect(on("2026-11-24")).toBeNull();
    expect(on("2026-11-25")).toBe("6 days left");
    expect(on("2026-11-30")).toBe("1 day left");
    expect(on("2026-12-01")).toBe("Due today");
    expect(on("2026-12-02")).toBe("1 day late");
    expect(on("2026-12-31")).toBe("30 days late");
    expect(urgencyOf(asked, new Date("2026-12-01T03:00:00Z"))?.tone).toBe("warn");
    expect(urgencyOf(asked, new Date("2026-12-02T03:00:00Z"))?.tone).toBe("bad");
  });
});

it("sorts open ones by how pressing they are, and answered ones by when they were", () => {
  const requests = [
    requestOf({ id: "new" }),
    requestOf({ id: "first", answered_at: "2026-11-19T00:00:00Z" }),
    requestOf({ id: "old", requested_at: "2026-11-01T00:00:00Z" }),
    requestOf({ id: "last", answered_at: "2026-11-20T00:00:00Z" }),
  ];
  const { open, answered } = sortOut(requests);
  expect([open, answered].map((some) => some.map(({ id }) => id))).toEqual([
    ["old", "new"],
    ["last", "first"],
  ]);
});

it("finds a customer by their ID, by their address where there is none, and otherwise not", () => {
  expect(customersOf({ customer_id: "7", email: "ann@example.com" })).toEqual({ customer_ids: ["7"] });
  expect(customersOf({ customer_id: null, email: "ann@example.com" })).toEqual({ email: "ann@example.com" });
  expect(customersOf({})).toBeNull();
});
