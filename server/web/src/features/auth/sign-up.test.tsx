import { screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { vi } from "vitest";
import { network, problem, sendNoMail } from "@/test/network";
import { show } from "@/test/render";
import { sessionOf } from "@/test/responses";
import { GoogleSignUpPage } from "./google-sign-up-page";
import { SendLinkPage } from "./send-link-page";
import { SignUpPage } from "./sign-up-page";

const signIn = <a href="/sign-in">Sign in</a>;

function offer(sign_up: boolean) {
  network.use(http.get("/api/auth/methods", () => HttpResponse.json({ sign_up, mail: true, google: false })));
}

type User = ReturnType<typeof show>["user"];

async function fill(user: User) {
  await user.type(screen.getByLabelText("Your name"), "Kim");
  await user.type(screen.getByLabelText("Email"), " kim@example.com");
  await fillStore(user);
}

async function fillStore(user: User) {
  await user.type(screen.getByLabelText("Organisation"), "Northwind");
  await user.type(screen.getByLabelText("Name of your first store"), "Main");
  await user.selectOptions(screen.getByLabelText("Currency"), "EUR");
}

const store = { name: "Main", currency: "EUR", timezone: "Asia/Tokyo", week_start: "sunday" };

it("sends what was asked for, with the browser's zone, and says where to look; once more on request", async () => {
  offer(true);
  const sent = vi.fn();
  network.use(
    http.post("/api/auth/sign-up", async ({ request }) => {
      sent(await request.json());
      return new HttpResponse(null, { status: 202 });
    }),
  );
  const { user } = show(<SignUpPage signIn={signIn} />);
  expect(screen.getByLabelText("Time zone")).toHaveValue("Asia/Tokyo");
  // Whoever has the mailbox chooses the password, and that may be somebody else.
  expect(screen.queryByLabelText("Password")).not.toBeInTheDocument();
  await fill(user);
  await user.selectOptions(screen.getByLabelText("Weeks begin on"), "Sunday");
  await user.click(screen.getByRole("button", { name: "Create the account" }));
  expect(await screen.findByRole("heading", { name: "Check your mail" })).toBeInTheDocument();
  expect(screen.getByText("kim@example.com")).toBeInTheDocument();
  const body = {
    name: "Kim",
    email: "kim@example.com",
    organization: "Northwind",
    store,
  };
  expect(sent).toHaveBeenCalledWith(body);

  await user.click(screen.getByRole("button", { name: "Send it again" }));
  expect(await screen.findByText("The mail was sent again")).toBeInTheDocument();
  expect(sent).toHaveBeenCalledTimes(2);

  await user.click(screen.getByRole("button", { name: "Another address" }));
  expect(screen.getByLabelText("Your name")).toHaveValue("Kim");
});

it("goes to the first thing that is missing, and sends nothing", async () => {
  offer(true);
  const { user } = show(<SignUpPage signIn={signIn} />);
  await user.type(screen.getByLabelText("Your name"), "Kim");
  await user.type(screen.getByLabelText("Email"), "kim");
  await user.click(screen.getByRole("button", { name: "Create the account" }));
  const email = screen.getByLabelText("Email");
  expect(email).toHaveFocus();
  expect(email).toHaveAccessibleDescription("This is no email address.");
  expect(screen.getByLabelText("Currency")).toHaveAccessibleDescription("Choose a currency.");
});

it("says next to a field what the server finds wrong with it, until it is changed", async () => {
  offer(true);
  network.use(
    http.post("/api/auth/sign-up", () =>
      problem(422, "invalid_request", {
        errors: [{ pointer: "/store/name", detail: "must be 1 to 200 characters" }],
      }),
    ),
  );
  const { user } = show(<SignUpPage signIn={signIn} />);
  await fill(user);
  await user.click(screen.getByRole("button", { name: "Create the account" }));
  const name = screen.getByLabelText("Name of your first store");
  await waitFor(() => expect(name).toHaveAccessibleDescription("Must be 1 to 200 characters."));
  expect(name).toHaveFocus();
  expect(screen.getByLabelText("Your name")).toHaveValue("Kim");
  await user.type(name, "x");
  expect(name).not.toHaveAccessibleDescription();
});

it("says so where accounts are made by invitation only", async () => {
  offer(false);
  show(<SignUpPage signIn={signIn} />);
  expect(await screen.findByText("Accounts are made by invitation here")).toBeInTheDocument();
  expect(screen.queryByLabelText("Email")).not.toBeInTheDocument();
});

it("asks who comes from Google for the store alone", async () => {
  const sent = vi.fn();
  network.use(
    http.get("/api/auth/sign-up/google", () => HttpResponse.json({ email: "kim@example.com", name: "Kim" })),
    http.post("/api/auth/sign-up/google", async ({ request }) => {
      sent(await request.json());
      return HttpResponse.json(sessionOf());
    }),
  );
  const onSignedIn = vi.fn();
  const { user } = show(<GoogleSignUpPage onSignedIn={onSignedIn} signIn={signIn} />);
  expect(await screen.findByText("kim@example.com")).toBeInTheDocument();
  await fillStore(user);
  await user.selectOptions(screen.getByLabelText("Weeks begin on"), "Sunday");
  await user.click(screen.getByRole("button", { name: "Create the account" }));
  await waitFor(() => expect(onSignedIn).toHaveBeenCalled());
  expect(sent).toHaveBeenCalledWith({ organization: "Northwind", store });
});

it("sends a link without telling who has an account", async () => {
  const sent = vi.fn();
  network.use(
    http.post("/api/auth/password-reset", async ({ request }) => {
      sent(await request.json());
      return new HttpResponse(null, { status: 202 });
    }),
  );
  const { user } = show(<SendLinkPage kind="password-reset" back={signIn} />);
  await user.type(screen.getByLabelText("Email"), "kim@example.com{Enter}");
  expect(await screen.findByText(/^If there is an account for/)).toHaveFocus();
  expect(sent).toHaveBeenCalledWith({ email: "kim@example.com" });
});

it("says on every page that would have a mail sent that none can be, and who can change that", async () => {
  sendNoMail();
  show(
    <>
      <SignUpPage signIn={signIn} />
      <SendLinkPage kind="magic-link" back={signIn} />
      <SendLinkPage kind="password-reset" back={signIn} />
    </>,
  );
  expect(await screen.findAllByText(/This server sends no mail/)).toHaveLength(3);
  expect(screen.getAllByText("ALOFTLY_SMTP_URL")).toHaveLength(3);
  expect(screen.queryByRole("textbox")).not.toBeInTheDocument();
});

it("leads through Google where that needs no mail", async () => {
  network.use(
    http.get("/api/auth/methods", () => HttpResponse.json({ sign_up: false, mail: false, google: true })),
  );
  show(<SignUpPage signIn={signIn} />);
  expect(await screen.findByText(/^Accounts cannot be made with a password here/)).toBeInTheDocument();
  expect(screen.getByRole("link", { name: /Google/ })).toBeInTheDocument();
});
