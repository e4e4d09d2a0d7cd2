import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { vi } from "vitest";
import type { Member } from "@/lib/api/types";
import { network, problem } from "@/test/network";
import { show } from "@/test/render";
import { sessionOf } from "@/test/responses";
import { MembersPage } from "./members-page";

const owner: Member = {
  user_id: sessionOf().user.id,
  email: "owner@example.com",
  name: "Kim",
  role: "owner",
  workspaces: [],
  created_at: "2026-01-01T00:00:00Z",
  last_seen_at: "2026-11-21T11:00:00Z",
};
const robin: Member = {
  ...owner,
  user_id: "0192a000-0000-7000-8000-0000000000b2",
  email: "robin@example.com",
  name: "Robin",
  role: "member",
};

function listMembers(...members: Member[]) {
  network.use(http.get("/api/members", () => HttpResponse.json({ members })));
}

beforeEach(() => network.use(http.get("/api/invites", () => HttpResponse.json({ invites: [] }))));

function page(session = sessionOf(), { onLeft = vi.fn(), onOwnRoleChanged = vi.fn() } = {}) {
  return <MembersPage session={session} onOwnRoleChanged={onOwnRoleChanged} onLeft={onLeft} />;
}

/** Robin as whoever is signed in. */
function asRobin(permissions: string[], role = "member") {
  return sessionOf({
    permissions,
    role,
    user: { id: robin.user_id, email: robin.email, name: robin.name },
  });
}

async function choose(user: ReturnType<typeof show>["user"], name: string, action: string) {
  await user.click(await screen.findByRole("button", { name: `What to do with ${name}` }));
  await user.click(await screen.findByRole("menuitem", { name: action }));
  return within(await screen.findByRole("dialog"));
}

it("changes a role at once where it can be taken back", async () => {
  let role = "member";
  network.use(
    http.get("/api/members", () => HttpResponse.json({ members: [owner, { ...robin, role }] })),
    http.patch(`/api/members/${robin.user_id}`, async ({ request }) => {
      ({ role } = (await request.json()) as { role: string });
      return HttpResponse.json({ ...robin, role });
    }),
  );
  const onOwnRoleChanged = vi.fn();
  const { user } = show(page(sessionOf(), { onOwnRoleChanged }));
  await user.selectOptions(await screen.findByLabelText("Role of Robin"), "Viewer");
  expect(await screen.findByText("Robin has the role Viewer now")).toBeInTheDocument();
  expect(screen.getByLabelText("Role of Robin")).toHaveValue("viewer");
  expect(onOwnRoleChanged).not.toHaveBeenCalled();
});

it("asks before somebody gives up their own role, and says why the last owner keeps theirs", async () => {
  listMembers(owner);
  const detail = "An organisation must have an owner. Make somebody else an owner first.";
  const sent = vi.fn();
  network.use(
    http.patch("/api/members/:id", async ({ request }) => {
      sent(await request.json());
      return problem(409, "last_owner", { detail });
    }),
  );
  const { user } = show(page());
  const role = await screen.findByLabelText("Role of Kim");
  await user.selectOptions(role, "Admin");
  const dialog = within(await screen.findByRole("dialog", { name: "Give up the role Owner?" }));
  expect(dialog.getByRole("button", { name: "Give it up" })).toBeDisabled();
  expect(sent).not.toHaveBeenCalled();
  await user.type(dialog.getByRole("textbox"), `${owner.email}{Enter}`);
  expect(await dialog.findByRole("alert")).toHaveTextContent(detail);
  expect(sent).toHaveBeenCalledWith({ role: "admin" });
  await user.click(dialog.getByRole("button", { name: "Cancel" }));
  expect(role).toHaveValue("owner");
});

it("asks before there is a further owner", async () => {
  listMembers(owner, robin);
  const { user } = show(page());
  await user.selectOptions(await screen.findByLabelText("Role of Robin"), "Owner");
  expect(await screen.findByRole("dialog", { name: "Make Robin an owner as well?" })).toBeInTheDocument();
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  expect(screen.getByLabelText("Role of Robin")).toHaveValue("member");
});

it("hands the organisation over, and reads again what one may do", async () => {
  listMembers(owner, robin);
  const sent = vi.fn();
  network.use(
    http.post(`/api/members/${robin.user_id}/ownership`, () => {
      sent();
      return HttpResponse.json({ ...robin, role: "owner" });
    }),
  );
  const onOwnRoleChanged = vi.fn();
  const { user } = show(page(sessionOf(), { onOwnRoleChanged }));
  const dialog = await choose(user, "Robin", "Make the owner…");
  await user.type(dialog.getByRole("textbox"), robin.email);
  await user.click(dialog.getByRole("button", { name: "Hand over" }));
  await waitFor(() => expect(onOwnRoleChanged).toHaveBeenCalledTimes(1));
  expect(sent).toHaveBeenCalledTimes(1);
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
});

it("reads everything again when one's own role was changed meanwhile", async () => {
  let asked = 0;
  network.use(
    http.get("/api/members", () => {
      asked += 1;
      return HttpResponse.json({ members: [owner, robin] });
    }),
    http.delete("/api/members/:id", () =>
      problem(409, "role_changed", { detail: "Your role was changed meanwhile." }),
    ),
  );
  const { user } = show(page());
  const dialog = await choose(user, "Robin", "Remove…");
  await user.type(dialog.getByRole("textbox"), `${robin.email}{Enter}`);
  expect(await dialog.findByRole("alert")).toHaveTextContent("Your role was changed meanwhile.");
  await waitFor(() => expect(asked).toBe(2));
});

it("goes back to the button that opened the dialog", async () => {
  listMembers(owner, robin);
  const { user } = show(page());
  await choose(user, "Robin", "Remove…");
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.getByRole("button", { name: "What to do with Robin" })).toHaveFocus());
});

it("says what failed, and tries again", async () => {
  listMembers(owner);
  network.use(http.get("/api/members", () => problem(500, "internal"), { once: true }));
  const { user } = show(page());
  expect(await screen.findByText("The members could not be loaded")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText(owner.email)).toBeInTheDocument();
});

it("removes nobody until their address is typed", async () => {
  let members = [owner, robin];
  network.use(
    http.get("/api/members", () => HttpResponse.json({ members })),
    http.delete(`/api/members/${robin.user_id}`, () => {
      members = [owner];
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user } = show(page());
  const dialog = await choose(user, "Robin", "Remove…");
  expect(dialog.getByRole("button", { name: "Remove" })).toBeDisabled();
  await user.type(dialog.getByRole("textbox"), "robin@example.co");
  expect(dialog.getByRole("button", { name: "Remove" })).toBeDisabled();
  await user.type(dialog.getByRole("textbox"), "m");
  await user.click(dialog.getByRole("button", { name: "Remove" }));
  await waitFor(() => expect(screen.queryByText("robin@example.com")).not.toBeInTheDocument());
  // The row is gone with its button.
  await waitFor(() => expect(screen.getByRole("region", { name: "Members" })).toHaveFocus());
});

it("leads away who has left", async () => {
  listMembers(owner, robin);
  network.use(http.delete("/api/members/:id", () => new HttpResponse(null, { status: 204 })));
  const onLeft = vi.fn();
  const { user } = show(page(asRobin(["read_members", "leave"]), { onLeft }));
  await user.click(await screen.findByRole("button", { name: "Leave" }));
  const dialog = within(screen.getByRole("dialog"));
  await user.type(dialog.getByRole("textbox"), `${robin.email}{Enter}`);
  await waitFor(() => expect(onLeft).toHaveBeenCalled());
});

it("lets who may not manage members only look", async () => {
  listMembers(owner, robin);
  show(page(sessionOf({ permissions: ["read_members", "leave"], role: "viewer" })));
  expect(await screen.findByText("robin@example.com")).toBeInTheDocument();
  expect(screen.queryByRole("combobox")).not.toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /^What to do/ })).not.toBeInTheDocument();
  // The server does not tell them.
  expect(screen.queryByText("Last seen")).not.toBeInTheDocument();
  expect(screen.queryByText("Not signed in")).not.toBeInTheDocument();
});

it("lets admins change all but owners, and make none", async () => {
  listMembers({ ...owner, user_id: "other" }, robin);
  show(page(sessionOf({ permissions: ["read_members", "leave", "manage_members"], role: "admin" })));
  const role = await screen.findByLabelText("Role of Robin");
  expect(within(role).queryByRole("option", { name: "Owner" })).not.toBeInTheDocument();
  expect(screen.queryByLabelText("Role of Kim")).not.toBeInTheDocument();
});

it("puts somebody into a workspace", async () => {
  listMembers(owner, robin);
  const sent = vi.fn();
  network.use(
    http.get("/api/workspaces", () => HttpResponse.json({ workspaces: [{ id: "w", name: "Main" }] })),
    http.put(`/api/workspaces/w/members/${robin.user_id}`, async ({ request }) => {
      sent(await request.json());
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user } = show(page());
  const dialog = await choose(user, "Robin", "Workspaces…");
  await user.selectOptions(await dialog.findByLabelText("Main"), "Editor");
  await waitFor(() => expect(sent).toHaveBeenCalledWith({ role: "editor" }));
});

it("lets admins of a workspace say who works in that one, and in no other", async () => {
  const main = { id: "w", name: "Main" };
  listMembers(owner, { ...robin, workspaces: [{ ...main, role: "admin" }] });
  network.use(
    http.get("/api/workspaces", () => HttpResponse.json({ workspaces: [main, { id: "x", name: "Outlet" }] })),
  );
  const { user } = show(page(asRobin(["read_members", "leave"])));
  const dialog = await choose(user, "Kim", "Workspaces…");
  expect(await dialog.findByLabelText("Main")).toBeInTheDocument();
  expect(dialog.queryByLabelText("Outlet")).not.toBeInTheDocument();
});
