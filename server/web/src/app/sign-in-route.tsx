import { useRouter, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { SignInPage } from "@/features/auth/sign-in-page";

export function SignInRoute() {
  const { next } = useSearch({ from: "/sign-in" });
  const router = useRouter();
  useEffect(() => {
    document.title = "Sign in · Aloftly";
  }, []);
  return <SignInPage onSignedIn={() => router.history.push(next ?? "/")} />;
}
