import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { vi } from "vitest";
import type { Account } from "@/lib/api/types";
import { network, problem, sendNoMail } from "@/test/network";
import { show } from "@/test/render";
import { sessionOf } from "@/test/responses";
import { SecurityPage } from "./security-page";

const here = {
  id: "here",
  kind: "browser",
  organization: "Demo",
  is_current: true,
  created_at: "2026-11-20T12:00:00Z",
  last_seen_at: "2026-11-21T12:00:00Z",
  expires_at: "2026-12-20T12:00:00Z",
  address: "203.0.113.7",
  user_agent: "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.0.0 Safari/537.36",
};
const there = { ...here, id: "there", is_current: false, address: "198.51.100.4", user_agent: "curl/7.88.1" };

const account: Account = {
  id: sessionOf().user.id,
  email: "owner@example.com",
  name: "Kim",
  email_verified: true,
  has_password: true,
  google: false,
  second_factor: { enabled: false, recovery_codes_left: 0 },
  created_at: "2026-01-01T00:00:00Z",
};

function page() {
  return <SecurityPage session={sessionOf()} forgotPassword={<a href="/forgot-password">Choose one</a>} />;
}

beforeEach(() => {
  network.use(http.get("/api/account", () => HttpResponse.json(account)));
  network.use(http.get("/api/sessions", () => HttpResponse.json({ sessions: [here, there] })));
});

it("works with password managers", () => {
  show(page());
  expect(screen.getByLabelText("Current password")).toHaveAttribute("autocomplete", "current-password");
  expect(screen.getByLabelText("New password")).toHaveAttribute("autocomplete", "new-password");
});

it("says while one types how much is missing", async () => {
  const { user } = show(page());
  const next = screen.getByLabelText("New password");
  await user.type(next, "12345678");
  expect(next).toHaveAccessibleDescription("2 more characters are needed.");
  await user.type(next, "90");
  expect(next).toHaveAccessibleDescription("Ten characters or more.");
});

it("keeps what was typed when the current password is wrong, and says so at its field", async () => {
  network.use(
    http.put("/api/auth/password", () =>
      problem(422, "wrong_password", {
        errors: [{ pointer: "/current_password", detail: "is not your password" }],
      }),
    ),
  );
  const { user } = show(page());
  const current = screen.getByLabelText("Current password");
  await user.type(current, "wrong");
  await user.type(screen.getByLabelText("New password"), "long enough{Enter}");
  await waitFor(() => expect(current).toHaveAccessibleDescription("This is not your password."));
  expect(current).toHaveFocus();
  expect(current).toHaveValue("wrong");
  expect(screen.getByLabelText("New password")).toHaveValue("long enough");
});

it("names this session and ends another", async () => {
  const ended = vi.fn();
  network.use(
    http.delete("/api/sessions/:id", ({ params }) => {
      ended(params.id);
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user } = show(page());
  expect((await screen.findByText("This one")).closest("li")).toHaveTextContent("Chrome on Linux");
  await user.click(screen.getByRole("button", { name: "End the session of curl/7.88.1 from 198.51.100.4" }));
  await waitFor(() => expect(ended).toHaveBeenCalledWith("there"));
  // The row goes with its button.
  await waitFor(() => expect(screen.getByRole("region", { name: "Where you are signed in" })).toHaveFocus());
});

it("tells programs from browsers", async () => {
  const program = { ...there, id: "program", kind: "program", user_agent: "stocktaker/2.1" };
  network.use(http.get("/api/sessions", () => HttpResponse.json({ sessions: [here, program] })));
  show(page());
  const entry = (await screen.findByText("stocktaker/2.1")).closest("li");
  expect(entry).toHaveTextContent("A program, with access tokens");
  expect(screen.getAllByText(/A program, with access tokens/)).toHaveLength(1);
});

it("ends all others once that is confirmed", async () => {
  let sessions = [here, there];
  const ended = vi.fn();
  network.use(
    http.get("/api/sessions", () => HttpResponse.json({ sessions })),
    http.delete("/api/sessions", () => {
      ended();
      sessions = [here];
      return HttpResponse.json({ ended: 1 });
    }),
  );
  const { user } = show(page());
  const button = await screen.findByRole("button", { name: "End all others" });
  await user.click(button);
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Cancel" }));
  expect(ended).not.toHaveBeenCalled();
  await waitFor(() => expect(button).toHaveFocus());

  await user.click(button);
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "End them" }));
  expect(await screen.findByText("1 session was ended")).toBeInTheDocument();
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  // There are no others any more.
  await waitFor(() => expect(button).not.toBeInTheDocument());
  await waitFor(() => expect(screen.getByRole("region", { name: "Where you are signed in" })).toHaveFocus());
  expect(screen.queryByText("curl/7.88.1")).not.toBeInTheDocument();
});

it("leaves the dialog open with the reason when they could not be ended", async () => {
  network.use(http.delete("/api/sessions", () => problem(500, "internal", { detail: "It broke." })));
  const { user } = show(page());
  await user.click(await screen.findByRole("button", { name: "End all others" }));
  const dialog = within(screen.getByRole("dialog"));
  await user.click(dialog.getByRole("button", { name: "End them" }));
  expect(await dialog.findByRole("alert")).toHaveTextContent("It broke.");
});

it("says what failed, and tries again", async () => {
  network.use(http.get("/api/sessions", () => problem(500, "internal"), { once: true }));
  const { user } = show(page());
  expect(await screen.findByText("The sessions could not be loaded")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("This one")).toBeInTheDocument();
});

it("changes the password, and empties the form", async () => {
  const sent = vi.fn();
  network.use(
    http.put("/api/auth/password", async ({ request }) => {
      sent(await request.json());
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user } = show(page());
  await user.type(screen.getByLabelText("Current password"), "the old one");
  await user.type(screen.getByLabelText("New password"), "a better one{Enter}");
  expect(await screen.findByText("Your password is changed")).toBeInTheDocument();
  expect(sent).toHaveBeenCalledWith({ current_password: "the old one", new_password: "a better one" });
  expect(screen.getByLabelText("Current password")).toHaveValue("");
  expect(screen.getByLabelText("New password")).toHaveValue("");
});

it("leads who has no password to a link to choose one", async () => {
  network.use(http.get("/api/account", () => HttpResponse.json({ ...account, has_password: false })));
  show(page());
  expect(await screen.findByRole("link", { name: "Choose one" })).toBeInTheDocument();
  expect(screen.queryByLabelText("Current password")).not.toBeInTheDocument();
});

it("has a confirmation of the address sent", async () => {
  network.use(
    http.get("/api/account", () => HttpResponse.json({ ...account, email_verified: false })),
    http.post("/api/account/verification", () => new HttpResponse(null, { status: 202 })),
  );
  const { user } = show(page());
  await user.click(await screen.findByRole("button", { name: "Send a mail" }));
  expect(await screen.findByText(/^A mail is on its way to owner@example.com/)).toBeInTheDocument();
});

it("leaves the password and the sessions alone when the account cannot be loaded", async () => {
  network.use(http.get("/api/account", () => problem(500, "internal"), { once: true }));
  const { user } = show(page());
  expect(await screen.findByText("The second factor could not be loaded")).toBeInTheDocument();
  expect(screen.getByLabelText("Current password")).toBeInTheDocument();
  expect(await screen.findByText("This one")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("button", { name: "Set up" })).toBeInTheDocument();
});

describe("the second factor", () => {
  const codes = ["aaaa-bbbb", "cccc-dddd"];

  it("is set up with a password and a first code, and shows its recovery codes once", async () => {
    let enabled = false;
    const sent = vi.fn();
    network.use(
      http.get("/api/account", () =>
        HttpResponse.json({ ...account, second_factor: { enabled, recovery_codes_left: enabled ? 2 : 0 } }),
      ),
      http.post("/api/account/second-factor", async ({ request }) => {
        const { password } = (await request.json()) as { password: string };
        if (password !== "right")
          return problem(422, "wrong_password", {
            errors: [{ pointer: "/password", detail: "is not your password" }],
          });
        return HttpResponse.json({
          secret: "JBSWY3DPEHPK3PXP",
          uri: "otpauth://totp/Aloftly:kim?secret=JBSW",
        });
      }),
      http.put("/api/account/second-factor", async ({ request }) => {
        const { code } = (await request.json()) as { code: string };
        sent(code);
        if (code !== "123456")
          return problem(422, "invalid_code", { errors: [{ pointer: "/code", detail: "is wrong" }] });
        enabled = true;
        return HttpResponse.json({ recovery_codes: codes });
      }),
    );
    const { user } = show(page());
    await user.click(await screen.findByRole("button", { name: "Set up" }));
    const password = within(screen.getByRole("dialog")).getByLabelText("Your password");
    await user.type(password, "wrong{Enter}");
    await waitFor(() => expect(password).toHaveAccessibleDescription("This is not your password."));
    await user.clear(password);
    await user.type(password, "right{Enter}");

    expect(await screen.findByText("JBSW Y3DP EHPK 3PXP")).toBeInTheDocument();
    expect(screen.getByRole("img", { name: "QR code for the authenticator app" })).toBeInTheDocument();
    const code = screen.getByLabelText("Code");
    // One dialog has followed another.
    await waitFor(() => expect(code).toHaveFocus());
    await user.type(code, "000 000{Enter}");
    await waitFor(() => expect(code).toHaveAccessibleDescription(/This code is not right/));
    await user.clear(code);
    await user.type(code, "123456{Enter}");

    expect(await screen.findByRole("dialog", { name: "Keep these recovery codes" })).toBeInTheDocument();
    expect(sent.mock.calls).toEqual([["000000"], ["123456"]]);
    expect(screen.getByText("aaaa-bbbb")).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Download" })).toHaveAttribute(
      "href",
      expect.stringContaining("cccc-dddd"),
    );
    // Not lost by a slip.
    await user.keyboard("{Escape}");
    await user.click(screen.getByRole("button", { name: "I have kept them" }));
    expect(screen.queryByText("aaaa-bbbb")).not.toBeInTheDocument();
    expect(await screen.findByText("2 recovery codes are left.")).toBeInTheDocument();
    await waitFor(() => expect(screen.getByRole("region", { name: /^Second factor/ })).toHaveFocus());
  });

  it("is turned off by who knows the password", async () => {
    let enabled = true;
    const sent = vi.fn();
    network.use(
      http.get("/api/account", () =>
        HttpResponse.json({ ...account, second_factor: { enabled, recovery_codes_left: 8 } }),
      ),
      http.delete("/api/account/second-factor", async ({ request }) => {
        sent(await request.json());
        enabled = false;
        return new HttpResponse(null, { status: 204 });
      }),
    );
    const { user } = show(page());
    await user.click(await screen.findByRole("button", { name: "Turn off" }));
    const dialog = within(screen.getByRole("dialog", { name: "Turn off the second factor?" }));
    await user.click(dialog.getByRole("button", { name: "Turn off" }));
    expect(dialog.getByLabelText("Your password")).toHaveFocus();
    expect(sent).not.toHaveBeenCalled();
    await user.type(dialog.getByLabelText("Your password"), "right{Enter}");
    expect(await screen.findByRole("button", { name: "Set up" })).toBeInTheDocument();
    expect(sent).toHaveBeenCalledWith({ password: "right" });
  });

  it("asks who has no password for none, and says that they have to sign in once more", async () => {
    network.use(
      http.get("/api/account", () => HttpResponse.json({ ...account, has_password: false })),
      http.post("/api/account/second-factor", async ({ request }) => {
        expect(await request.json()).toEqual({});
        return problem(403, "sign_in_again", { detail: "Sign in once more." });
      }),
    );
    const { user } = show(page());
    await user.click(await screen.findByRole("button", { name: "Set up" }));
    const dialog = within(screen.getByRole("dialog"));
    expect(dialog.queryByLabelText("Your password")).not.toBeInTheDocument();
    await user.click(dialog.getByRole("button", { name: "Go on" }));
    expect(await dialog.findByRole("alert")).toHaveTextContent("Sign in once more.");
  });

  it("has other recovery codes made", async () => {
    network.use(
      http.get("/api/account", () =>
        HttpResponse.json({ ...account, second_factor: { enabled: true, recovery_codes_left: 1 } }),
      ),
      http.post("/api/account/second-factor/recovery-codes", () =>
        HttpResponse.json({ recovery_codes: codes }),
      ),
    );
    const { user } = show(page());
    expect(await screen.findByText("1 recovery code is left.")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "New recovery codes" }));
    await user.type(within(screen.getByRole("dialog")).getByLabelText("Your password"), "right{Enter}");
    expect(await screen.findByText("cccc-dddd")).toBeInTheDocument();
  });
});

describe("Google", () => {
  function offer(google: boolean) {
    network.use(
      http.get("/api/auth/methods", () => HttpResponse.json({ sign_up: true, mail: true, google })),
    );
  }

  it("is connected from here, where it leads back to", async () => {
    offer(true);
    show(page());
    expect(await screen.findByRole("link", { name: "Connect Google" })).toHaveAttribute(
      "href",
      "/api/auth/google/start?return_to=%2Fsettings%2Fsecurity",
    );
  });

  it("is said to be connected where it is", async () => {
    offer(true);
    network.use(http.get("/api/account", () => HttpResponse.json({ ...account, google: true })));
    show(page());
    expect(await screen.findByText(/^Google is connected/)).toBeInTheDocument();
    expect(screen.queryByRole("link", { name: "Connect Google" })).not.toBeInTheDocument();
  });

  it("is no matter where the server does not offer it", async () => {
    offer(false);
    show(page());
    expect(await screen.findByRole("button", { name: "Set up" })).toBeInTheDocument();
    expect(screen.queryByText(/Google/)).not.toBeInTheDocument();
  });
});

const SMTP = /sends no mail.+ALOFTLY_SMTP_URL/;

it("offers nothing that goes by mail where none is sent, and says who can change that", async () => {
  sendNoMail();
  network.use(
    http.get("/api/account", () =>
      HttpResponse.json({ ...account, has_password: false, email_verified: false }),
    ),
  );
  show(page());
  expect(await screen.findByText(/cannot be confirmed here/)).toHaveTextContent(SMTP);
  expect(screen.getByText(/^You cannot be sent a link to choose one/)).toHaveTextContent(SMTP);
  expect(screen.queryByRole("button", { name: "Send a mail" })).not.toBeInTheDocument();
  expect(screen.queryByRole("link", { name: "Choose one" })).not.toBeInTheDocument();
});
