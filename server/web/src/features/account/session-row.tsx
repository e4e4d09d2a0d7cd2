import { Monitor, Smartphone, SquareTerminal } from "lucide-react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Refusal } from "@/components/ui/refusal";
import { Ago } from "@/components/ui/time";
import { useToast } from "@/components/ui/use-toast";
import type { SessionEntry } from "@/lib/api/types";
import { programOf } from "./program";
import { useEndSession } from "./queries";

interface SessionRowProps {
  session: SessionEntry;
  /** It is over, and its row is about to go. */
  onEnded: () => void;
}

export function SessionRow({ session, onEnded }: SessionRowProps) {
  const program = programOf(session.user_agent);
  const end = useEndSession();
  const toast = useToast();
  const isProgram = session.kind === "program";
  const Icon = isProgram ? SquareTerminal : program.isHandheld ? Smartphone : Monitor;
  const address = session.address ?? "an unknown address";
  return (
    <li className="flex flex-col gap-2 px-4 py-3 sm:px-5">
      <div className="flex items-start gap-3">
        <Icon aria-hidden className="mt-0.5 size-4 shrink-0 text-muted-foreground" />
        <div className="min-w-0 flex-1">
          <p className="flex flex-wrap items-center gap-x-2">
            <span className="min-w-0 font-medium break-words" title={session.user_agent ?? undefined}>
              {program.title}
            </span>
            {session.is_current && <Badge>This one</Badge>}
          </p>
          <p className="text-sm break-words text-muted-foreground tabular-nums">
            {isProgram && "A program, with access tokens · "}
            {isProgram ? "from" : "From"} {address} · {session.organization} · last used{" "}
            <Ago instant={session.last_seen_at} />
          </p>
        </div>
        {!session.is_current && (
          <Button
            size="sm"
            aria-label={`End the session of ${program.title} from ${address}`}
            disabled={end.isPending}
            onClick={() => {
              // The row may be gone when the answer is handled, and what is passed to a call goes with it.
              end.mutateAsync(session.id).then(
                () => {
                  toast.show({ title: `The session of ${program.title} was ended` });
                  onEnded();
                },
                () => undefined,
              );
            }}
          >
            End
          </Button>
        )}
      </div>
      {end.isError && <Refusal error={end.error} />}
    </li>
  );
}
