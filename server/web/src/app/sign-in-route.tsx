import { Link, useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { Mail } from "lucide-react";
import { Button } from "@/components/ui/button";
import { SignInPage } from "@/features/auth/sign-in-page";
import { textLink } from "./text-link";

export function SignInRoute() {
  const { next, problem, step, gone } = useSearch({ from: "/sign-in" });
  const router = useRouter();
  const navigate = useNavigate();
  return (
    <SignInPage
      next={next ?? "/"}
      problem={problem}
      gone={gone}
      secondFactor={step !== undefined}
      onSignedIn={() => router.history.push(next ?? "/")}
      onSecondFactor={() =>
        void navigate({
          to: "/sign-in",
          search: { ...(next !== undefined && { next }), step: "second-factor" },
        })
      }
      onStartOver={() =>
        void navigate({ to: "/sign-in", search: { ...(next !== undefined && { next }) }, replace: true })
      }
      links={{
        forgotPassword: (
          <Link to="/forgot-password" className={textLink}>
            Forgot password?
          </Link>
        ),
        emailLink: (
          <Button asChild className="w-full">
            <Link to="/sign-in/mail">
              <Mail aria-hidden /> Email me a sign-in link
            </Link>
          </Button>
        ),
        signUp: (
          <Link to="/sign-up" className={textLink}>
            Create an account
          </Link>
        ),
      }}
    />
  );
}
