import { FileDown } from "lucide-react";
import { useId } from "react";
import { cn } from "@/lib/cn";

interface FileChooserProps {
  compact: boolean;
  onFiles: (files: File[]) => void;
}

/** A native file field in the form of a drop area; what is dropped is taken by the page as a whole. */
export function FileChooser({ compact, onFiles }: FileChooserProps) {
  const id = useId();
  return (
    <div>
      <input
        id={id}
        type="file"
        multiple
        accept=".csv,.gz,text/csv,application/gzip"
        className="peer sr-only"
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = "";
        }}
      />
      <label
        htmlFor={id}
        className={cn(
          "flex cursor-pointer flex-col items-center justify-center rounded-lg border border-dashed border-input text-center transition-colors hover:border-accent hover:bg-accent-soft/40",
          "peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-accent",
          compact ? "px-4 py-3 text-sm" : "gap-2 px-6 py-10",
        )}
      >
        {!compact && <FileDown aria-hidden className="size-7 text-muted-foreground" strokeWidth={1.5} />}
        <span>
          {compact ? "Drop more files here, or " : "Drop files anywhere on the page, or "}
          <span className="font-medium text-accent">choose {compact ? "more" : "them"}</span>
        </span>
        {!compact && (
          <span className="text-sm text-muted-foreground">
            In Shopify: Orders, Export, “Plain CSV file”. Gzip is fine too.
          </span>
        )}
      </label>
    </div>
  );
}
