import { useRouter, useSearch } from "@tanstack/react-router";
import { SignInPage } from "@/features/auth/sign-in-page";
import { usePageTitle } from "@/lib/page-title";

export function SignInRoute() {
  const { next } = useSearch({ from: "/sign-in" });
  const router = useRouter();
  usePageTitle("Sign in");
  return <SignInPage onSignedIn={() => router.history.push(next ?? "/")} />;
}
