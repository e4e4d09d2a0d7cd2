import { useQuery } from "@tanstack/react-query";
import { Progress } from "@/components/ui/progress";
import { ErrorState } from "@/components/ui/states";
import { formatBytes } from "@/lib/format/number";
import { ImportStatus } from "./import-status";
import { importQuery } from "./queries";
import { uploadShare, type Upload } from "./uploads";
import { useUploads } from "./uploads-context";

interface UploadItemProps {
  upload: Upload;
  timezone: string;
}

/** A file from the moment it is sent to the last of its rows. */
export function UploadItem({ upload, timezone }: UploadItemProps) {
  return (
    <li className="flex flex-col gap-2">
      <p className="truncate font-medium">{upload.file.name}</p>
      <UploadState upload={upload} timezone={timezone} />
    </li>
  );
}

function UploadState({ upload, timezone }: UploadItemProps) {
  const { retry } = useUploads();
  const { state } = upload;
  switch (state.phase) {
    case "waiting":
      return <p className="text-sm text-muted-foreground">Waiting for the file before it.</p>;
    case "sending":
      return (
        <div className="flex flex-col gap-1.5">
          <Progress value={uploadShare(upload)} label={`Sending ${upload.file.name}`} />
          <p className="text-sm text-muted-foreground tabular-nums">
            Sending {formatBytes(state.sent)} of {formatBytes(state.total)}
          </p>
        </div>
      );
    case "refused":
      return (
        <ErrorState
          title="The file was not taken. Nothing has changed."
          error={state.error}
          onRetry={() => retry(upload)}
        />
      );
    case "unanswered":
      return (
        <ErrorState
          title="It is not known whether the file arrived."
          error={state.error}
          onRetry={() => retry(upload)}
          retryTitle="Send it again"
        />
      );
    case "accepted":
      return <AcceptedImport id={state.importId} timezone={timezone} />;
  }
}

function AcceptedImport({ id, timezone }: { id: string; timezone: string }) {
  const query = useQuery(importQuery(id));
  if (query.data) return <ImportStatus item={query.data} timezone={timezone} />;
  if (query.isError) {
    return (
      <ErrorState
        title="The import goes on, but its progress could not be loaded"
        error={query.error}
        onRetry={() => void query.refetch()}
      />
    );
  }
  return <p className="text-sm text-muted-foreground">Waiting for its turn.</p>;
}
