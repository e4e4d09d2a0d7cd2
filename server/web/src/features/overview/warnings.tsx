import { Info } from "lucide-react";
import type { QueryResponse } from "@/lib/api/types";
import { sentence } from "@/lib/format/text";

/** What the server would have a reader of the numbers know. */
export function Warnings({ response }: { response: QueryResponse }) {
  const details = [...new Set(response.meta.warnings.map((warning) => warning.detail))];
  if (details.length === 0) return null;
  return (
    <ul className="flex flex-col gap-1 border-t px-4 py-2.5 text-sm text-muted-foreground sm:px-5">
      {details.map((detail) => (
        <li key={detail} className="flex items-start gap-2">
          <Info aria-hidden className="mt-0.5 size-3.5 shrink-0" />
          {sentence(detail)}
        </li>
      ))}
    </ul>
  );
}
