import { use, type ComponentProps } from "react";
import { cn } from "@/lib/cn";
import { HeadingContext } from "./heading-level";

/** The title of a widget: a heading below that of its section. */
export function WidgetHeading({ className, children, ...props }: ComponentProps<"h2">) {
  const look = cn("truncate font-medium", className);
  if (use(HeadingContext) === 3) {
    return (
      <h3 className={look} {...props}>
        {children}
      </h3>
    );
  }
  return (
    <h2 className={look} {...props}>
      {children}
    </h2>
  );
}
