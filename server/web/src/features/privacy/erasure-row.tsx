import { Badge } from "@/components/ui/badge";
import { Ago, Time } from "@/components/ui/time";
import type { Erasure } from "@/lib/api/types";
import { sentence } from "@/lib/format/text";
import { customersInWords, rowsInWords } from "./customers";
import { isWaiting } from "./queries";

interface ErasureRowProps {
  erasure: Erasure;
  /** What the store is called, unless it is there no longer. */
  store: string | undefined;
}

export function ErasureRow({ erasure, store }: ErasureRowProps) {
  const { customers, requested_by, requested_at, finished_at, removed, error } = erasure;
  const waiting = isWaiting(erasure);
  return (
    <li className="flex flex-col gap-0.5 px-4 py-3 sm:px-5">
      <p className="flex flex-wrap items-center gap-x-2">
        <span className="min-w-0 font-medium wrap-anywhere">
          {customersInWords(customers)} of {store ?? "a store that is gone"}
        </span>
        {waiting ? (
          <Badge className={error ? "bg-warn-soft text-warn" : undefined}>
            {error ? "Tried again" : "Under way"}
          </Badge>
        ) : (
          <Badge className="bg-muted text-muted-foreground">Done</Badge>
        )}
      </p>
      <p className="text-sm wrap-anywhere text-muted-foreground tabular-nums">
        Asked for by {requested_by} <Ago instant={requested_at} />
        {finished_at && (
          <>
            {" "}
            · {removed == null ? "done" : `${rowsInWords(removed)} went`} <Time instant={finished_at} />
          </>
        )}
      </p>
      {waiting && error && (
        <p className="text-sm wrap-anywhere text-warn">The last attempt came to nothing. {sentence(error)}</p>
      )}
    </li>
  );
}
