import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { vi } from "vitest";
import type { Account } from "@/lib/api/types";
import { network, problem } from "@/test/network";
import { show } from "@/test/render";
import { sessionOf } from "@/test/responses";
import { DeleteOrganizationCard } from "./delete-organization";
import { OrganizationPage } from "./organization-page";

const session = sessionOf();

const account: Account = {
  id: session.user.id,
  email: "owner@example.com",
  name: "Kim",
  email_verified: true,
  has_password: true,
  google: false,
  second_factor: { enabled: false, recovery_codes_left: 0 },
  created_at: "2026-01-01T00:00:00Z",
};

async function open(parts: Partial<Account> = {}) {
  const onDeleted = vi.fn();
  const { user } = show(
    <DeleteOrganizationCard
      organization={session.organization}
      account={{ ...account, ...parts }}
      onDeleted={onDeleted}
    />,
  );
  await user.click(screen.getByRole("button", { name: "Delete the organisation…" }));
  const dialog = within(screen.getByRole("dialog", { name: "Delete the organisation?" }));
  return { user, dialog, onDeleted };
}

it("says what the organisation is called, what it pays for and what one is there", () => {
  show(<OrganizationPage session={session} ending={<p>The end</p>} />);
  expect(screen.getByRole("heading", { name: "Northwind Trading" })).toBeInTheDocument();
  expect(screen.getByText("Free")).toBeInTheDocument();
  expect(screen.getByText("Owner")).toBeInTheDocument();
  expect(screen.getByText("The end")).toBeInTheDocument();
});

it("is deleted once its name is typed and the password is right", async () => {
  const sent = vi.fn();
  network.use(
    http.delete("/api/orgs/:id", async ({ params, request }) => {
      const body = (await request.json()) as { password: string };
      sent(params.id, body);
      if (body.password !== "right") {
        return problem(422, "wrong_password", {
          errors: [{ pointer: "/password", detail: "is not your password" }],
        });
      }
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user, dialog, onDeleted } = await open();
  const name = dialog.getByLabelText("Type Northwind Trading to confirm");
  const password = dialog.getByLabelText("Your password");
  await user.type(name, "Northwind");
  await user.type(password, "wrong{Enter}");
  expect(name).toHaveFocus();
  expect(name).toHaveAccessibleDescription("This is not what the organisation is called.");
  expect(sent).not.toHaveBeenCalled();

  await user.type(name, " trading{Enter}");
  await waitFor(() => expect(password).toHaveAccessibleDescription("This is not your password."));
  expect(onDeleted).not.toHaveBeenCalled();
  await user.clear(password);
  await user.type(password, "right{Enter}");
  await waitFor(() => expect(onDeleted).toHaveBeenCalledTimes(1));
  expect(sent).toHaveBeenLastCalledWith(session.organization.id, {
    name: "Northwind Trading",
    password: "right",
  });
});

it("says at the name that it was changed meanwhile", async () => {
  network.use(
    http.delete("/api/orgs/:id", () =>
      problem(422, "invalid_request", {
        errors: [{ pointer: "/name", detail: "is not what the organisation is called" }],
      }),
    ),
  );
  const { user, dialog } = await open();
  const name = dialog.getByLabelText("Type Northwind Trading to confirm");
  await user.type(name, "Northwind Trading");
  await user.type(dialog.getByLabelText("Your password"), "right{Enter}");
  await waitFor(() => expect(name).toHaveAccessibleDescription(/is called otherwise by now/));
});

it("asks who has no password for none, and says that they have to sign in once more", async () => {
  const sent = vi.fn();
  network.use(
    http.delete("/api/orgs/:id", async ({ request }) => {
      sent(await request.json());
      return problem(403, "sign_in_again", { detail: "Sign in once more." });
    }),
  );
  const { user, dialog } = await open({ has_password: false });
  expect(dialog.queryByLabelText("Your password")).not.toBeInTheDocument();
  await user.type(dialog.getByRole("textbox"), "Northwind Trading{Enter}");
  expect(await dialog.findByRole("alert")).toHaveTextContent("Sign in once more.");
  expect(sent).toHaveBeenCalledWith({ name: "Northwind Trading" });
});
