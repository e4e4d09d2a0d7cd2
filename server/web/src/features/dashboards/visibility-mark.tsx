import { Link2, Lock, Users } from "lucide-react";
import type { Visibility } from "@/lib/api/types";
import { cn } from "@/lib/cn";
import { VISIBILITY_TITLES } from "./rights";

const ICONS: Record<Visibility, typeof Lock> = { private: Lock, workspace: Users, public: Link2 };

/** Who sees a dashboard. */
export function VisibilityMark({ visibility, className }: { visibility: Visibility; className?: string }) {
  const Icon = ICONS[visibility];
  return (
    <span className={cn("inline-flex items-center gap-1.5 text-sm text-muted-foreground", className)}>
      <Icon aria-hidden className="size-3.5 shrink-0" />
      {VISIBILITY_TITLES[visibility]}
    </span>
  );
}
