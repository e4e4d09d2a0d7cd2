import { Plus, Replace, X } from "lucide-react";
import { Button } from "@/components/ui/button";
import type { Metric, Registry } from "@/lib/api/types";
import type { WidgetQuestion } from "@/lib/dashboards/document";
import { MetricChoice } from "./metric-choice";
import { columnsOf, figuresOf, type Figure } from "./question";

/** More than these no one reads in one widget. */
const MOST = 8;

interface FiguresFieldProps {
  query: WidgetQuestion;
  registry: Registry;
  /** Whether it shows one figure alone. */
  single: boolean;
  /** Which metrics it can show. */
  offers: (metric: Metric) => boolean;
  onFigures: (figures: Figure[]) => void;
}

/** Which figures are shown, in their order. */
export function FiguresField({ query, registry, single, offers, onFigures }: FiguresFieldProps) {
  const figures = figuresOf(query);
  const columns = columnsOf(query, registry.metrics);
  const keys = columns.map(({ key }) => key);
  const isOffered = (metric: Metric) => !keys.includes(metric.id) && offers(metric);
  const put = (index: number, id: string) =>
    onFigures(figures.map((figure, at) => (at === index ? id : figure)));
  return (
    <fieldset className="flex min-w-0 flex-col gap-1.5">
      <legend className="pb-1.5 text-sm font-medium">{single ? "Figure" : "Figures"}</legend>
      <ul className="flex flex-col gap-1">
        {columns.map(({ key, title }, index) => (
          <li key={`${index}:${key}`} className="flex items-center gap-1 rounded-md border pr-1 pl-3">
            <span className="min-w-0 flex-1 truncate py-1.5">{title}</span>
            <MetricChoice registry={registry} offers={isOffered} onChoose={(id) => put(index, id)}>
              <Button variant="ghost" size="icon-sm" aria-label={`Another figure than ${title}`}>
                <Replace aria-hidden />
              </Button>
            </MetricChoice>
            {figures.length > 1 && (
              <Button
                variant="ghost"
                size="icon-sm"
                aria-label={`Without ${title}`}
                onClick={() => onFigures(figures.filter((_, at) => at !== index))}
              >
                <X aria-hidden />
              </Button>
            )}
          </li>
        ))}
      </ul>
      {!single && figures.length < MOST && (
        <MetricChoice registry={registry} offers={isOffered} onChoose={(id) => onFigures([...figures, id])}>
          <Button size="sm" className="self-start">
            <Plus aria-hidden /> One more
          </Button>
        </MetricChoice>
      )}
    </fieldset>
  );
}
