import { Download } from "lucide-react";
import { useId } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Refusal } from "@/components/ui/refusal";
import { Ago, Time } from "@/components/ui/time";
import { ApiError } from "@/lib/api/error";
import type { CustomerRequest, Store } from "@/lib/api/types";
import { formatDate } from "@/lib/format/date";
import { customersOf, dueOn, urgencyOf } from "./requests";
import { useCustomerFile } from "./use-customer-file";

interface RequestRowProps {
  request: CustomerRequest;
  /** The store that it is about, unless that is there no longer. */
  store: Store | undefined;
  /** What the provider that passed it on is called. */
  provider: string;
}

const TONES = { warn: "bg-warn-soft text-warn", bad: "bg-bad-soft text-bad" };

/** A customer who waits to be told what is kept of them. */
export function OpenRequest({
  request,
  store,
  provider,
  onAnswered,
}: RequestRowProps & { onAnswered: () => void }) {
  const id = useId();
  const { load, save } = useCustomerFile();
  const { customer_id, email, requested_at } = request;
  const customers = customersOf(request);
  const urgency = urgencyOf(request);
  return (
    <li aria-labelledby={id} className="flex flex-col gap-2.5 px-4 py-3 sm:px-5">
      <div>
        <p id={id} className="flex flex-wrap items-center gap-x-2">
          <span className="min-w-0 font-medium wrap-anywhere">
            {email ?? (customer_id ? `Customer ${customer_id}` : "Somebody")} of{" "}
            {store?.name ?? "a store that is gone"}
          </span>
          {urgency && <Badge className={TONES[urgency.tone]}>{urgency.title}</Badge>}
        </p>
        <p className="text-sm wrap-anywhere text-muted-foreground tabular-nums">
          Asked through {provider} <Ago instant={requested_at} /> ·{" "}
          {urgency?.tone === "bad" ? "was to be" : "to be"} answered by {formatDate(dueOn(request))}
          {email && customer_id && ` · customer ${customer_id}`}
        </p>
        {!customers && (
          <p className="text-sm text-warn">
            The request does not say who it is. {provider} can tell who asked that day.
          </p>
        )}
      </div>
      {load.error && <Refusal error={load.error}>{wordsOf(load.error, store)}</Refusal>}
      <div className="flex flex-wrap gap-2">
        {customers && store && (
          <Button
            size="sm"
            // Not `disabled`, which would take the focus away from it.
            aria-disabled={load.isPending}
            aria-describedby={id}
            onClick={() => {
              if (!load.isPending) save(store, customers);
            }}
          >
            <Download aria-hidden /> {load.isPending ? "Downloading…" : "Download their data"}
          </Button>
        )}
        <Button size="sm" aria-describedby={id} onClick={onAnswered}>
          Mark as answered…
        </Button>
      </div>
    </li>
  );
}

function wordsOf(error: Error, store: Store | undefined): string | undefined {
  if (!store || !(error instanceof ApiError) || error.at("/email") === null) return undefined;
  return `${store.name} has no customer with this address: nothing is kept of them.`;
}

/** One that was answered. Who it was is forgotten. */
export function AnsweredRequest({ request, store, provider }: RequestRowProps) {
  const { requested_at, answered_at, answered_by } = request;
  return (
    <li className="flex flex-col gap-0.5 px-4 py-3 sm:px-5">
      <p className="flex flex-wrap items-center gap-x-2">
        <span className="min-w-0 font-medium wrap-anywhere">
          A customer of {store?.name ?? "a store that is gone"}
        </span>
        <Badge className="bg-muted text-muted-foreground">Answered</Badge>
      </p>
      <p className="text-sm wrap-anywhere text-muted-foreground tabular-nums">
        Asked through {provider} <Ago instant={requested_at} /> · answered
        {answered_by && ` by ${answered_by}`} {answered_at && <Time instant={answered_at} />}
      </p>
    </li>
  );
}
