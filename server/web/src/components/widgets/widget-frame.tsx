import { useId, useRef, type ReactNode } from "react";
import { Card } from "@/components/ui/card";
import { cn } from "@/lib/cn";
import type { QueryResponse, Registry } from "@/lib/api/types";
import type { WidgetKind } from "@/lib/dashboards/document";
import { WidgetHeading } from "./heading";
import { Notices } from "./notices";
import { WidgetMenu } from "./widget-menu";

interface WidgetFrameProps {
  kind: WidgetKind;
  title: string;
  /** What the card is called, where that is not its title. */
  label: string | undefined;
  /** Stands behind the title, small: the unit, as the answer has it. */
  hint: string | null;
  note: string | null;
  unfit: string[];
  /** Missing while nothing was answered yet. */
  response: QueryResponse | undefined;
  busy: boolean;
  registry: Registry | undefined;
  /** What stands in the menu behind what every widget has there. */
  menu: ReactNode;
  /** For content that goes from edge to edge, like a table. */
  flush: boolean;
  children: ReactNode;
}

/** The card around a widget. Its place has its size before there is anything in it, so that nothing moves. */
export function WidgetFrame(props: WidgetFrameProps) {
  const { kind, title, label, hint, note, unfit, response, busy, registry, menu, flush, children } = props;
  const id = useId();
  const card = useRef<HTMLElement>(null);
  return (
    <Card
      ref={card}
      {...(label === undefined ? { "aria-labelledby": id } : { "aria-label": label })}
      aria-busy={busy}
      className="group/widget relative h-full break-inside-avoid"
    >
      <div className="@container">
        <div className="flex h-11 items-center gap-1.5 px-4 pt-3 pointer-coarse:pr-11">
          <WidgetHeading id={id} title={title}>
            {title}
          </WidgetHeading>
          <Notices kind={kind} response={response} note={note} unfit={unfit} registry={registry} />
          {hint && (
            // Where there is hardly room for the title, the figures' own signs have to do.
            <span className="hidden shrink-0 text-sm text-muted-foreground @min-[11rem]:inline">{hint}</span>
          )}
        </div>
      </div>
      <div className="absolute top-2 right-2">
        <WidgetMenu title={title} response={response} card={card} registry={registry} more={menu} />
      </div>
      <div
        className={cn(
          "flex min-h-0 flex-1 flex-col pt-1.5",
          !flush && "px-4 pb-4",
          // A chart's tooltip may reach over the edge; what failed says so in as many lines as it takes.
          response === undefined && "overflow-y-auto",
        )}
      >
        {children}
      </div>
    </Card>
  );
}
