import { useInfiniteQuery } from "@tanstack/react-query";
import { Clock, Upload } from "lucide-react";
import { Button } from "@/components/ui/button";
import { formatShare } from "@/lib/format/number";
import { useImportCenter } from "./import-context";
import { importsQuery, isActive } from "./queries";
import { uploadShare } from "./uploads";
import { useUploads } from "./uploads-context";

/** The way into importing, which tells how far an import is while one is under way, or that it waits. */
export function ImportIndicator({ storeId }: { storeId: string }) {
  const center = useImportCenter();
  const { uploads } = useUploads();
  const { data: imports } = useInfiniteQuery(importsQuery(storeId));
  const sending = uploads.find((upload) => upload.storeId === storeId && upload.state.phase === "sending");
  const running = imports?.find(({ status }) => status === "running");
  const share = running ? running.progress : sending ? uploadShare(sending) : null;
  const going = running !== undefined || sending !== undefined;
  const waiting = !going && (imports?.some(isActive) ?? false);
  const progress = share === null ? "Importing" : `Importing ${formatShare(share, 0)}`;
  const text = going ? progress : waiting ? "Import waiting" : "Import";
  const Icon = waiting ? Clock : Upload;
  return (
    <Button
      size="sm"
      onClick={center.open}
      // Begins with what is seen, so that the button can be called by it.
      aria-label={going || waiting ? `${text}. Show the import` : `${text} orders`}
    >
      <Icon
        aria-hidden
        className={going ? "animate-breathe text-accent" : waiting ? "text-accent" : undefined}
      />
      <span className="hidden tabular-nums sm:inline">{text}</span>
    </Button>
  );
}
