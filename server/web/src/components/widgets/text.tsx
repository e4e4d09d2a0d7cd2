import { use, useId, type ReactNode } from "react";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import type { Widget } from "@/lib/dashboards/document";
import { widgetTitle } from "@/lib/dashboards/titles";
import { part } from "@/lib/part";
import { ExtraMenu } from "./extra-menu";
import { WidgetHeading } from "./heading";
import { HeadingContext } from "./heading-level";

const Markdown = part(
  () => import("./markdown/markdown"),
  () => <Skeleton className="h-16 w-full" />,
);

interface TextWidgetProps {
  widget: Widget;
  label: string | undefined;
  menu: ReactNode;
}

/** A text among figures. It asks nothing, and so has nothing to wait for but itself. */
export function TextWidget({ widget, label, menu }: TextWidgetProps) {
  const id = useId();
  const level = use(HeadingContext);
  const title = widgetTitle(widget, undefined);
  const text = widget.text?.trim() ?? "";
  const hasTitle = widget.title !== null && widget.title !== "";
  return (
    <Card
      {...(hasTitle && label === undefined ? { "aria-labelledby": id } : { "aria-label": label ?? title })}
      className="group/widget relative h-full break-inside-avoid"
    >
      {hasTitle && (
        <WidgetHeading id={id} className="pt-3.5 pr-12 pl-4" title={title}>
          {title}
        </WidgetHeading>
      )}
      <div className="absolute top-3 right-2">
        <ExtraMenu title={title} menu={menu} />
      </div>
      <div
        role="group"
        aria-label={title}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keyboard
        tabIndex={0}
        className="min-h-0 flex-1 overflow-y-auto rounded-lg p-4"
      >
        {text === "" ? (
          <p className="text-muted-foreground">Nothing is written here yet.</p>
        ) : (
          <Markdown text={text} above={hasTitle ? level : level - 1} />
        )}
      </div>
    </Card>
  );
}
