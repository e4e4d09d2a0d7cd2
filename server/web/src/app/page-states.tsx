import { Link, useLocation, type ErrorComponentProps } from "@tanstack/react-router";
import { LogoMark } from "@/components/logo";
import { Button } from "@/components/ui/button";
import { EmptyState, ErrorState } from "@/components/ui/states";
import { usePageTitle } from "@/lib/page-title";
import {
  ConnectionsSkeleton,
  DashboardsSkeleton,
  OverviewSkeleton,
  PortfolioSkeleton,
  SettingsSkeleton,
  WelcomeSkeleton,
} from "./skeletons";

export function PageNotFound() {
  usePageTitle("Page not found");
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
  usePageTitle("Not loaded");
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

const SKELETONS = [
  { path: "/settings", Shape: SettingsSkeleton },
  { path: "/connections", Shape: ConnectionsSkeleton },
  { path: "/portfolio", Shape: PortfolioSkeleton },
  { path: "/welcome", Shape: WelcomeSkeleton },
  { path: "/dashboards", Shape: DashboardsSkeleton },
];

/** Has the shape of the page that is waited for. */
export function PagePending() {
  const { pathname } = useLocation();
  const { Shape } = SKELETONS.find(({ path }) => pathname.startsWith(path)) ?? { Shape: OverviewSkeleton };
  return (
    <div aria-busy>
      <span className="sr-only">Loading</span>
      <Shape />
    </div>
  );
}
