import { screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { vi } from "vitest";
import { network, problem } from "@/test/network";
import { show } from "@/test/render";
import { SignInForm } from "./sign-in-form";

it("works with password managers", () => {
  show(<SignInForm onSignedIn={vi.fn()} onSecondFactor={vi.fn()} />);
  expect(screen.getByLabelText("Email")).toHaveAttribute("autocomplete", "username");
  expect(screen.getByLabelText("Password")).toHaveAttribute("autocomplete", "current-password");
  expect(screen.getByLabelText("Email")).toHaveFocus();
});

it("keeps what was typed after a refusal and puts the cursor where it is needed", async () => {
  network.use(http.post("/api/auth/sign-in", () => problem(401, "invalid_credentials")));
  const onSignedIn = vi.fn();
  const { user } = show(<SignInForm onSignedIn={onSignedIn} onSecondFactor={vi.fn()} />);
  await user.type(screen.getByLabelText("Email"), "owner@example.com");
  await user.type(screen.getByLabelText("Password"), "wrong{Enter}");
  expect(await screen.findByRole("alert")).toHaveTextContent("do not belong together");
  expect(screen.getByLabelText("Email")).toHaveValue("owner@example.com");
  expect(screen.getByLabelText("Password")).toHaveFocus();
  expect(screen.getByLabelText("Password")).toHaveAccessibleDescription(/do not belong together/);
  expect(onSignedIn).not.toHaveBeenCalled();
});

it("sends nothing until both are given, and says what is missing", async () => {
  const sent = vi.fn();
  network.use(
    http.post("/api/auth/sign-in", () => {
      sent();
      return problem(401, "invalid_credentials");
    }),
  );
  const { user } = show(<SignInForm onSignedIn={vi.fn()} onSecondFactor={vi.fn()} />);
  const email = screen.getByLabelText("Email");
  const password = screen.getByLabelText("Password");
  const submit = screen.getByRole("button", { name: "Sign in" });

  await user.click(submit);
  expect(email).toHaveFocus();
  expect(email).toHaveAccessibleDescription("Enter your email.");
  expect(password).toHaveAccessibleDescription("Enter your password.");

  await user.type(email, "owner@example.com");
  expect(email).not.toHaveAccessibleDescription();
  await user.click(submit);
  expect(password).toHaveFocus();
  expect(sent).not.toHaveBeenCalled();

  // The same form does send once both are given.
  await user.type(password, "wrong{Enter}");
  await waitFor(() => expect(sent).toHaveBeenCalledTimes(1));
});

it("goes on once signed in", async () => {
  network.use(
    http.post("/api/auth/sign-in", async ({ request }) => {
      expect(await request.json()).toEqual({ email: "owner@example.com", password: "right" });
      return HttpResponse.json({
        user: { id: "u", email: "owner@example.com", name: "Robin" },
        organization: { id: "o", name: "Demo", plan_tier: "free" },
        role: "owner",
      });
    }),
  );
  const onSignedIn = vi.fn();
  const { user } = show(<SignInForm onSignedIn={onSignedIn} onSecondFactor={vi.fn()} />);
  await user.type(screen.getByLabelText("Email"), " owner@example.com");
  await user.type(screen.getByLabelText("Password"), "right{Enter}");
  await waitFor(() => expect(onSignedIn).toHaveBeenCalled());
});
