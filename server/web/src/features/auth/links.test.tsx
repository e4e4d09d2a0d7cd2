import { act, screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { vi } from "vitest";
import { takeLinkToken } from "@/lib/link-token";
import { network, problem } from "@/test/network";
import { show } from "@/test/render";
import { sessionOf } from "@/test/responses";
import { InvitePage } from "./invite-page";
import { CompleteSignUpPage, MagicLinkPage, ResetPasswordPage, VerifyEmailPage } from "./link-pages";

const another = <a href="/again">Have another sent</a>;

/** Opens the app by a link. */
function open(address: string) {
  window.history.replaceState(null, "", address);
  takeLinkToken();
}

beforeEach(() => window.sessionStorage.clear());
afterEach(() => window.history.replaceState(null, "", "/"));

it("takes the secret out of the address bar, and sends it with the password that was chosen", async () => {
  open("/sign-up/complete?utm=mail#token=s3cret");
  expect(window.location.href).toMatch(/\/sign-up\/complete\?utm=mail$/);
  const sent = vi.fn();
  network.use(
    http.post("/api/auth/sign-up/complete", async ({ request }) => {
      sent(await request.json());
      return HttpResponse.json(sessionOf());
    }),
  );
  const onDone = vi.fn();
  const { user } = show(<CompleteSignUpPage onDone={onDone} onSecondFactor={vi.fn()} another={another} />);
  const password = screen.getByLabelText("Password");
  expect(password).toHaveAttribute("autocomplete", "new-password");
  await user.type(password, "short{Enter}");
  expect(password).toHaveAccessibleDescription("5 more characters are needed.");
  expect(sent).not.toHaveBeenCalled();
  await user.clear(password);
  await user.type(password, "a long password");
  await user.click(screen.getByRole("button", { name: "Finish" }));
  await waitFor(() => expect(onDone).toHaveBeenCalledTimes(1));
  expect(sent).toHaveBeenCalledWith({ token: "s3cret", password: "a long password" });
  // It has served, and nothing of it is left; the page does not complain of that.
  expect(window.sessionStorage).toHaveLength(0);
  expect(screen.queryByText("This link is not complete")).not.toBeInTheDocument();
});

it("says at the password what the server finds wrong with it, and keeps the link", async () => {
  open("/sign-up/complete#token=s3cret");
  network.use(
    http.post("/api/auth/sign-up/complete", () =>
      problem(422, "invalid_request", { errors: [{ pointer: "/password", detail: "is too long" }] }),
    ),
  );
  const { user } = show(<CompleteSignUpPage onDone={vi.fn()} onSecondFactor={vi.fn()} another={another} />);
  await user.type(screen.getByLabelText("Password"), "a long password{Enter}");
  const password = screen.getByLabelText("Password");
  await waitFor(() => expect(password).toHaveAccessibleDescription("Is too long."));
  expect(password).toHaveFocus();
  expect(password).toHaveValue("a long password");
  expect(window.sessionStorage).toHaveLength(1);
});

it("goes on to the code where who makes an account anew has a second factor from before", async () => {
  open("/sign-up/complete#token=s3cret");
  network.use(
    http.post("/api/auth/sign-up/complete", () =>
      HttpResponse.json({ second_factor: "totp" }, { status: 202 }),
    ),
  );
  const [onDone, onSecondFactor] = [vi.fn(), vi.fn()];
  const { user } = show(
    <CompleteSignUpPage onDone={onDone} onSecondFactor={onSecondFactor} another={another} />,
  );
  await user.type(screen.getByLabelText("Password"), "a long password{Enter}");
  await waitFor(() => expect(onSecondFactor).toHaveBeenCalledTimes(1));
  expect(onDone).not.toHaveBeenCalled();
});

it("keeps the secret when the page is loaded again, and takes a newer one", () => {
  open("/verify-email#token=first");
  open("/verify-email");
  show(<VerifyEmailPage onward={another} />);
  expect(screen.getByRole("button", { name: "Confirm" })).toBeInTheDocument();
});

it("says that a link without a secret is not complete", () => {
  open("/sign-in/link");
  show(<MagicLinkPage onDone={vi.fn()} onSecondFactor={vi.fn()} another={another} />);
  expect(screen.getByText("This link is not complete")).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Have another sent" })).toBeInTheDocument();
  expect(screen.queryByRole("button")).not.toBeInTheDocument();
});

it("begins anew with another link in the same tab", async () => {
  open("/sign-in/link#token=old");
  const sent = vi.fn();
  network.use(
    http.post("/api/auth/magic-link/redeem", async ({ request }) => {
      const { token } = (await request.json()) as { token: string };
      sent(token);
      return token === "old" ? problem(410, "link_expired") : HttpResponse.json(sessionOf());
    }),
  );
  const onDone = vi.fn();
  const { user } = show(<MagicLinkPage onDone={onDone} onSecondFactor={vi.fn()} another={another} />);
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  expect(await screen.findByText("This link has run out")).toBeInTheDocument();
  act(() => open("/sign-in/link#token=new"));
  await user.click(await screen.findByRole("button", { name: "Sign in" }));
  await waitFor(() => expect(onDone).toHaveBeenCalledTimes(1));
  expect(sent.mock.calls).toEqual([["old"], ["new"]]);
});

it("goes on to the code where a second factor is wanted", async () => {
  open("/sign-in/link#token=s3cret");
  network.use(
    http.post("/api/auth/magic-link/redeem", () =>
      HttpResponse.json({ second_factor: "totp" }, { status: 202 }),
    ),
  );
  const [onDone, onSecondFactor] = [vi.fn(), vi.fn()];
  const { user } = show(<MagicLinkPage onDone={onDone} onSecondFactor={onSecondFactor} another={another} />);
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  await waitFor(() => expect(onSecondFactor).toHaveBeenCalled());
  expect(onDone).not.toHaveBeenCalled();
});

it("says that a link has run out, and where another is to be had", async () => {
  open("/reset-password#token=old");
  network.use(http.post("/api/auth/password-reset/redeem", () => problem(410, "link_expired")));
  const { user } = show(<ResetPasswordPage another={another} signIn={<a href="/sign-in">Sign in</a>} />);
  await user.type(screen.getByLabelText("New password"), "a long password{Enter}");
  expect(await screen.findByRole("alert")).toHaveTextContent("This link has run out");
  expect(screen.getByRole("link", { name: "Have another sent" })).toBeInTheDocument();
});

it("changes the password", async () => {
  open("/reset-password#token=s3cret");
  const sent = vi.fn();
  network.use(
    http.post("/api/auth/password-reset/redeem", async ({ request }) => {
      sent(await request.json());
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user } = show(<ResetPasswordPage another={another} signIn={<a href="/sign-in">Sign in</a>} />);
  await user.type(screen.getByLabelText("New password"), "short{Enter}");
  expect(sent).not.toHaveBeenCalled();
  await user.clear(screen.getByLabelText("New password"));
  await user.type(screen.getByLabelText("New password"), "a long password{Enter}");
  expect(await screen.findByText("You are signed out everywhere")).toBeInTheDocument();
  expect(sent).toHaveBeenCalledWith({ token: "s3cret", new_password: "a long password" });
});

describe("an invitation", () => {
  const preview = {
    organization: "Northwind",
    email: "robin@example.com",
    role: "admin",
    invited_by: "kim@example.com",
    has_account: false,
  };

  function invitePage(onDone = vi.fn(), onSecondFactor = vi.fn()) {
    const signIn = <a href="/sign-in">Sign in</a>;
    return <InvitePage onDone={onDone} onSecondFactor={onSecondFactor} signIn={signIn} home={another} />;
  }

  function openInvite(parts: object = {}) {
    open(`/invite#token=${crypto.randomUUID()}`);
    network.use(http.post("/api/invites/preview", () => HttpResponse.json({ ...preview, ...parts })));
    const [onDone, onSecondFactor] = [vi.fn(), vi.fn()];
    return { ...show(invitePage(onDone, onSecondFactor)), onDone, onSecondFactor };
  }

  it("makes an account for who has none", async () => {
    const sent = vi.fn();
    network.use(
      http.post("/api/invites/accept", async ({ request }) => {
        sent(await request.json());
        return HttpResponse.json(sessionOf());
      }),
    );
    const { user, onDone } = openInvite();
    expect(await screen.findByRole("heading", { name: "Join Northwind" })).toBeInTheDocument();
    expect(screen.getByText(/^kim@example.com invites/)).toHaveTextContent(
      "kim@example.com invites robin@example.com as an admin.",
    );
    await user.type(screen.getByLabelText("Your name"), "Robin");
    await user.type(screen.getByLabelText("Password"), "a long password{Enter}");
    await waitFor(() => expect(onDone).toHaveBeenCalled());
    expect(sent).toHaveBeenCalledWith(
      expect.objectContaining({ name: "Robin", password: "a long password" }),
    );
  });

  it("is accepted by a press of who is signed in", async () => {
    network.use(http.post("/api/invites/accept", () => HttpResponse.json(sessionOf())));
    const { user, onDone } = openInvite({ has_account: true });
    await user.click(await screen.findByRole("button", { name: "Accept" }));
    await waitFor(() => expect(onDone).toHaveBeenCalledTimes(1));
  });

  it("asks who has an account and is not signed in for their password", async () => {
    const sent: (string | undefined)[] = [];
    network.use(
      http.post("/api/invites/accept", async ({ request }) => {
        const { password } = (await request.json()) as { password?: string };
        sent.push(password);
        if (password === undefined) return problem(401, "sign_in_first");
        if (password !== "right") return problem(401, "invalid_credentials");
        return HttpResponse.json({ second_factor: "totp" }, { status: 202 });
      }),
    );
    const { user, onDone, onSecondFactor } = openInvite({ has_account: true });
    await user.click(await screen.findByRole("button", { name: "Accept" }));
    const password = await screen.findByLabelText("Password");
    expect(screen.getByRole("link", { name: "Sign in" })).toBeInTheDocument();
    await user.type(password, "wrong{Enter}");
    await waitFor(() =>
      expect(password).toHaveAccessibleDescription("This is not the password of your account."),
    );
    // It is there still for who comes back from the sign-in.
    expect(window.sessionStorage).toHaveLength(1);
    await user.clear(password);
    await user.type(password, "right{Enter}");
    await waitFor(() => expect(onSecondFactor).toHaveBeenCalledTimes(1));
    expect(onDone).not.toHaveBeenCalled();
    expect(sent).toEqual([undefined, "wrong", "right"]);
  });

  it("that was taken back is worth nothing", async () => {
    open("/invite#token=gone");
    network.use(http.post("/api/invites/preview", () => problem(410, "link_expired")));
    show(invitePage());
    expect(await screen.findByText("This link has run out")).toBeInTheDocument();
  });
});
