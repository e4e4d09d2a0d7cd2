import { TriangleAlert } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { messagesOf } from "./deliveries";
import { DeliveriesDialog } from "./deliveries-dialog";
import type { Rights } from "./rights";
import type { Source } from "./states";

interface DeliveryNoticeProps {
  source: Source;
  rights: Rights | null;
  /** Where to go on when the notice is gone. */
  card: () => HTMLElement | null;
}

/** What a provider told by itself and nothing could be made of; whoever connects sources can look at it. */
export function DeliveryNotice({ source, rights, card }: DeliveryNoticeProps) {
  const { connection, title } = source;
  const count = connection.dead_deliveries;
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      {count > 0 && (
        <div className="flex flex-wrap items-start gap-x-3 gap-y-2 rounded-md bg-warn-soft px-3 py-2.5">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
          <div className="min-w-0 flex-1 basis-52">
            <p className="wrap-anywhere">
              {messagesOf(count)} from {title} could not be used
            </p>
            <p className="text-sm text-muted-foreground">
              What {count === 1 ? "it tells" : "they tell"} of may be missing here.
              {rights && !rights.connect && " Admins and owners can look into it."}
            </p>
          </div>
          {rights?.connect && (
            <Button
              ref={button}
              size="sm"
              aria-label={`Look at the messages from ${title}`}
              onClick={() => setOpen(true)}
            >
              Look at {count === 1 ? "it" : "them"}
            </Button>
          )}
        </div>
      )}
      {/* Besides the notice, which goes with the last message. */}
      {open && (
        <DeliveriesDialog
          source={source}
          onClose={() => setOpen(false)}
          returnTo={() => button.current ?? card()}
        />
      )}
    </>
  );
}
