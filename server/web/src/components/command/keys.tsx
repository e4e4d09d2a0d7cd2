import { Fragment } from "react";
import { cn } from "@/lib/cn";
import { keyNames } from "@/lib/keys";

/** The keys of a shortcut as they are printed on them. */
export function Keys({ keys, className }: { keys: string; className?: string }) {
  return (
    <span className={cn("inline-flex shrink-0 items-center gap-1 text-xs text-muted-foreground", className)}>
      {keyNames(keys).map((press, index) => (
        <Fragment key={index}>
          {index > 0 && <span>then</span>}
          {press.map((name) => (
            <kbd
              key={name}
              className="min-w-5 rounded border bg-muted px-1 text-center font-sans text-foreground"
            >
              {name}
            </kbd>
          ))}
        </Fragment>
      ))}
    </span>
  );
}
