import { ChevronRight } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Refusal } from "@/components/ui/refusal";
import { Ago } from "@/components/ui/time";
import type { DeadDelivery, Integration } from "@/lib/api/types";
import { cn } from "@/lib/cn";
import { formatAgo } from "@/lib/format/date";
import { formatCount } from "@/lib/format/number";
import { sentence } from "@/lib/format/text";
import { newsOf, thingOf } from "./deliveries";
import { DeliveryMessage } from "./delivery-message";
import { useDiscard, useReplay } from "./delivery-queries";
import { DiscardQuestion } from "./discard-question";

interface DeliveryRowProps {
  delivery: DeadDelivery;
  connection: Integration;
  onTried: (count: number) => void;
}

/** A message that could not be used: what it is about, why it could not be, and what to do with it. */
export function DeliveryRow({ delivery, connection, onTried }: DeliveryRowProps) {
  const { id, topic, happened_at, received_at, attempts, problem } = delivery;
  const name = useId();
  const message = useId();
  const [open, setOpen] = useState(false);
  const [asked, setAsked] = useState(false);
  const wasAsked = useRef(false);
  const discardButton = useRef<HTMLButtonElement>(null);
  const replay = useReplay(connection, onTried);
  const discard = useDiscard(connection);
  const news = newsOf(delivery);
  const thing = thingOf(delivery);

  useEffect(() => {
    // The question is gone, and the button that asked it is back.
    if (wasAsked.current && !asked) discardButton.current?.focus();
    wasAsked.current = asked;
  }, [asked]);

  return (
    <li aria-labelledby={name} className="flex flex-col gap-2 px-5 py-3.5">
      <div>
        <p id={name} className="wrap-anywhere">
          <span className="font-medium">{news ?? topic}</span>
          {thing && <span className="text-muted-foreground"> · {thing}</span>}
        </p>
        <p className="wrap-anywhere">{sentence(problem.detail)}</p>
        <p className="text-sm wrap-anywhere text-muted-foreground tabular-nums">
          {news && <>{topic} · </>}
          {happened_at && formatAgo(happened_at) !== formatAgo(received_at) && (
            <>
              happened <Ago instant={happened_at} /> ·{" "}
            </>
          )}
          came <Ago instant={received_at} /> · tried{" "}
          {attempts === 1 ? "once" : `${formatCount(attempts)} times`}
        </p>
      </div>
      {asked ? (
        <DiscardQuestion
          busy={discard.isPending}
          what={name}
          onDiscard={() => discard.mutate(id)}
          onKeep={() => {
            discard.reset();
            setAsked(false);
          }}
        />
      ) : (
        <div className="flex flex-wrap items-center gap-2">
          <Button
            size="sm"
            aria-disabled={replay.isPending}
            aria-describedby={name}
            onClick={() => {
              if (!replay.isPending) replay.mutate(id);
            }}
          >
            {replay.isPending ? "Asking…" : "Try again"}
          </Button>
          <Button
            ref={discardButton}
            size="sm"
            variant="ghost"
            aria-describedby={name}
            onClick={() => setAsked(true)}
          >
            Discard…
          </Button>
          <Button
            size="sm"
            variant="ghost"
            className="ml-auto"
            aria-expanded={open}
            aria-controls={message}
            aria-describedby={name}
            onClick={() => setOpen(!open)}
          >
            <ChevronRight
              aria-hidden
              className={cn("transition-transform duration-100", open && "rotate-90")}
            />
            Message
          </Button>
        </div>
      )}
      {replay.error && <Refusal error={replay.error} />}
      {discard.error && <Refusal error={discard.error} />}
      {open && (
        <div id={message}>
          <DeliveryMessage id={id} />
        </div>
      )}
    </li>
  );
}
