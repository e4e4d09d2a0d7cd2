import type { ReactNode } from "react";
import { EmptyState } from "@/components/ui/states";
import { forgetLinkToken } from "@/lib/link-token";
import { AuthPage } from "./auth-page";
import { ChoosePassword } from "./choose-password";
import { LinkButton, LinkPage, perLink, served } from "./link-page";
import {
  useCompleteSignUp,
  useRedeemMagicLink,
  useResetPassword,
  useVerifyEmail,
  wantsSecondFactor,
} from "./queries";

interface SignedInByLinkProps {
  onDone: () => void;
  onSecondFactor: () => void;
  /** Where another link is to be had. */
  another: ReactNode;
}

function CompleteSignUp({ onDone, onSecondFactor, another }: SignedInByLinkProps) {
  const page = "/sign-up/complete";
  const complete = useCompleteSignUp();
  return (
    <LinkPage title="Welcome to Aloftly" page={page} error={complete.error} another={another}>
      {(token) => (
        // Chosen here and not where the account was asked for: that may have been somebody else.
        <ChoosePassword
          title="Password"
          pointer="/password"
          lead="Your address is proved. Choose a password, and your account and your first store are there."
          action="Finish"
          doing="Finishing…"
          busy={complete.isPending || complete.isSuccess}
          error={complete.error}
          onChosen={(password, refuse) =>
            complete.mutate(
              { token, password },
              {
                onSuccess: (got) => served(page, wantsSecondFactor(got) ? onSecondFactor : onDone)(),
                onError: refuse,
              },
            )
          }
        />
      )}
    </LinkPage>
  );
}

function MagicLink({ onDone, onSecondFactor, another }: SignedInByLinkProps) {
  const page = "/sign-in/link";
  const redeem = useRedeemMagicLink();
  return (
    <LinkPage title="Sign in to Aloftly" page={page} error={redeem.error} another={another}>
      {(token) => (
        <LinkButton
          action="Sign in"
          doing="Signing in…"
          busy={redeem.isPending || redeem.isSuccess}
          error={redeem.error}
          onPress={() =>
            redeem.mutate(token, {
              onSuccess: (got) => served(page, wantsSecondFactor(got) ? onSecondFactor : onDone)(),
            })
          }
        >
          This signs you in, in this browser.
        </LinkButton>
      )}
    </LinkPage>
  );
}

interface ResetPasswordPageProps {
  another: ReactNode;
  signIn: ReactNode;
}

function ResetPassword({ another, signIn }: ResetPasswordPageProps) {
  const page = "/reset-password";
  const reset = useResetPassword();
  if (reset.isSuccess) {
    return (
      <AuthPage title="Your password is changed">
        <div role="status">
          <EmptyState title="You are signed out everywhere" action={signIn} className="p-0">
            From now on it is the new one that counts.
          </EmptyState>
        </div>
      </AuthPage>
    );
  }
  return (
    <LinkPage title="Choose another password" page={page} error={reset.error} another={another}>
      {(token) => (
        <ChoosePassword
          title="New password"
          pointer="/new_password"
          action="Change password"
          doing="Changing…"
          busy={reset.isPending}
          error={reset.error}
          onChosen={(new_password, refuse) =>
            reset.mutate({ token, new_password }, { onSuccess: () => forgetLinkToken(page), onError: refuse })
          }
        />
      )}
    </LinkPage>
  );
}

interface VerifyEmailPageProps {
  /** The way into the app. */
  onward: ReactNode;
}

function VerifyEmail({ onward }: VerifyEmailPageProps) {
  const page = "/verify-email";
  const verify = useVerifyEmail();
  if (verify.isSuccess) {
    return (
      <AuthPage title="Thank you">
        <div role="status">
          <EmptyState title="Your address is confirmed" action={onward} className="p-0">
            Whatever we have to tell you reaches you there.
          </EmptyState>
        </div>
      </AuthPage>
    );
  }
  return (
    <LinkPage title="Confirm your address" page={page} error={verify.error} another={onward}>
      {(token) => (
        <LinkButton
          action="Confirm"
          doing="Confirming…"
          busy={verify.isPending}
          error={verify.error}
          onPress={() => verify.mutate(token, { onSuccess: () => forgetLinkToken(page) })}
        >
          This tells us that the mail has reached you.
        </LinkButton>
      )}
    </LinkPage>
  );
}

export const CompleteSignUpPage = perLink("/sign-up/complete", CompleteSignUp);
export const MagicLinkPage = perLink("/sign-in/link", MagicLink);
export const ResetPasswordPage = perLink("/reset-password", ResetPassword);
export const VerifyEmailPage = perLink("/verify-email", VerifyEmail);
