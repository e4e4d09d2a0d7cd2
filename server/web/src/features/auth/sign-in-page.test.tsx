import { screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { vi } from "vitest";
import { network, problem } from "@/test/network";
import { show } from "@/test/render";
import { sessionOf } from "@/test/responses";
import { SignInPage } from "./sign-in-page";

const links = {
  forgotPassword: <a href="/forgot-password">Forgot password?</a>,
  emailLink: <a href="/sign-in/mail">Email me a sign-in link</a>,
  signUp: <a href="/sign-up">Create an account</a>,
};

function offer(methods: { sign_up: boolean; mail: boolean; google: boolean }) {
  network.use(http.get("/api/auth/methods", () => HttpResponse.json(methods)));
}

function page(parts: Partial<Parameters<typeof SignInPage>[0]> = {}) {
  return (
    <SignInPage
      next="/settings/members"
      secondFactor={false}
      onSignedIn={vi.fn()}
      onSecondFactor={vi.fn()}
      onStartOver={vi.fn()}
      links={links}
      {...parts}
    />
  );
}

it("offers what the server has, and leads through Google to where one wanted to go", async () => {
  offer({ sign_up: true, mail: true, google: true });
  show(page());
  expect(await screen.findByRole("link", { name: "Continue with Google" })).toHaveAttribute(
    "href",
    "/api/auth/google/start?return_to=%2Fsettings%2Fmembers",
  );
  expect(screen.getByRole("link", { name: "Forgot password?" })).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Email me a sign-in link" })).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Create an account" })).toBeInTheDocument();
});

it("offers no way that leads nowhere", async () => {
  offer({ sign_up: true, mail: false, google: false });
  show(page());
  expect(await screen.findByRole("link", { name: "Create an account" })).toBeInTheDocument();
  expect(screen.getAllByRole("link")).toHaveLength(1);
});

it("says why the way through Google led back", async () => {
  offer({ sign_up: false, mail: false, google: true });
  show(page({ problem: "constructor" }));
  expect(screen.getByRole("alert")).toHaveTextContent("Signing in with Google did not work.");
  expect(await screen.findByRole("link", { name: "Continue with Google" })).toBeInTheDocument();
});

it("says how an account is connected to Google that was made without it", () => {
  show(page({ problem: "google_other_account" }));
  expect(screen.getByRole("alert")).toHaveTextContent(
    "There is an account with this address. Sign in with your password or a link first, then connect Google under Settings → Security.",
  );
});

it("says that what was just deleted is gone", () => {
  show(page({ gone: "organization" }));
  expect(screen.getByRole("status")).toHaveTextContent(
    "The organisation was deleted, with everything in it.",
  );
});

it("goes on to the code when the password was right", async () => {
  offer({ sign_up: false, mail: false, google: false });
  network.use(
    http.post("/api/auth/sign-in", () => HttpResponse.json({ second_factor: "totp" }, { status: 202 })),
  );
  const [onSignedIn, onSecondFactor] = [vi.fn(), vi.fn()];
  const { user } = show(page({ onSignedIn, onSecondFactor }));
  await user.type(screen.getByLabelText("Email"), "owner@example.com");
  await user.type(screen.getByLabelText("Password"), "right{Enter}");
  await waitFor(() => expect(onSecondFactor).toHaveBeenCalled());
  expect(onSignedIn).not.toHaveBeenCalled();
});

describe("the second factor", () => {
  function answerCodes(right: string) {
    const sent: string[] = [];
    offer({ sign_up: false, mail: false, google: false });
    network.use(
      http.post("/api/auth/second-factor", async ({ request }) => {
        const { code } = (await request.json()) as { code: string };
        sent.push(code);
        return code === right ? HttpResponse.json(sessionOf()) : problem(401, "invalid_code");
      }),
    );
    return sent;
  }

  it("is sent with its last digit, however it was copied", async () => {
    const sent = answerCodes("123456");
    const onSignedIn = vi.fn();
    const { user } = show(page({ secondFactor: true, onSignedIn }));
    expect(screen.getByLabelText("Code")).toHaveFocus();
    expect(screen.getByLabelText("Code")).toHaveAttribute("autocomplete", "one-time-code");
    await user.paste("123 456");
    await waitFor(() => expect(onSignedIn).toHaveBeenCalled());
    expect(sent).toEqual(["123456"]);
  });

  it("says that a code is wrong, and signs nobody out of the page for it", async () => {
    answerCodes("123456");
    const onUnauthenticated = vi.fn();
    const { user } = show(page({ secondFactor: true }), onUnauthenticated);
    const code = screen.getByLabelText("Code");
    await user.type(code, "000000");
    await waitFor(() => expect(code).toHaveAccessibleDescription(/This code is wrong/));
    expect(code).toHaveFocus();
    expect(onUnauthenticated).not.toHaveBeenCalled();
  });

  it("can be a recovery code", async () => {
    const sent = answerCodes("abcd-efgh");
    const onSignedIn = vi.fn();
    const { user } = show(page({ secondFactor: true, onSignedIn }));
    await user.click(screen.getByRole("button", { name: "Use a recovery code" }));
    await user.type(screen.getByLabelText("Recovery code"), "abcd-efgh{Enter}");
    await waitFor(() => expect(onSignedIn).toHaveBeenCalled());
    expect(sent).toEqual(["abcd-efgh"]);
  });

  it("begins again when it took too long", async () => {
    offer({ sign_up: false, mail: false, google: false });
    network.use(http.post("/api/auth/second-factor", () => problem(410, "sign_in_expired")));
    const onStartOver = vi.fn();
    const { user } = show(page({ secondFactor: true, onStartOver }));
    await user.type(screen.getByLabelText("Code"), "123456");
    await user.click(await screen.findByRole("button", { name: "Start again" }));
    expect(onStartOver).toHaveBeenCalled();
  });
});
