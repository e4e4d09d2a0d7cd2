import { CircleCheck, CircleDashed, CircleDot } from "lucide-react";
import { cn } from "@/lib/cn";
import type { streamsOf } from "./syncs";

type Stream = ReturnType<typeof streamsOf>[number];

const LOOKS: Record<Stream["state"], { Icon: typeof CircleDot; icon: string; text: string }> = {
  done: { Icon: CircleCheck, icon: "text-good", text: "" },
  reading: { Icon: CircleDot, icon: "animate-breathe text-accent", text: "font-medium" },
  "to come": { Icon: CircleDashed, icon: "text-muted-foreground", text: "text-muted-foreground" },
};

/** What is read one after the other, and how far each is. */
export function StreamList({ streams }: { streams: Stream[] }) {
  if (streams.length === 0) return null;
  return (
    <ul aria-label="What is read" className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
      {streams.map(({ id, title, state }) => {
        const { Icon, icon, text } = LOOKS[state];
        return (
          <li key={id} className={cn("flex items-center gap-1.5", text)}>
            <Icon aria-hidden className={cn("size-4 shrink-0", icon)} />
            {title}
            <span className="sr-only">, {state}</span>
          </li>
        );
      })}
    </ul>
  );
}
