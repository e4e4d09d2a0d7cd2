import { useInfiniteQuery } from "@tanstack/react-query";
import { Upload } from "lucide-react";
import { Button } from "@/components/ui/button";
import { formatShare } from "@/lib/format/number";
import { useImportCenter } from "./import-context";
import { importsQuery, isActive } from "./queries";
import { uploadShare } from "./uploads";
import { useUploads } from "./uploads-context";

/** The way into importing, which tells how far an import is while one is under way. */
export function ImportIndicator({ storeId }: { storeId: string }) {
  const center = useImportCenter();
  const { uploads } = useUploads();
  const { data: imports } = useInfiniteQuery(importsQuery(storeId));
  const sending = uploads.find((upload) => upload.storeId === storeId && upload.state.phase === "sending");
  const running = imports?.find(isActive);
  const share = running ? running.progress : sending ? uploadShare(sending) : null;
  const busy = running !== undefined || sending !== undefined;
  const text = !busy ? "Import" : share === null ? "Importing" : `Importing ${formatShare(share, 0)}`;
  return (
    <Button
      size="sm"
      onClick={center.open}
      // Begins with what is seen, so that the button can be called by it.
      aria-label={busy ? `${text}. Show the import` : `${text} orders`}
    >
      <Upload aria-hidden className={busy ? "animate-breathe text-accent" : undefined} />
      <span className="hidden tabular-nums sm:inline">{text}</span>
    </Button>
  );
}
