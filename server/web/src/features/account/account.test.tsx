import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { vi } from "vitest";
import type { Account } from "@/lib/api/types";
import { network, problem } from "@/test/network";
import { show } from "@/test/render";
import { sessionOf } from "@/test/responses";
import { AccountPage } from "./account-page";

const account: Account = {
  id: sessionOf().user.id,
  email: "kim@example.com",
  name: "Kim",
  email_verified: true,
  has_password: true,
  google: true,
  second_factor: { enabled: true, recovery_codes_left: 8 },
  created_at: "2026-01-01T00:00:00Z",
};

function know(parts: Partial<Account> = {}) {
  network.use(http.get("/api/account", () => HttpResponse.json({ ...account, ...parts })));
}

it("changes the name", async () => {
  know();
  const sent = vi.fn();
  network.use(
    http.patch("/api/account", async ({ request }) => {
      const change = (await request.json()) as { name: string };
      sent(change);
      return HttpResponse.json({ ...account, ...change });
    }),
  );
  const { user } = show(<AccountPage onDeleted={vi.fn()} />);
  const name = await screen.findByLabelText("Name");
  expect(screen.getByRole("button", { name: "Save" })).toBeDisabled();
  await user.clear(name);
  await user.type(name, " Kim Lee {Enter}");
  expect(await screen.findByText("Your name is changed")).toBeInTheDocument();
  expect(sent).toHaveBeenCalledWith({ name: "Kim Lee" });
});

it("tells what the account is connected to, and where its data are", async () => {
  know();
  show(<AccountPage onDeleted={vi.fn()} />);
  expect(await screen.findByText(/^Connected: you can sign in with Google/)).toBeInTheDocument();
  expect(screen.getByText("Confirmed")).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Download" })).toHaveAttribute("href", "/api/account/export");
});

async function openDialog(user: ReturnType<typeof show>["user"]) {
  await user.click(await screen.findByRole("button", { name: "Delete the account…" }));
  return within(screen.getByRole("dialog", { name: "Delete your account?" }));
}

it("deletes the account once it is meant and proved", async () => {
  know();
  const sent = vi.fn();
  network.use(
    http.delete("/api/account", async ({ request }) => {
      sent(await request.json());
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const onDeleted = vi.fn();
  const { user } = show(<AccountPage onDeleted={onDeleted} />);
  const dialog = await openDialog(user);
  const address = dialog.getByLabelText("Type kim@example.com to confirm");
  await user.type(address, "kim@example.co");
  await user.type(dialog.getByLabelText("Your password"), "right{Enter}");
  expect(address).toHaveFocus();
  expect(sent).not.toHaveBeenCalled();
  await user.type(address, "m{Enter}");
  await waitFor(() => expect(onDeleted).toHaveBeenCalled());
  expect(sent).toHaveBeenCalledWith({ password: "right" });
});

it("names the organisations that would be nobody's, and deletes them too where that is meant", async () => {
  know({ has_password: false, second_factor: { enabled: false, recovery_codes_left: 0 } });
  const detail = "You are the last owner of Northwind. Make somebody else an owner first.";
  const sent = vi.fn();
  network.use(
    http.delete("/api/account", async ({ request }) => {
      const body = (await request.json()) as { delete_organizations?: boolean };
      sent(body);
      return body.delete_organizations
        ? new HttpResponse(null, { status: 204 })
        : problem(409, "last_owner", { detail });
    }),
  );
  const onDeleted = vi.fn();
  const { user } = show(<AccountPage onDeleted={onDeleted} />);
  const dialog = await openDialog(user);
  // Nothing is asked for that they do not have.
  expect(dialog.getAllByRole("textbox")).toHaveLength(1);
  expect(dialog.queryByLabelText("Your password")).not.toBeInTheDocument();
  // Nor offered before it matters.
  expect(dialog.queryByRole("checkbox")).not.toBeInTheDocument();
  await user.type(dialog.getByRole("textbox"), "kim@example.com{Enter}");
  expect(await dialog.findByRole("alert")).toHaveTextContent(detail);
  const choice = dialog.getByRole("checkbox", { name: "Or delete these organisations too" });
  expect(choice).not.toBeChecked();
  expect(choice).toHaveAccessibleDescription(/Nobody can bring them back/);

  // Who does not choose it is told the same again.
  await user.click(dialog.getByRole("button", { name: "Delete the account" }));
  await waitFor(() => expect(sent).toHaveBeenCalledTimes(2));
  await waitFor(() => expect(dialog.getByRole("button", { name: "Delete the account" })).toBeEnabled());
  expect(onDeleted).not.toHaveBeenCalled();

  await user.click(choice);
  await user.click(dialog.getByRole("button", { name: "Delete all of it" }));
  await waitFor(() => expect(onDeleted).toHaveBeenCalledTimes(1));
  expect(sent.mock.calls).toEqual([[{}], [{}], [{ delete_organizations: true }]]);
});
