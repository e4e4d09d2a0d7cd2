import { FileSpreadsheet, X } from "lucide-react";
import { Button } from "@/components/ui/button";
import { formatBytes } from "@/lib/format/number";
import { looksLikeOrders } from "./files";

interface ChosenFilesProps {
  files: File[];
  onRemove: (file: File) => void;
}

export function ChosenFiles({ files, onRemove }: ChosenFilesProps) {
  return (
    <ul aria-label="Chosen files" className="flex flex-col gap-2">
      {files.map((file, index) => (
        <li key={`${file.name}-${index}`} className="flex items-center gap-3 rounded-md border px-3 py-2">
          <FileSpreadsheet aria-hidden className="size-5 shrink-0 text-muted-foreground" strokeWidth={1.5} />
          <div className="min-w-0 flex-1">
            <p className="truncate">{file.name}</p>
            {looksLikeOrders(file) ? (
              <p className="text-sm text-muted-foreground tabular-nums">{formatBytes(file.size)}</p>
            ) : (
              <p className="text-sm text-bad">Only .csv and .csv.gz files can be imported.</p>
            )}
          </div>
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label={`Remove ${file.name}`}
            onClick={() => onRemove(file)}
          >
            <X />
          </Button>
        </li>
      ))}
    </ul>
  );
}
