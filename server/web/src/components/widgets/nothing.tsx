import type { QueryResponse } from "@/lib/api/types";
import { whyMissing } from "./why-missing";

/** For days without anything to draw. */
export function Nothing({ response }: { response: QueryResponse }) {
  return (
    <div className="flex flex-1 flex-col items-center justify-center gap-0.5 px-4 text-center">
      <p className="font-medium">Nothing to show for these days</p>
      <p className="max-w-sm text-sm text-muted-foreground">{whyMissing(response)}</p>
    </div>
  );
}
