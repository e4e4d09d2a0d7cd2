import { Link, type ErrorComponentProps } from "@tanstack/react-router";
import { LogoMark } from "@/components/logo";
import { Button } from "@/components/ui/button";
import { EmptyState, ErrorState } from "@/components/ui/states";

export function PageNotFound() {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center">
      <LogoMark />
      <h1 className="sr-only">Page not found</h1>
      <EmptyState
        title="There is no such page"
        action={
          <Button asChild>
            <Link to="/">Go to the overview</Link>
          </Button>
        }
      >
        The address may be mistyped, or the page is gone.
      </EmptyState>
    </main>
  );
}

/** For what breaks a whole page, such as a server that is away. */
export function PageError({ error, reset }: ErrorComponentProps) {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-6 px-4">
      <LogoMark />
      <ErrorState
        title="The page could not be loaded"
        error={error instanceof Error ? error : new Error(String(error))}
        onRetry={() => {
          reset();
          window.location.reload();
        }}
        className="max-w-md items-center text-center"
      />
    </main>
  );
}

export function PagePending() {
  return (
    <main aria-busy className="flex min-h-dvh items-center justify-center">
      <span className="sr-only">Loading</span>
      <LogoMark className="animate-breathe opacity-60" />
    </main>
  );
}
