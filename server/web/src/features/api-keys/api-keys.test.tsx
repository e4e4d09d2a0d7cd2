import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { vi } from "vitest";
import type { ApiKey } from "@/lib/api/types";
import { network, problem } from "@/test/network";
import { show } from "@/test/render";
import { sessionOf } from "@/test/responses";
import { ApiKeysPage } from "./api-keys-page";

const scopes = [
  { scope: "metrics:read", summary: "See stores and their figures", for_one_workspace: true },
  { scope: "audit:read", summary: "Read the audit log", for_one_workspace: false },
];

const nightly: ApiKey = {
  id: "k1",
  name: "Nightly",
  token_start: "aloftly_x7Kd2P",
  scopes: ["metrics:read"],
  created_by: { user_id: "u", email: "kim@example.com", name: "Kim" },
  created_at: "2026-11-01T12:00:00Z",
  state: "active",
};

const session = sessionOf({ permissions: ["manage_api_keys"] });

function listKeys(...api_keys: ApiKey[]) {
  network.use(
    http.get("/api/api-keys", () => HttpResponse.json({ api_keys, scopes })),
    http.get("/api/workspaces", () => HttpResponse.json({ workspaces: [{ id: "w", name: "Main" }] })),
  );
}

function takeKeys() {
  const sent = vi.fn();
  network.use(
    http.post("/api/api-keys", async ({ request }) => {
      sent(await request.json());
      return HttpResponse.json({ ...nightly, token: "aloftly_x7Kd2P-secret" }, { status: 201 });
    }),
  );
  return sent;
}

async function openDialog(user: ReturnType<typeof show>["user"]) {
  await user.click(await screen.findByRole("button", { name: "New key" }));
  return within(screen.getByRole("dialog", { name: "New API key" }));
}

it("makes a key and shows its token once", async () => {
  listKeys();
  const sent = takeKeys();
  const { user } = show(<ApiKeysPage session={session} />);
  const dialog = await openDialog(user);
  await user.type(dialog.getByLabelText("Name"), "Nightly");
  await user.click(dialog.getByLabelText(/See stores and their figures/));
  await user.click(dialog.getByRole("button", { name: "Make the key" }));
  expect(await screen.findByText("aloftly_x7Kd2P-secret")).toBeInTheDocument();
  // The tests' clock stands at 2026-11-21T12:00Z.
  expect(sent).toHaveBeenCalledWith({
    name: "Nightly",
    scopes: ["metrics:read"],
    expires_at: "2027-02-19T12:00:00.000Z",
  });
  // Not lost by a slip.
  await user.keyboard("{Escape}");
  await user.click(screen.getByRole("button", { name: "I have kept it" }));
  expect(screen.queryByText("aloftly_x7Kd2P-secret")).not.toBeInTheDocument();
});

it("asks for a name and a scope, and gives a key of one workspace nothing of the organisation", async () => {
  listKeys();
  const sent = takeKeys();
  const { user } = show(<ApiKeysPage session={session} />);
  const dialog = await openDialog(user);
  await user.click(dialog.getByLabelText(/Read the audit log/));
  await user.click(dialog.getByRole("button", { name: "Make the key" }));
  expect(dialog.getByLabelText("Name")).toHaveFocus();
  await user.type(dialog.getByLabelText("Name"), "Nightly");
  await user.selectOptions(await dialog.findByLabelText("Stores"), "w");
  expect(dialog.queryByLabelText(/Read the audit log/)).not.toBeInTheDocument();
  await user.click(dialog.getByRole("button", { name: "Make the key" }));
  expect(dialog.getByRole("alert")).toHaveTextContent("Choose one or more.");
  expect(sent).not.toHaveBeenCalled();
  await user.click(dialog.getByLabelText(/See stores/));
  await user.selectOptions(dialog.getByLabelText("It ends"), "Never");
  await user.click(dialog.getByRole("button", { name: "Make the key" }));
  await waitFor(() =>
    expect(sent).toHaveBeenCalledWith({
      name: "Nightly",
      scopes: ["metrics:read"],
      workspace_id: "w",
      expires_at: null,
    }),
  );
});

it("says why no key was made, and keeps what was typed", async () => {
  listKeys();
  const detail = "There are a hundred keys.";
  network.use(http.post("/api/api-keys", () => problem(409, "too_many_api_keys", { detail })));
  const { user } = show(<ApiKeysPage session={session} />);
  const dialog = await openDialog(user);
  await user.type(dialog.getByLabelText("Name"), "Nightly");
  await user.click(dialog.getByLabelText(/See stores/));
  await user.click(dialog.getByRole("button", { name: "Make the key" }));
  expect(await dialog.findByRole("alert")).toHaveTextContent(detail);
  expect(dialog.getByLabelText("Name")).toHaveValue("Nightly");
});

it("tells how a key is, and revokes it once its name is typed", async () => {
  let keys: ApiKey[] = [{ ...nightly, state: "resting" }];
  network.use(
    http.get("/api/api-keys", () => HttpResponse.json({ api_keys: keys, scopes })),
    http.delete("/api/api-keys/k1", () => {
      keys = [];
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user } = show(<ApiKeysPage session={session} />);
  const entry = await screen.findByRole("listitem");
  expect(entry).toHaveTextContent("Resting");
  expect(entry).toHaveTextContent("metrics:read · All workspaces");
  expect(entry).toHaveTextContent("never used · no end");
  await user.click(screen.getByRole("button", { name: "Revoke Nightly" }));
  const dialog = within(screen.getByRole("dialog"));
  expect(dialog.getByRole("button", { name: "Revoke" })).toBeDisabled();
  await user.type(dialog.getByRole("textbox"), "nightly{Enter}");
  expect(await screen.findByText("There is no key yet")).toBeInTheDocument();
  await waitFor(() => expect(screen.getByRole("region", { name: "API keys" })).toHaveFocus());
});

it("asks nothing for who may not make keys, and says who may", () => {
  show(<ApiKeysPage session={sessionOf({ permissions: [] })} />);
  expect(screen.getByText("API keys are for admins and owners")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "New key" })).not.toBeInTheDocument();
});

it("says what failed, and tries again", async () => {
  listKeys(nightly);
  network.use(http.get("/api/api-keys", () => problem(500, "internal"), { once: true }));
  const { user } = show(<ApiKeysPage session={session} />);
  expect(await screen.findByText("The keys could not be loaded")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Nightly")).toBeInTheDocument();
});
