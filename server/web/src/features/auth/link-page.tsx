import type { ComponentType, ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Refusal } from "@/components/ui/refusal";
import { EmptyState } from "@/components/ui/states";
import { ApiError } from "@/lib/api/error";
import { forgetLinkToken, useLinkToken, type LinkPage as Page } from "@/lib/link-token";
import { AuthPage } from "./auth-page";

export function isExpired(error: Error | null): boolean {
  return error instanceof ApiError && error.code === "link_expired";
}

/** The same page, but beginning anew with each link that is pasted into its tab: what the one before came to is over. */
export function perLink<Props extends object>(page: Page, Shown: ComponentType<Props>) {
  return function PerLink(props: Props) {
    return <Shown key={useLinkToken(page)} {...props} />;
  };
}

interface LinkPageProps {
  title: string;
  lead?: ReactNode;
  page: Page;
  /** What the server answered to the link. */
  error: Error | null;
  /** Where another link is to be had. */
  another: ReactNode;
  footer?: ReactNode;
  children: (token: string) => ReactNode;
}

/** A page that a link in a mail leads to: what it shows, or why the link is worth nothing. */
export function LinkPage({ title, lead, page, error, another, footer, children }: LinkPageProps) {
  const token = useLinkToken(page);
  if (token !== null && !isExpired(error)) {
    return (
      <AuthPage title={title} lead={lead} footer={footer}>
        {children(token)}
      </AuthPage>
    );
  }
  return (
    <AuthPage title={title} footer={footer}>
      <div role={isExpired(error) ? "alert" : undefined}>
        <EmptyState
          title={token === null ? "This link is not complete" : "This link has run out"}
          action={another}
          className="p-0"
        >
          {token === null
            ? "Open it from the mail once more, or copy all of it into the address bar."
            : "It was used already, or it is too old."}
        </EmptyState>
      </div>
    </AuthPage>
  );
}

interface LinkButtonProps {
  /** What happens, for who did not expect the page. */
  children: ReactNode;
  action: string;
  doing: string;
  busy: boolean;
  error: Error | null;
  onPress: () => void;
}

/** Links are opened by programs that look for harm in mails; only a person presses a button. */
export function LinkButton({ children, action, doing, busy, error, onPress }: LinkButtonProps) {
  return (
    <div className="flex flex-col gap-4">
      <p className="text-center text-muted-foreground">{children}</p>
      {error && <Refusal error={error} />}
      {/* eslint-disable-next-line jsx-a11y/no-autofocus -- the page is this button */}
      <Button autoFocus variant="primary" disabled={busy} onClick={onPress}>
        {busy ? doing : action}
      </Button>
    </div>
  );
}

/** Forgets the secret of a link, and goes on. */
export function served(page: Page, onDone: () => void): () => void {
  return () => {
    forgetLinkToken(page);
    onDone();
  };
}
