import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "@/components/ui/button";
import { GoogleSignUpPage } from "@/features/auth/google-sign-up-page";
import { InvitePage } from "@/features/auth/invite-page";
import {
  CompleteSignUpPage,
  MagicLinkPage,
  ResetPasswordPage,
  VerifyEmailPage,
} from "@/features/auth/link-pages";
import { SendLinkPage } from "@/features/auth/send-link-page";
import { SignUpPage } from "@/features/auth/sign-up-page";
import { textLink } from "./text-link";

/** The pages for who is not signed in, wired to the address. */

const signIn = (
  <Link to="/sign-in" className={textLink}>
    Sign in
  </Link>
);

const back = (
  <Link to="/sign-in" className={textLink}>
    Back to the sign-in
  </Link>
);

const home = (
  <Button asChild variant="primary">
    <Link to="/">Go to Aloftly</Link>
  </Button>
);

/** A fresh page: nothing that somebody else has looked at in this browser may remain. */
function useEnter() {
  const navigate = useNavigate();
  return () => void navigate({ to: "/", replace: true });
}

function useSecondFactorStep() {
  const navigate = useNavigate();
  return () => void navigate({ to: "/sign-in", search: { step: "second-factor" }, replace: true });
}

export function MailSignInRoute() {
  return <SendLinkPage kind="magic-link" back={back} />;
}

export function ForgotPasswordRoute() {
  return <SendLinkPage kind="password-reset" back={back} />;
}

export function SignUpRoute() {
  return <SignUpPage signIn={signIn} />;
}

export function GoogleSignUpRoute() {
  return <GoogleSignUpPage onSignedIn={useEnter()} signIn={signIn} />;
}

export function CompleteSignUpRoute() {
  return (
    <CompleteSignUpPage
      onDone={useEnter()}
      onSecondFactor={useSecondFactorStep()}
      another={
        <Button asChild>
          <Link to="/sign-up">Begin again</Link>
        </Button>
      }
    />
  );
}

export function MagicLinkRoute() {
  return (
    <MagicLinkPage
      onDone={useEnter()}
      onSecondFactor={useSecondFactorStep()}
      another={
        <Button asChild>
          <Link to="/sign-in/mail">Have another sent</Link>
        </Button>
      }
    />
  );
}

export function ResetPasswordRoute() {
  return (
    <ResetPasswordPage
      another={
        <Button asChild>
          <Link to="/forgot-password">Have another sent</Link>
        </Button>
      }
      signIn={
        <Button asChild variant="primary">
          <Link to="/sign-in">Sign in</Link>
        </Button>
      }
    />
  );
}

export function VerifyEmailRoute() {
  return <VerifyEmailPage onward={home} />;
}

export function InviteRoute() {
  return (
    <InvitePage
      onDone={useEnter()}
      onSecondFactor={useSecondFactorStep()}
      home={home}
      signIn={
        <Link to="/sign-in" search={{ next: "/invite" }} className={textLink}>
          Sign in another way
        </Link>
      }
    />
  );
}
