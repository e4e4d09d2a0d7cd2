import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/lib/api/client";
import type {
  GoogleNewOwner,
  Joining,
  PasswordReset,
  SecondFactorWanted,
  Session,
  SignIn,
  SignUp,
  SignUpCompletion,
} from "@/lib/api/types";
import { sessionQuery } from "./session";

export function wantsSecondFactor(got: Session | SecondFactorWanted): got is SecondFactorWanted {
  return "second_factor" in got;
}

/** Makes whoever has just signed in the one that the app is for. */
function useSignedIn() {
  const queries = useQueryClient();
  return (got: Session | SecondFactorWanted) => {
    if (wantsSecondFactor(got)) return;
    // Nothing that somebody else has looked at in this browser may remain.
    queries.clear();
    queries.setQueryData(sessionQuery.queryKey, got);
  };
}

export function useSignIn() {
  return useMutation({
    mutationFn: (body: SignIn) => answer(api.POST("/api/auth/sign-in", { body })),
    onSuccess: useSignedIn(),
  });
}

export function useSecondFactor() {
  return useMutation({
    mutationFn: (code: string) => answer(api.POST("/api/auth/second-factor", { body: { code } })),
    onSuccess: useSignedIn(),
  });
}

export function useSignUp() {
  return useMutation({
    mutationFn: (body: SignUp) => answer(api.POST("/api/auth/sign-up", { body })),
  });
}

export function useCompleteSignUp() {
  return useMutation({
    mutationFn: (body: SignUpCompletion) => answer(api.POST("/api/auth/sign-up/complete", { body })),
    onSuccess: useSignedIn(),
  });
}

/** Who came back from Google and has no account yet. */
export const googlePersonQuery = queryOptions({
  queryKey: ["google-person"],
  queryFn: ({ signal }) => answer(api.GET("/api/auth/sign-up/google", { signal })),
  meta: { mayBeUnauthenticated: true },
});

export function useGoogleSignUp() {
  return useMutation({
    mutationFn: (body: GoogleNewOwner) => answer(api.POST("/api/auth/sign-up/google", { body })),
    onSuccess: useSignedIn(),
  });
}

/** Has a link sent: to sign in with, or to choose another password. The answer does not tell who has an account. */
export function useSendLink(kind: "magic-link" | "password-reset") {
  return useMutation({
    mutationFn: (email: string) => answer(api.POST(`/api/auth/${kind}`, { body: { email } })),
  });
}

export function useRedeemMagicLink() {
  return useMutation({
    mutationFn: (token: string) => answer(api.POST("/api/auth/magic-link/redeem", { body: { token } })),
    onSuccess: useSignedIn(),
  });
}

export function useResetPassword() {
  return useMutation({
    mutationFn: (body: PasswordReset) => answer(api.POST("/api/auth/password-reset/redeem", { body })),
  });
}

export function useVerifyEmail() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (token: string) => answer(api.POST("/api/auth/verification/redeem", { body: { token } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["account"] }),
  });
}

export function invitePreviewQuery(token: string) {
  return queryOptions({
    queryKey: ["invite-preview", token],
    queryFn: ({ signal }) => answer(api.POST("/api/invites/preview", { body: { token }, signal })),
    meta: { mayBeUnauthenticated: true },
  });
}

export function useAcceptInvite() {
  return useMutation({
    mutationFn: (body: Joining) => answer(api.POST("/api/invites/accept", { body })),
    onSuccess: useSignedIn(),
  });
}
