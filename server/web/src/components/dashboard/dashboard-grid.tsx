import { Fragment, useMemo } from "react";
import { Widget } from "@/components/widgets/widget";
import type { Widget as WidgetOf } from "@/lib/dashboards/document";
import { distinctNames } from "@/lib/dashboards/titles";
import { resolve, unfitFilters } from "@/lib/dashboards/resolve";
import { useMetricFacts, useRegistry } from "@/lib/metrics/registry";
import { marksFor } from "./marks";
import { DashboardSection } from "./section";
import type { DashboardGridProps } from "./types";

/**
 * A dashboard as it is read: its sections below one another, each with its widgets. Nothing here changes the document; an editor
 * puts its handles around sections and widgets.
 */
export function DashboardGrid(props: DashboardGridProps) {
  const { document, view, marks, timezone, renderMenu, wrapSection, wrapWidget, onConnect } = props;
  // Which filters hold for which widget is known with the registry alone: nothing is asked before, to be asked anew.
  const facts = useMetricFacts();
  const questions = useMemo(() => facts && resolve(document, view, facts), [document, view, facts]);

  const marksOf = useMemo(() => {
    const widgets = document.sections.flatMap((section) => section.widgets);
    return new Map(widgets.map(({ id, own }) => [id, marksFor(marks, own.stores ?? view.stores)]));
  }, [document, marks, view.stores]);

  const registry = useRegistry();
  const labels = useMemo(
    () =>
      distinctNames(
        document.sections.flatMap(({ widgets }) => widgets),
        registry,
      ),
    [document, registry],
  );

  const renderWidget = (widget: WidgetOf) => {
    const drawn = (
      <Widget
        widget={widget}
        label={labels.get(widget.id)}
        question={questions?.get(widget.id) ?? null}
        isWaiting={questions === undefined && widget.query !== null}
        marks={marksOf.get(widget.id) ?? marks}
        unfit={facts ? unfitFilters(widget, view, facts) : []}
        menu={renderMenu?.(widget)}
        timezone={timezone}
        {...(onConnect && { onConnect })}
      />
    );
    return wrapWidget ? wrapWidget(drawn, widget.id) : drawn;
  };
  return (
    <div className="flex flex-col gap-6">
      {document.sections.map((section) => {
        const drawn = <DashboardSection section={section} renderWidget={renderWidget} />;
        return <Fragment key={section.id}>{wrapSection ? wrapSection(drawn, section.id) : drawn}</Fragment>;
      })}
    </div>
  );
}
