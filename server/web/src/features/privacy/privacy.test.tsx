import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { vi } from "vitest";
import type { Erasure } from "@/lib/api/types";
import { saveFile } from "@/lib/download";
import { network, problem } from "@/test/network";
import { show } from "@/test/render";
import { sessionOf, store } from "@/test/responses";
import { PrivacyPage } from "./privacy-page";

vi.mock("@/lib/download", () => ({ saveFile: vi.fn() }));

const other = { ...store, id: "0192a000-0000-7000-8000-000000000002", name: "Harbour" };
const session = sessionOf({ permissions: ["manage_privacy"] });

function erasureOf(parts: Partial<Erasure> = {}): Erasure {
  return {
    id: "e1",
    store_id: store.id,
    customers: 1,
    requested_by: "kim@example.com",
    requested_at: "2026-11-21T11:58:00Z",
    status: "waiting",
    ...parts,
  };
}

function page(parts: Partial<Parameters<typeof PrivacyPage>[0]> = {}) {
  return <PrivacyPage session={session} stores={[store, other]} onErased={vi.fn()} {...parts} />;
}

beforeEach(() => {
  vi.mocked(saveFile).mockClear();
  network.use(
    http.get("/api/retention", () => HttpResponse.json({ months: null })),
    http.get("/api/erasures", () => HttpResponse.json({ erasures: [] })),
    http.get("/api/customer-requests", () => HttpResponse.json({ requests: [] })),
  );
});

it("is for admins and owners", () => {
  show(page({ session: sessionOf({ role: "member", permissions: [] }) }));
  expect(screen.getByText("Privacy is for admins and owners")).toBeInTheDocument();
  expect(screen.queryByRole("button")).not.toBeInTheDocument();
});

it("says what is not there yet", async () => {
  show(page({ stores: [] }));
  expect(screen.getByText("There is no store yet")).toBeInTheDocument();
  expect(await screen.findByText("Nobody was erased yet")).toBeInTheDocument();
  expect(await screen.findByText("Nobody has asked yet")).toBeInTheDocument();
});

describe("the time that data are kept", () => {
  function answerChanges(allowed = 36) {
    const sent = vi.fn();
    network.use(
      http.put("/api/retention", async ({ request }) => {
        const { months } = (await request.json()) as { months: number | null };
        sent(months);
        return months === null || months > allowed
          ? problem(402, "plan_limit", { detail: "This is more than the organisation pays for." })
          : HttpResponse.json({ months });
      }),
    );
    return sent;
  }

  it("becomes shorter once the name is typed, and what that erases is said before", async () => {
    const sent = answerChanges();
    const { user } = show(page());
    const how = await screen.findByLabelText("Keep data");
    expect(how).toHaveValue("ever");
    expect(screen.getByRole("button", { name: "Save" })).toBeDisabled();
    await user.selectOptions(how, "For a number of months");
    const months = screen.getByLabelText("Months");
    await user.clear(months);
    await user.type(months, "241");
    expect(months).toHaveAccessibleDescription("Enter a number from 1 to 240.");
    await user.clear(months);
    await user.type(months, "12");
    expect(months).toHaveAccessibleDescription(
      /Everything from before Nov 1, 2025 is erased, and nobody can bring it back/,
    );
    await user.click(screen.getByRole("button", { name: "Save" }));
    const dialog = within(screen.getByRole("dialog", { name: "Keep data for 12 months only?" }));
    expect(
      dialog.getByText(/Everything from before Nov 1, 2025 is erased from all stores/),
    ).toBeInTheDocument();
    expect(dialog.getByRole("button", { name: "Erase what is older" })).toBeDisabled();
    expect(sent).not.toHaveBeenCalled();
    await user.type(dialog.getByRole("textbox"), "northwind trading{Enter}");
    expect(await screen.findByText("Data are kept for 12 months")).toBeInTheDocument();
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
    expect(sent.mock.calls).toEqual([[12]]);
    expect(screen.getByLabelText("Months")).toHaveValue("12");
    await waitFor(() => expect(screen.getByRole("region", { name: "How long data are kept" })).toHaveFocus());
  });

  it("becomes longer without a question, as far as the plan goes", async () => {
    network.use(http.get("/api/retention", () => HttpResponse.json({ months: 12 })));
    const sent = answerChanges();
    const { user } = show(page());
    await user.selectOptions(await screen.findByLabelText("Keep data"), "For ever");
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByRole("alert")).toHaveTextContent(
      "This is more than the organisation pays for.",
    );
    await user.selectOptions(screen.getByLabelText("Keep data"), "For a number of months");
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
    await user.clear(screen.getByLabelText("Months"));
    await user.type(screen.getByLabelText("Months"), "24{Enter}");
    expect(await screen.findByText("Data are kept for 24 months")).toBeInTheDocument();
    expect(sent.mock.calls).toEqual([[null], [24]]);
  });

  it("says what failed, and tries again", async () => {
    network.use(http.get("/api/retention", () => problem(500, "internal"), { once: true }));
    const { user } = show(page());
    expect(await screen.findByText("It could not be loaded")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByLabelText("Keep data")).toBeInTheDocument();
  });
});

describe("customers", () => {
  const file = '{"store_id":"s","customer_ids":["7"],"datasets":{"orders":[{"total":"12.500000"}]}}';

  it("are exported by their address, as the server wrote it", async () => {
    const sent = vi.fn();
    network.use(
      http.post("/api/stores/:id/customers/export", async ({ params, request }) => {
        sent(params.id, await request.json());
        return new HttpResponse(file, { headers: { "content-type": "application/json" } });
      }),
    );
    const { user } = show(page());
    await user.selectOptions(screen.getByLabelText("Store"), "Harbour");
    await user.click(screen.getByRole("button", { name: "Export" }));
    const email = screen.getByLabelText("Email of the customer");
    expect(email).toHaveFocus();
    expect(email).toHaveAccessibleDescription("Enter the customer’s email.");
    await user.type(email, " ann@example.com{Enter}");
    expect(await screen.findByText("What Harbour has of 1 customer was exported")).toBeInTheDocument();
    expect(sent).toHaveBeenCalledWith(other.id, { email: "ann@example.com" });
    expect(saveFile).toHaveBeenCalledWith("customer-data.json", file, "application/json");
  });

  it("that the store does not know are said to be unknown at the field, until another store is chosen", async () => {
    network.use(
      http.post("/api/stores/:id/customers/export", () =>
        problem(422, "invalid_request", {
          errors: [{ pointer: "/email", detail: "is the address of no customer of this store" }],
        }),
      ),
    );
    const { user } = show(page());
    const email = screen.getByLabelText("Email of the customer");
    await user.type(email, "ann@example.com{Enter}");
    await waitFor(() =>
      expect(email).toHaveAccessibleDescription("No customer of this store has this address."),
    );
    expect(saveFile).not.toHaveBeenCalled();
    await user.selectOptions(screen.getByLabelText("Store"), "Harbour");
    expect(email).not.toHaveAccessibleDescription();
    expect(email).toHaveValue("ann@example.com");
  });

  it("are erased by their IDs once the store's name is typed, and how far that is is seen", async () => {
    const sent = vi.fn();
    let erasures: Erasure[] = [];
    network.use(
      http.get("/api/erasures", () => HttpResponse.json({ erasures })),
      http.post("/api/stores/:id/customers/erase", async ({ params, request }) => {
        sent(params.id, await request.json());
        erasures = [erasureOf({ customers: 2 })];
        return HttpResponse.json(erasures[0], { status: 202 });
      }),
    );
    const onErased = vi.fn();
    const { user } = show(page({ onErased }));
    await user.click(screen.getByRole("radio", { name: "By customer ID" }));
    await user.click(screen.getByRole("button", { name: "Erase…" }));
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
    const ids = screen.getByLabelText("Customer IDs");
    expect(ids).toHaveFocus();
    await user.type(ids, "7{Enter}8{Enter}7");
    await user.click(screen.getByRole("button", { name: "Erase…" }));
    const dialog = within(screen.getByRole("dialog", { name: "Erase for good?" }));
    expect(dialog.getByText(/^Everything that Northwind has of 2 customers goes/)).toBeInTheDocument();
    expect(dialog.getByRole("button", { name: "Erase" })).toBeDisabled();
    expect(sent).not.toHaveBeenCalled();
    await user.type(dialog.getByRole("textbox"), "Northwind{Enter}");
    expect(await screen.findByText("Under way")).toBeInTheDocument();
    expect(sent).toHaveBeenCalledWith(store.id, { customer_ids: ["7", "8"] });
    expect(screen.getByLabelText("Customer IDs")).toHaveValue("");
    expect(screen.getByLabelText("Customer IDs")).not.toHaveAttribute("aria-invalid", "true");

    erasures = [erasureOf({ customers: 2, status: "done", removed: 5, finished_at: "2026-11-21T11:59:00Z" })];
    expect(
      await screen.findByText("What was kept of 2 customers is erased", {}, { timeout: 10_000 }),
    ).toBeInTheDocument();
    expect(screen.getByText("Done").closest("li")).toHaveTextContent("5 rows went");
    expect(onErased).toHaveBeenCalledWith(store.id);
  });

  it("that are not known close the question again, and lead to the field", async () => {
    network.use(
      http.post("/api/stores/:id/customers/erase", () =>
        problem(422, "invalid_request", {
          errors: [{ pointer: "/email", detail: "is the address of no customer of this store" }],
        }),
      ),
    );
    const { user } = show(page());
    const email = screen.getByLabelText("Email of the customer");
    await user.type(email, "ann@example.com");
    await user.click(screen.getByRole("button", { name: "Erase…" }));
    const dialog = within(screen.getByRole("dialog"));
    expect(dialog.getByText(/of the customer with the address ann@example.com goes/)).toBeInTheDocument();
    await user.type(dialog.getByRole("textbox"), "Northwind{Enter}");
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    expect(email).toHaveAccessibleDescription("No customer of this store has this address.");
    await waitFor(() => expect(email).toHaveFocus());
  });

  it("stay as they are where they could not be erased, and the question says why", async () => {
    network.use(
      http.post("/api/stores/:id/customers/erase", () => problem(500, "internal", { detail: "It broke." })),
    );
    const { user } = show(page());
    await user.type(screen.getByLabelText("Email of the customer"), "ann@example.com");
    await user.click(screen.getByRole("button", { name: "Erase…" }));
    const dialog = within(screen.getByRole("dialog"));
    await user.type(dialog.getByRole("textbox"), "Northwind{Enter}");
    expect(await dialog.findByRole("alert")).toHaveTextContent("It broke.");
  });
});

describe("erasures", () => {
  it("are listed with who asked for them and what came of it", async () => {
    const erasures = [
      erasureOf({ id: "e3", error: "the object store could not be reached" }),
      erasureOf({
        id: "e2",
        store_id: "gone",
        customers: 3,
        status: "done",
        removed: 1,
        finished_at: "2026-11-20T12:00:00Z",
      }),
    ];
    network.use(http.get("/api/erasures", () => HttpResponse.json({ erasures })));
    show(page());
    const list = within(screen.getByRole("region", { name: "Erasures" }));
    const [failing, done] = await list.findAllByRole("listitem");
    expect(failing).toHaveTextContent("1 customer of Northwind");
    expect(failing).toHaveTextContent("Asked for by kim@example.com 2 minutes ago");
    expect(failing).toHaveTextContent(
      "The last attempt came to nothing. The object store could not be reached.",
    );
    expect(failing).toHaveTextContent("Tried again");
    expect(done).toHaveTextContent("3 customers of a store that is gone");
    expect(done).toHaveTextContent("1 row went");
  });

  it("say what failed, and try again", async () => {
    network.use(http.get("/api/erasures", () => problem(500, "internal"), { once: true }));
    const { user } = show(page());
    expect(await screen.findByText("The erasures could not be loaded")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("Nobody was erased yet")).toBeInTheDocument();
  });
});
