import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "./root-route";
import { SignInRoute } from "./sign-in-route";

/** The pages for who is not signed in. All but the sign-in are seldom needed. */
const pages = () => import("./auth-pages");

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

export const authRoutes = [
  createRoute({ getParentRoute, path: "/sign-in", validateSearch: parseSearch, component: SignInRoute }),
  createRoute({
    getParentRoute,
    path: "/sign-in/mail",
    component: lazyRouteComponent(pages, "MailSignInRoute"),
  }),
  createRoute({
    getParentRoute,
    path: "/sign-in/link",
    component: lazyRouteComponent(pages, "MagicLinkRoute"),
  }),
  createRoute({
    getParentRoute,
    path: "/forgot-password",
    component: lazyRouteComponent(pages, "ForgotPasswordRoute"),
  }),
  createRoute({
    getParentRoute,
    path: "/reset-password",
    component: lazyRouteComponent(pages, "ResetPasswordRoute"),
  }),
  createRoute({ getParentRoute, path: "/sign-up", component: lazyRouteComponent(pages, "SignUpRoute") }),
  createRoute({
    getParentRoute,
    path: "/sign-up/complete",
    component: lazyRouteComponent(pages, "CompleteSignUpRoute"),
  }),
  createRoute({
    getParentRoute,
    path: "/sign-up/google",
    component: lazyRouteComponent(pages, "GoogleSignUpRoute"),
  }),
  createRoute({
    getParentRoute,
    path: "/verify-email",
    component: lazyRouteComponent(pages, "VerifyEmailRoute"),
  }),
  createRoute({ getParentRoute, path: "/invite", component: lazyRouteComponent(pages, "InviteRoute") }),
] as const;
