import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { pages } from "./pages";
import { rootRoute } from "./root-route";

interface SignInSearch {
  /** Where they wanted to go. */
  next?: string;
  /** Why the way through Google led back. */
  problem?: string;
  /** The password was right, and a code is wanted as well. */
  step?: "second-factor";
  /** What they have just deleted. */
  gone?: "account" | "organization";
}

/** Only ways within this app: an address of another site must not be reached through the sign-in. */
function parseSearch({ next, problem, step, gone }: Record<string, unknown>): SignInSearch {
  return {
    ...(typeof next === "string" && /^\/(?![/\\])/.test(next) && { next }),
    ...(typeof problem === "string" && { problem }),
    ...(step === "second-factor" && { step }),
    ...((gone === "account" || gone === "organization") && { gone }),
  };
}

const getParentRoute = () => rootRoute;

/** The pages for who is not signed in. */
export const authRoutes = [
  createRoute({
    getParentRoute,
    path: "/sign-in",
    validateSearch: parseSearch,
    component: lazyRouteComponent(pages.signIn, "SignInRoute"),
  }),
  createRoute({
    getParentRoute,
    path: "/sign-in/mail",
    component: lazyRouteComponent(pages.auth, "MailSignInRoute"),
  }),
  createRoute({
    getParentRoute,
    path: "/sign-in/link",
    component: lazyRouteComponent(pages.auth, "MagicLinkRoute"),
  }),
  createRoute({
    getParentRoute,
    path: "/forgot-password",
    component: lazyRouteComponent(pages.auth, "ForgotPasswordRoute"),
  }),
  createRoute({
    getParentRoute,
    path: "/reset-password",
    component: lazyRouteComponent(pages.auth, "ResetPasswordRoute"),
  }),
  createRoute({ getParentRoute, path: "/sign-up", component: lazyRouteComponent(pages.auth, "SignUpRoute") }),
  createRoute({
    getParentRoute,
    path: "/sign-up/complete",
    component: lazyRouteComponent(pages.auth, "CompleteSignUpRoute"),
  }),
  createRoute({
    getParentRoute,
    path: "/sign-up/google",
    component: lazyRouteComponent(pages.auth, "GoogleSignUpRoute"),
  }),
  createRoute({
    getParentRoute,
    path: "/verify-email",
    component: lazyRouteComponent(pages.auth, "VerifyEmailRoute"),
  }),
  createRoute({ getParentRoute, path: "/invite", component: lazyRouteComponent(pages.auth, "InviteRoute") }),
] as const;
