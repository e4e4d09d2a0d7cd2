import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { methodsQuery } from "@/lib/api/methods";
import { AuthPage } from "./auth-page";
import { GoogleLink, Or } from "@/components/google-link";
import { SecondFactorForm } from "./second-factor-form";
import { SignInForm } from "./sign-in-form";
import { wordsForProblem } from "./sign-in-problem";

const GONE = {
  account: "Your account was deleted.",
  organization: "The organisation was deleted, with everything in it.",
};

interface SignInPageProps {
  /** Where they wanted to go. */
  next: string;
  /** Why the way through Google led back here, as the server calls it. */
  problem?: string | undefined;
  /** What they have just deleted. */
  gone?: keyof typeof GONE | undefined;
  /** Whether the password was right, and a code is wanted. */
  secondFactor: boolean;
  onSignedIn: () => void;
  onSecondFactor: () => void;
  onStartOver: () => void;
  /** The ways to other pages; what a link is made of is the router's. */
  links: { forgotPassword: ReactNode; emailLink: ReactNode; signUp: ReactNode };
}

export function SignInPage(props: SignInPageProps) {
  const { next, problem, gone, secondFactor, onSignedIn, onSecondFactor, onStartOver, links } = props;
  const { data } = useQuery(methodsQuery);
  const { sign_up = false, mail = false, google = false } = data ?? {};
  if (secondFactor) {
    return (
      <AuthPage title="One more step" lead="Your account asks for a code as well.">
        <SecondFactorForm onSignedIn={onSignedIn} onStartOver={onStartOver} />
      </AuthPage>
    );
  }
  return (
    <AuthPage title="Sign in to Aloftly" footer={sign_up && <p>New here? {links.signUp}</p>}>
      <div className="flex flex-col gap-5">
        {problem && (
          <p role="alert" className="rounded-md bg-bad-soft px-3 py-2 text-sm text-bad">
            {wordsForProblem(problem)}
          </p>
        )}
        {gone && (
          <p role="status" className="rounded-md bg-muted px-3 py-2 text-sm">
            {GONE[gone]}
          </p>
        )}
        <SignInForm
          onSignedIn={onSignedIn}
          onSecondFactor={onSecondFactor}
          forgotPassword={mail && links.forgotPassword}
        />
        {(google || mail) && (
          <>
            <Or />
            <div className="flex flex-col gap-2">
              {google && <GoogleLink returnTo={next} />}
              {mail && links.emailLink}
            </div>
          </>
        )}
      </div>
    </AuthPage>
  );
}
