import { screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { vi } from "vitest";
import { network, problem } from "@/test/network";
import { show } from "@/test/render";
import { sessionOf } from "@/test/responses";
import type { AuditEvent } from "@/lib/api/types";
import { AuditPage } from "./audit-page";
import { exportAddress, parseAuditSearch } from "./search";

function eventOf(id: string, parts: Partial<AuditEvent> = {}): AuditEvent {
  return {
    id,
    at: "2026-11-20T12:00:00Z",
    actor: { kind: "user", id: "b1", email: "owner@example.com" },
    action: "member.removed",
    summary: "Removed a member",
    target: { id: "b2", name: "robin@example.com" },
    detail: {},
    address: "203.0.113.7",
    ...parts,
  };
}

/** Answers with these events, whatever is asked, and takes down what was asked for besides the latest. */
function listEvents(...events: AuditEvent[]) {
  const asked: string[] = [];
  network.use(
    http.get("/api/audit", ({ request }) => {
      const { search, searchParams } = new URL(request.url);
      if (!searchParams.has("limit")) asked.push(search);
      return HttpResponse.json({ events });
    }),
  );
  return asked;
}

it("puts what is searched into the address", async () => {
  listEvents(eventOf("1"), eventOf("2", { action: "session.begun", summary: "Signed in" }));
  const onSearch = vi.fn();
  const { user } = show(<AuditPage session={sessionOf()} search={{}} onSearch={onSearch} />);
  await user.type(screen.getByLabelText("Search"), "robin");
  await waitFor(() => expect(onSearch).toHaveBeenCalledWith({ q: "robin" }));
  // What can be chosen is what the server has told of.
  expect(await screen.findAllByRole("option")).toHaveLength(3);
  await user.selectOptions(screen.getByLabelText("Action"), "Removed a member");
  expect(onSearch).toHaveBeenCalledWith({ action: "member.removed" });
});

it("asks for what the address says, whole days on the clock of whoever reads", async () => {
  const asked = listEvents();
  const search = { q: "robin", action: "member.removed", from: "2026-11-01", to: "2026-11-02" };
  show(<AuditPage session={sessionOf()} search={search} onSearch={vi.fn()} />);
  expect(await screen.findByText("Nothing like this was done")).toBeInTheDocument();
  const query = new URLSearchParams(asked[0]);
  // The tests run in Tokyo.
  expect(Object.fromEntries(query)).toEqual({
    search: "robin",
    action: "member.removed",
    from: "2026-10-31T15:00:00.000Z",
    to: "2026-11-02T15:00:00.000Z",
  });
  expect(screen.getByRole("link", { name: "Export CSV" })).toHaveAttribute("href", exportAddress(search));
});

it("asks nothing for who may not read it, and says who may", () => {
  const asked = listEvents();
  show(<AuditPage session={sessionOf({ permissions: [] })} search={{}} onSearch={vi.fn()} />);
  expect(screen.getByText("The audit log is for admins and owners")).toBeInTheDocument();
  expect(asked).toEqual([]);
});

it("leaves out of the address what makes no sense", () => {
  expect(parseAuditSearch({ q: 7, action: "made up", from: "2026-02-30", to: "2026-02-01" })).toEqual({
    q: "7",
    to: "2026-02-01",
  });
});

it("keeps an action of the address that it has not heard of", async () => {
  listEvents();
  show(<AuditPage session={sessionOf()} search={{ action: "store.deleted" }} onSearch={vi.fn()} />);
  expect(await screen.findByText("Nothing like this was done")).toBeInTheDocument();
  expect(screen.getByLabelText("Action")).toHaveValue("store.deleted");
});

it("loads older events until there are none, and says when they do not come", async () => {
  let broken = true;
  network.use(
    http.get("/api/audit", ({ request }) => {
      const cursor = new URL(request.url).searchParams.get("cursor");
      if (cursor === null) return HttpResponse.json({ events: [eventOf("9")], next_cursor: "9" });
      if (broken) return problem(500, "internal");
      return HttpResponse.json({ events: [eventOf("8", { summary: "Added a store" })] });
    }),
  );
  const { user } = show(<AuditPage session={sessionOf()} search={{}} onSearch={vi.fn()} />);
  await user.click(await screen.findByRole("button", { name: "Load more" }));
  expect(await screen.findByText("Older events could not be loaded")).toBeInTheDocument();
  expect(screen.getByRole("cell", { name: /Removed a member/ })).toBeInTheDocument();
  broken = false;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("cell", { name: /Added a store/ })).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Load more" })).not.toBeInTheDocument();
});

it("says what failed, and tries again", async () => {
  let broken = true;
  network.use(
    http.get("/api/audit", () =>
      broken ? problem(500, "internal") : HttpResponse.json({ events: [eventOf("1")] }),
    ),
  );
  const { user } = show(<AuditPage session={sessionOf()} search={{}} onSearch={vi.fn()} />);
  expect(await screen.findByText("The audit log could not be loaded")).toBeInTheDocument();
  broken = false;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("cell", { name: /Removed a member/ })).toBeInTheDocument();
});

it("shows everything again where nothing fits", async () => {
  listEvents();
  const onSearch = vi.fn();
  const { user } = show(<AuditPage session={sessionOf()} search={{ q: "nobody" }} onSearch={onSearch} />);
  await user.click(await screen.findByRole("button", { name: "Show everything" }));
  expect(onSearch).toHaveBeenCalledWith({ q: undefined, action: undefined, from: undefined, to: undefined });
});
