import { CircleAlert, CircleCheck, X } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import type { Provider } from "@/lib/api/types";
import { cn } from "@/lib/cn";
import { wordsForProblem, type Arrival } from "./arrival";
import type { Source } from "./states";

interface ArrivalNoticeProps {
  arrival: Arrival;
  providers: Provider[];
  sources: Source[];
  onDismiss: () => void;
}

/** What came of connecting a provider, until it is dismissed. */
export function ArrivalNotice({ arrival, providers, sources, onDismiss }: ArrivalNoticeProps) {
  // What was news when it came stays so: the first reading may be over while the notice is still there.
  const [kept, setKept] = useState<{ arrival: Arrival; words: string } | null>(null);
  const said = wordsFor(arrival, providers, sources);
  if (said !== null && kept?.arrival !== arrival) setKept({ arrival, words: said });
  const words = kept?.arrival === arrival ? kept.words : said;
  if (words === null) return null;
  const bad = arrival.kind === "problem";
  const Icon = bad ? CircleAlert : CircleCheck;
  return (
    <div
      role={bad ? "alert" : "status"}
      className={cn("flex items-start gap-3 rounded-lg px-4 py-3", bad ? "bg-bad-soft" : "bg-accent-soft")}
    >
      <Icon aria-hidden className={cn("mt-0.5 size-4 shrink-0", bad ? "text-bad" : "text-good")} />
      <p className="min-w-0 flex-1 break-words">{words}</p>
      <Button variant="ghost" size="icon-sm" className="-m-1" aria-label="Dismiss" onClick={onDismiss}>
        <X />
      </Button>
    </div>
  );
}

function wordsFor(arrival: Arrival, providers: Provider[], sources: Source[]): string | null {
  if (arrival.kind === "problem") {
    const known = providers.find(({ id }) => id === arrival.provider);
    return wordsForProblem(arrival.code, known?.title ?? "the source");
  }
  const source = sources.find(({ connection }) => connection.id === arrival.id);
  // Its account is asked for by a dialog, and its card says so afterwards.
  if (!source || arrival.kind === "choose") return null;
  return source.connection.synced_at
    ? `${source.title} is connected again.`
    : `${source.title} is connected. All that it has is read now; this page can be closed meanwhile.`;
}
