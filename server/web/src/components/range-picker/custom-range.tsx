import { lazy, Suspense, useId, useState } from "react";
import { ErrorBoundary } from "@/components/error-boundary";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { Skeleton } from "@/components/ui/skeleton";
import { isLocalDate, type DateRange, type LocalDate } from "@/lib/dates";

const RangeCalendar = lazy(() => import("./range-calendar"));

interface CustomRangeProps {
  initial: DateRange;
  today: LocalDate;
  weekStart: string;
  onApply: (range: DateRange) => void;
}

function problemOf({ from, to }: DateRange): string | null {
  if (!isLocalDate(from) || !isLocalDate(to)) return "Give both days.";
  if (from > to) return "The first day must not be after the last.";
  return null;
}

/** Days of one's own: by calendar where there is room for it, by typing anywhere. */
export function CustomRange({ initial, today, weekStart, onApply }: CustomRangeProps) {
  const id = useId();
  const [draft, setDraft] = useState(initial);
  const problem = problemOf(draft);
  const changed = draft.from !== initial.from || draft.to !== initial.to;
  return (
    <form
      noValidate
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (!problem) onApply(draft);
      }}
    >
      <div className="hidden sm:block">
        <ErrorBoundary title="The calendar could not be shown">
          <Suspense fallback={<Skeleton className="h-67 w-full" />}>
            <RangeCalendar range={draft} today={today} weekStart={weekStart} onChange={setDraft} />
          </Suspense>
        </ErrorBoundary>
      </div>
      <div className="grid grid-cols-2 gap-2">
        {(["from", "to"] as const).map((end) => (
          <div key={end} className="flex min-w-0 flex-col gap-1.5">
            <Label htmlFor={`${id}-${end}`}>{end === "from" ? "From" : "To"}</Label>
            <Input
              id={`${id}-${end}`}
              type="date"
              value={draft[end]}
              aria-invalid={problem !== null}
              aria-describedby={problem ? `${id}-problem` : undefined}
              onChange={(event) => setDraft({ ...draft, [end]: event.target.value })}
              className="px-2"
            />
          </div>
        ))}
      </div>
      {problem && (
        <p id={`${id}-problem`} role="alert" className="text-sm text-bad">
          {problem}
        </p>
      )}
      <Button type="submit" variant={changed ? "primary" : "outline"} disabled={!changed || problem !== null}>
        Apply
      </Button>
    </form>
  );
}
