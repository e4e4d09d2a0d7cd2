import { Link } from "@tanstack/react-router";
import { Button } from "@/components/ui/button";
import { isSettingUp } from "@/lib/setting-up";

/** Leads back to the first steps those who left them to do one of them here. */
export function SettingUp() {
  if (!isSettingUp()) return null;
  return (
    <nav
      aria-label="Setting up"
      className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg border bg-card px-4 py-2.5"
    >
      <p className="min-w-0 flex-1 basis-60 text-muted-foreground">You are setting up.</p>
      <Button asChild size="sm" variant="primary">
        <Link to="/welcome">Go on with the next step</Link>
      </Button>
    </nav>
  );
}
