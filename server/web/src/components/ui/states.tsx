import { Check, Copy, RotateCw } from "lucide-react";
import { useState, type ReactNode } from "react";
import { ApiError } from "@/lib/api/error";
import { copyText } from "@/lib/clipboard";
import { cn } from "@/lib/cn";
import { Button } from "./button";

interface EmptyStateProps {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  /** The one thing to do about it. */
  action?: ReactNode;
  className?: string;
}

export function EmptyState({ icon, title, children, action, className }: EmptyStateProps) {
  return (
    <div className={cn("flex flex-col items-center justify-center gap-1 px-6 py-10 text-center", className)}>
      {icon && (
        <div className="mb-3 flex size-11 items-center justify-center rounded-lg border text-muted-foreground [&_svg]:size-5">
          {icon}
        </div>
      )}
      <p className="font-medium">{title}</p>
      {children && <p className="max-w-md text-muted-foreground">{children}</p>}
      {action && <div className="mt-3">{action}</div>}
    </div>
  );
}

interface ErrorStateProps {
  /** What could not be done, as the start of a sentence: "Revenue could not be loaded". */
  title: string;
  error: Error;
  onRetry?: (() => void) | undefined;
  retryTitle?: string;
  className?: string | undefined;
}

/** What went wrong in one card, what can be done, and the id by which the server's log knows it. */
export function ErrorState({ title, error, onRetry, retryTitle = "Try again", className }: ErrorStateProps) {
  const requestId = requestIdOf(error);
  return (
    <div role="alert" className={cn("flex flex-col items-start gap-2", className)}>
      <div>
        <p className="font-medium">{title}</p>
        <p className="text-sm break-words text-muted-foreground">
          {error instanceof ApiError
            ? error.message
            : "Something unexpected happened in the page. Your data is safe."}
        </p>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        {onRetry && !isLasting(error) && (
          <Button size="sm" onClick={onRetry}>
            <RotateCw aria-hidden /> {retryTitle}
          </Button>
        )}
        {requestId && <RequestId id={requestId} />}
      </div>
    </div>
  );
}

interface StaleNoticeProps {
  error: Error;
  onRetry: () => void;
  busy: boolean;
  title?: string;
  className?: string | undefined;
}

/** One line over content that is still there, but could not be loaded again. */
export function StaleNotice({
  error,
  onRetry,
  busy,
  title = "Could not be brought up to date",
  className,
}: StaleNoticeProps) {
  const requestId = requestIdOf(error);
  return (
    <div
      role="status"
      className={cn("flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-warn", className)}
    >
      <span title={error.message}>{title}</span>
      {!isLasting(error) && (
        <Button variant="link" size="inline" disabled={busy} onClick={onRetry}>
          Try again
        </Button>
      )}
      {requestId && <RequestId id={requestId} />}
    </div>
  );
}

function isLasting(error: Error): boolean {
  return error instanceof ApiError && error.isLasting;
}

function requestIdOf(error: Error): string | null {
  return error instanceof ApiError ? error.requestId : null;
}

function RequestId({ id }: { id: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <Button
      variant="ghost"
      size="sm"
      className="font-normal first:-ml-2.5"
      title={id}
      onClick={() => {
        void copyText(id).then(setCopied);
      }}
    >
      {copied ? <Check aria-hidden /> : <Copy aria-hidden />}
      <span aria-live="polite">{copied ? "Copied" : "Copy request id"}</span>
    </Button>
  );
}
