import { SelectField, TextAreaField } from "@/components/ui/field";
import type { Registry } from "@/lib/api/types";
import type { Widget, WidgetKind } from "@/lib/dashboards/document";
import { LIMITS } from "@/lib/dashboards/limits";
import { isSourceKind } from "@/lib/dashboards/standard";
import { KIND_TITLES } from "@/lib/dashboards/titles";
import { CutFields } from "./cut-fields";
import { FiguresField } from "./figures-field";
import { FunnelFields } from "./funnel-fields";
import { OwnFields } from "./own-fields";
import { displayOf } from "./display";
import { isShownAs, kindsOf, SINGLE, withFigures, withKind, type Figure } from "./question";
import { useWidgetChange } from "./use-widget";

/** What a widget shows: which figures, cut by what, of which days and stores. */
export function QuestionTab({ widget, registry }: { widget: Widget; registry: Registry }) {
  const change = useWidgetChange(widget);
  const { kind, query } = widget;
  if (kind === "text") {
    return (
      <TextAreaField
        title="Text"
        rows={12}
        maxLength={LIMITS.text}
        hint="Markdown: # for headings, - for lists, **bold**, [words](https://…)"
        value={widget.text ?? ""}
        problem={null}
        onValue={(text) => change.parts({ text }, "text")}
      />
    );
  }
  if (!query || isSourceKind(kind)) {
    return (
      <div className="flex flex-col gap-4">
        <p className="text-sm text-muted-foreground">It says by itself what it shows.</p>
        <OwnFields widget={widget} />
      </div>
    );
  }
  const kinds = kindsOf(widget, registry);
  const setKind = (next: WidgetKind) => {
    const parts = withKind(widget, next, registry);
    const { query: asked, display } = parts;
    // A kind that shows one figure alone has no more use for how others were drawn.
    const own = asked && display && { display: displayOf(display, query, asked, registry.metrics) };
    change.parts({ ...parts, ...own });
  };
  const setFigures = (figures: Figure[]) => {
    const next = withFigures(query, figures, registry);
    change.parts({ query: next, display: displayOf(widget.display, query, next, registry.metrics) });
  };
  return (
    <div className="flex flex-col gap-4">
      {kinds.length > 1 && (
        <SelectField
          title="Shown as"
          value={kind}
          problem={null}
          onValue={(next) => setKind(next as WidgetKind)}
        >
          {kinds.map((option) => (
            <option key={option} value={option}>
              {KIND_TITLES[option]}
            </option>
          ))}
        </SelectField>
      )}
      {query.funnel ? (
        <FunnelFields
          funnel={query.funnel}
          registry={registry}
          onFunnel={(funnel, mark) => change.query({ ...query, funnel }, mark)}
        />
      ) : (
        <>
          <FiguresField
            query={query}
            registry={registry}
            single={SINGLE.includes(kind)}
            offers={(metric) => isShownAs(kind, metric, registry)}
            onFigures={setFigures}
          />
          <CutFields widget={widget} query={query} registry={registry} />
        </>
      )}
      <OwnFields widget={widget} />
    </div>
  );
}
