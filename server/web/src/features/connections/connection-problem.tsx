import { CircleAlert, TriangleAlert } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Ago } from "@/components/ui/time";
import { cn } from "@/lib/cn";
import { sentence } from "@/lib/format/text";
import type { Rights } from "./rights";
import { remedyOf, type Source } from "./states";

interface ConnectionProblemProps {
  source: Source;
  rights: Rights | null;
  /** It is read, or is about to be. */
  busy: boolean;
  onConnect: () => void;
  onChoose: () => void;
  onRead: () => void;
}

/** What is wrong with a connection, and the one thing that mends it. */
export function ConnectionProblem(props: ConnectionProblemProps) {
  const { source, rights, busy, onConnect, onChoose, onRead } = props;
  const { connection, provider, title } = source;
  const { problem } = connection;
  const remedy = remedyOf(connection);
  if (!problem && remedy === null) return null;
  const bad = remedy !== "choose";
  const Icon = bad ? CircleAlert : TriangleAlert;
  return (
    <div
      className={cn(
        "flex flex-wrap items-start gap-x-3 gap-y-2 rounded-md px-3 py-2.5",
        bad ? "bg-bad-soft" : "bg-warn-soft",
      )}
    >
      <Icon aria-hidden className={cn("mt-0.5 size-4 shrink-0", bad ? "text-bad" : "text-warn")} />
      <div className="min-w-0 flex-1 basis-52">
        <p className="wrap-anywhere">{problem ? sentence(problem.detail) : wordsOf(remedy, title)}</p>
        {problem?.since && (
          <p className="text-sm text-muted-foreground">
            It began <Ago instant={problem.since} />; what was read before is there.
          </p>
        )}
      </div>
      {remedy === "connect" && rights?.connect && provider?.available && (
        <Button size="sm" onClick={onConnect}>
          Connect again
        </Button>
      )}
      {remedy === "choose" && rights?.connect && (
        <Button size="sm" onClick={onChoose}>
          Choose an account
        </Button>
      )}
      {remedy === "read" && rights?.read && (
        <Button size="sm" aria-disabled={busy} onClick={onRead}>
          Try now
        </Button>
      )}
    </div>
  );
}

function wordsOf(remedy: ReturnType<typeof remedyOf>, title: string): string {
  return remedy === "choose"
    ? "The sign-in opens several accounts. Nothing is read before one of them is chosen."
    : `${title} cannot be read.`;
}

/** What people should know of the data. */
export function Warnings({ warnings }: { warnings: string[] }) {
  if (warnings.length === 0) return null;
  return (
    <ul aria-label="Warnings" className="flex flex-col gap-1 text-sm">
      {warnings.map((warning) => (
        <li key={warning} className="flex items-start gap-2">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
          <span className="min-w-0 wrap-anywhere">{sentence(warning)}</span>
        </li>
      ))}
    </ul>
  );
}
