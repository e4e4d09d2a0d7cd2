import { useEffect, useRef } from "react";
import { Button } from "@/components/ui/button";

interface DiscardQuestionProps {
  busy: boolean;
  /** The element that names what would be discarded. */
  what: string;
  onDiscard: () => void;
  onKeep: () => void;
}

/** Asks in place of the button that was pressed. */
export function DiscardQuestion({ busy, what, onDiscard, onKeep }: DiscardQuestionProps) {
  const keep = useRef<HTMLButtonElement>(null);
  // Whoever presses twice has not answered.
  useEffect(() => keep.current?.focus(), []);
  return (
    <div role="group" aria-label="Discard it?" className="flex flex-wrap items-center gap-2">
      <p className="min-w-0 flex-1 basis-56 text-sm">What it tells of is lost then, for good.</p>
      <div className="flex gap-2">
        <Button
          size="sm"
          variant="danger"
          aria-disabled={busy}
          aria-describedby={what}
          onClick={() => {
            if (!busy) onDiscard();
          }}
        >
          {busy ? "Discarding…" : "Discard it"}
        </Button>
        <Button ref={keep} size="sm" onClick={onKeep}>
          Keep it
        </Button>
      </div>
    </div>
  );
}
