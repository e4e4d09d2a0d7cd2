import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/lib/api/client";
import type { Ending, Oneself } from "@/lib/api/types";

export const sessionsQuery = queryOptions({
  queryKey: ["sessions"],
  queryFn: async ({ signal }) => (await answer(api.GET("/api/sessions", { signal }))).sessions,
});

function useReread() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: sessionsQuery.queryKey });
}

export function useChangePassword() {
  const reread = useReread();
  return useMutation({
    mutationFn: (body: { current_password: string; new_password: string }) =>
      answer(api.PUT("/api/auth/password", { body })),
    // It ends the other sessions.
    onSuccess: () => void reread(),
  });
}

export function useEndSession() {
  return useMutation({
    mutationFn: (id: string) => answer(api.DELETE("/api/sessions/{id}", { params: { path: { id } } })),
    onSettled: useReread(),
  });
}

export function useEndOtherSessions() {
  return useMutation({
    mutationFn: () => answer(api.DELETE("/api/sessions")),
    onSettled: useReread(),
  });
}

/** Oneself, as the person behind the session. */
export const accountQuery = queryOptions({
  queryKey: ["account"],
  queryFn: ({ signal }) => answer(api.GET("/api/account", { signal })),
});

function useRereadAccount() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: accountQuery.queryKey });
}

export function useRename() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => answer(api.PATCH("/api/account", { body: { name } })),
    onSuccess: (account) => {
      queries.setQueryData(accountQuery.queryKey, account);
      // The name is shown elsewhere, too.
      return queries.invalidateQueries({ queryKey: ["session"] });
    },
  });
}

export function useSendVerification() {
  return useMutation({ mutationFn: () => answer(api.POST("/api/account/verification")) });
}

export function useDeleteAccount() {
  return useMutation({
    mutationFn: (body: Ending) => answer(api.DELETE("/api/account", { body })),
  });
}

/** Begins the set-up of the second factor, which counts once a first code has been right. */
export function useBeginSecondFactor() {
  return useMutation({
    mutationFn: (body: Oneself) => answer(api.POST("/api/account/second-factor", { body })),
  });
}

export function useConfirmSecondFactor() {
  return useMutation({
    mutationFn: async (code: string) =>
      (await answer(api.PUT("/api/account/second-factor", { body: { code } }))).recovery_codes,
    onSuccess: useRereadAccount(),
  });
}

export function useEndSecondFactor() {
  return useMutation({
    mutationFn: (body: Oneself) => answer(api.DELETE("/api/account/second-factor", { body })),
    onSuccess: useRereadAccount(),
  });
}

export function useNewRecoveryCodes() {
  return useMutation({
    mutationFn: async (body: Oneself) =>
      (await answer(api.POST("/api/account/second-factor/recovery-codes", { body }))).recovery_codes,
    onSuccess: useRereadAccount(),
  });
}
