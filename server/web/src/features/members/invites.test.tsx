import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { vi } from "vitest";
import type { Invitation } from "@/lib/api/types";
import { network, problem, sendNoMail } from "@/test/network";
import { show } from "@/test/render";
import { sessionOf } from "@/test/responses";
import { MembersPage } from "./members-page";

const invite: Invitation = {
  id: "i1",
  email: "robin@example.com",
  role: "member",
  workspaces: [{ id: "w", name: "Main", role: "editor" }],
  invited_by: "kim@example.com",
  sent_at: "2026-11-20T12:00:00Z",
  created_at: "2026-11-20T12:00:00Z",
  expires_at: "2026-11-27T12:00:00Z",
  expired: false,
};

function listInvites(...invites: Invitation[]) {
  network.use(
    http.get("/api/members", () => HttpResponse.json({ members: [] })),
    http.get("/api/workspaces", () => HttpResponse.json({ workspaces: [{ id: "w", name: "Main" }] })),
    http.get("/api/invites", () => HttpResponse.json({ invites })),
  );
}

function page(session = sessionOf()) {
  return <MembersPage session={session} onOwnRoleChanged={vi.fn()} onLeft={vi.fn()} />;
}

/** Takes down what is sent, and answers that all addresses became what is said. */
function takeInvites(status: string) {
  const sent = vi.fn();
  network.use(
    http.post("/api/invites", async ({ request }) => {
      const body = (await request.json()) as { emails: string[] };
      sent(body);
      return HttpResponse.json({ results: body.emails.map((email) => ({ email, status })) });
    }),
  );
  return sent;
}

async function openDialog(user: ReturnType<typeof show>["user"]) {
  await user.click(screen.getByRole("button", { name: "Invite people" }));
  return within(await screen.findByRole("dialog", { name: "Invite people" }));
}

it("invites several people at once, into workspaces", async () => {
  listInvites();
  const sent = takeInvites("invited");
  const { user } = show(page());
  const dialog = await openDialog(user);
  await user.click(dialog.getByLabelText("Email addresses"));
  await user.paste("robin@example.com\nana@example.com");
  expect(dialog.getByLabelText("Email addresses")).toHaveAccessibleDescription("2 addresses");
  expect(await dialog.findByText(/^In none of them they see no store/)).toBeInTheDocument();
  await user.selectOptions(dialog.getByLabelText("Main"), "Editor");
  expect(dialog.queryByText(/^In none of them/)).not.toBeInTheDocument();
  await user.click(dialog.getByRole("button", { name: "Invite" }));
  expect(await screen.findByText("2 people are invited")).toBeInTheDocument();
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  expect(sent).toHaveBeenCalledWith({
    emails: ["robin@example.com", "ana@example.com"],
    role: "member",
    workspaces: [{ id: "w", role: "editor" }],
  });
});

it("names what is no address, and sends nothing", async () => {
  listInvites();
  const sent = takeInvites("invited");
  const { user } = show(page());
  const dialog = await openDialog(user);
  const addresses = dialog.getByLabelText("Email addresses");
  await user.type(addresses, "robin@example.com, ana");
  await user.click(dialog.getByRole("button", { name: "Invite" }));
  expect(addresses).toHaveAccessibleDescription("No email address: ana");
  expect(addresses).toHaveFocus();
  expect(sent).not.toHaveBeenCalled();
});

it("gives admins no workspaces, who work in all of them", async () => {
  listInvites();
  const sent = takeInvites("invited");
  const { user } = show(page());
  const dialog = await openDialog(user);
  await user.selectOptions(await dialog.findByLabelText("Main"), "Viewer");
  await user.selectOptions(dialog.getByLabelText("Role"), "Admin");
  expect(dialog.queryByLabelText("Main")).not.toBeInTheDocument();
  await user.type(dialog.getByLabelText("Email addresses"), "ana@example.com");
  await user.click(dialog.getByRole("button", { name: "Invite" }));
  await waitFor(() =>
    expect(sent).toHaveBeenCalledWith({ emails: ["ana@example.com"], role: "admin", workspaces: [] }),
  );
});

it("says what became of each address where not all were invited", async () => {
  listInvites();
  takeInvites("already_member");
  const { user } = show(page());
  const dialog = await openDialog(user);
  await user.type(dialog.getByLabelText("Email addresses"), "robin@example.com");
  await user.click(dialog.getByRole("button", { name: "Invite" }));
  expect(await dialog.findByText("Is a member already")).toBeInTheDocument();
});

it("says that the plan has no more room, and keeps what was typed", async () => {
  listInvites();
  const detail = "Your plan is for three people.";
  network.use(http.post("/api/invites", () => problem(402, "plan_limit", { detail })));
  const { user } = show(page());
  const dialog = await openDialog(user);
  await user.type(dialog.getByLabelText("Email addresses"), "robin@example.com");
  await user.click(dialog.getByRole("button", { name: "Invite" }));
  expect(await dialog.findByRole("alert")).toHaveTextContent(detail);
  expect(dialog.getByLabelText("Email addresses")).toHaveValue("robin@example.com");
});

it("sends an invitation again, and takes one back once that is confirmed", async () => {
  let invites = [{ ...invite, expired: true }];
  network.use(
    http.get("/api/members", () => HttpResponse.json({ members: [] })),
    http.get("/api/invites", () => HttpResponse.json({ invites })),
    http.post("/api/invites/i1/resend", () => {
      invites = [invite];
      return new HttpResponse(null, { status: 204 });
    }),
    http.delete("/api/invites/i1", () => {
      invites = [];
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user } = show(page());
  expect(await screen.findByText("Run out")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Send the invitation of robin@example.com again" }));
  await waitFor(() => expect(screen.queryByText("Run out")).not.toBeInTheDocument());

  await user.click(screen.getByRole("button", { name: "Take back the invitation of robin@example.com" }));
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Take back" }));
  await waitFor(() => expect(screen.queryByText("robin@example.com")).not.toBeInTheDocument());
});

it("shows invitations to who manages members only", async () => {
  listInvites(invite);
  show(page(sessionOf({ permissions: ["read_members", "leave"], role: "member" })));
  expect(await screen.findByText("Nobody is here")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Invite people" })).not.toBeInTheDocument();
  expect(screen.queryByText("robin@example.com")).not.toBeInTheDocument();
});

it("offers no invitation where no mail is sent, says who can change that, and still takes back old ones", async () => {
  listInvites(invite);
  sendNoMail();
  show(page());
  expect(await screen.findByText(/^Nobody can be invited/)).toHaveTextContent(
    /sends no mail.+ALOFTLY_SMTP_URL/,
  );
  expect(screen.queryByRole("button", { name: "Invite people" })).not.toBeInTheDocument();
  expect(await screen.findByRole("button", { name: /^Take back/ })).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /again$/ })).not.toBeInTheDocument();
});
