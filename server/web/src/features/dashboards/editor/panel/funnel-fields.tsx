import { ArrowDown, ArrowUp, Plus, Replace, X } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import type { Registry } from "@/lib/api/types";
import type { WidgetQuestion } from "@/lib/dashboards/document";
import { MetricChoice } from "./metric-choice";

type Funnel = NonNullable<WidgetQuestion["funnel"]>;
type Step = Funnel["steps"][number];

const LEAST = 2;
const MOST = 10;

interface FunnelFieldsProps {
  funnel: Funnel;
  registry: Registry;
  onFunnel: (funnel: Funnel, mark?: string) => void;
}

/** Only what is counted can be a step. */
function isCount({ unit, additive }: { unit: string; additive: boolean }): boolean {
  return unit === "count" && additive;
}

/** The steps of a funnel, the first one on top. */
export function FunnelFields({ funnel, registry, onFunnel }: FunnelFieldsProps) {
  const { steps } = funnel;
  const put = (next: Step[], mark?: string) => onFunnel({ ...funnel, steps: next }, mark);
  const at = (index: number, parts: Partial<Step>, mark?: string) =>
    put(
      steps.map((step, other) => (other === index ? { ...step, ...parts } : step)),
      mark,
    );
  const swap = (index: number, other: number) => {
    const next = [...steps];
    const [one, two] = [next[index], next[other]];
    if (!one || !two) return;
    next[index] = two;
    next[other] = one;
    put(next);
  };
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="pb-1.5 text-sm font-medium">Steps</legend>
      <ol className="flex flex-col gap-2">
        {steps.map((step, index) => {
          const title = registry.metrics.find(({ id }) => id === step.metric)?.title ?? step.metric;
          const name = step.label ?? title;
          return (
            <li key={index} className="flex flex-col gap-1.5 rounded-md border p-2">
              <div className="flex items-center gap-0.5">
                <span className="min-w-0 flex-1 truncate pl-1">
                  {index + 1}. {title}
                </span>
                <Button
                  variant="ghost"
                  size="icon-sm"
                  disabled={index === 0}
                  aria-label={`${name}: a step earlier`}
                  onClick={() => swap(index, index - 1)}
                >
                  <ArrowUp aria-hidden />
                </Button>
                <Button
                  variant="ghost"
                  size="icon-sm"
                  disabled={index === steps.length - 1}
                  aria-label={`${name}: a step later`}
                  onClick={() => swap(index, index + 1)}
                >
                  <ArrowDown aria-hidden />
                </Button>
                <MetricChoice
                  registry={registry}
                  offers={isCount}
                  onChoose={(metric) => at(index, { metric })}
                >
                  <Button variant="ghost" size="icon-sm" aria-label={`${name}: another figure`}>
                    <Replace aria-hidden />
                  </Button>
                </MetricChoice>
                <Button
                  variant="ghost"
                  size="icon-sm"
                  disabled={steps.length <= LEAST}
                  aria-label={`Without ${name}`}
                  onClick={() => put(steps.filter((_, other) => other !== index))}
                >
                  <X aria-hidden />
                </Button>
              </div>
              <Input
                aria-label={`Name of step ${index + 1}`}
                placeholder={title}
                maxLength={100}
                autoComplete="off"
                value={step.label ?? ""}
                onChange={(event) => at(index, { label: event.target.value || null }, `step-${index}`)}
              />
            </li>
          );
        })}
      </ol>
      {steps.length < MOST && (
        <MetricChoice registry={registry} offers={isCount} onChoose={(metric) => put([...steps, { metric }])}>
          <Button size="sm" className="self-start">
            <Plus aria-hidden /> One more step
          </Button>
        </MetricChoice>
      )}
    </fieldset>
  );
}
