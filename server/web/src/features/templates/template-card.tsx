import { useId, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Card, CardTitle } from "@/components/ui/card";
import type { Template } from "@/lib/dashboards/document";
import { useRegistry } from "@/lib/metrics/registry";
import { Miniature } from "./miniature";
import { countWidgets } from "./plan";

interface TemplateCardProps {
  template: Template;
  /** A dashboard is being made, of this one or of another. */
  busy: boolean;
  /** It is this one that a dashboard is made of. */
  making: boolean;
  onUse: () => void;
  menu?: ReactNode;
}

/** What one gets of a template, and the button that makes a dashboard of it. */
export function TemplateCard({ template, busy, making, onUse, menu }: TemplateCardProps) {
  const id = useId();
  const registry = useRegistry();
  const sources = template.sources.map(
    (source) => registry?.sources.find((known) => known.id === source)?.title ?? source,
  );
  const widgets = countWidgets(template.document);
  return (
    <Card aria-labelledby={id} className="overflow-hidden">
      <Miniature document={template.document} />
      <div className="flex flex-1 flex-col gap-2 p-4">
        <div className="flex items-start justify-between gap-2">
          <CardTitle id={id} className="min-w-0 break-words">
            {template.name}
          </CardTitle>
          {menu}
        </div>
        <p className="text-sm text-muted-foreground">{template.description}</p>
        <p className="mt-auto pt-1 text-sm text-muted-foreground">
          {widgets === 1 ? "1 widget" : `${widgets} widgets`}
          {sources.length > 0 && <> · {sources.join(", ")}</>}
        </p>
        <Button disabled={busy} onClick={onUse} aria-label={`Use the template ${template.name}`}>
          {making ? "Making…" : "Use this template"}
        </Button>
      </div>
    </Card>
  );
}
