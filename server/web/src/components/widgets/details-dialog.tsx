import { FileDown } from "lucide-react";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Dialog, DialogContent, DialogTitle } from "@/components/ui/dialog";
import { Segmented } from "@/components/ui/segmented";
import type { QueryResponse, Registry } from "@/lib/api/types";
import { formatPeriod } from "@/lib/format/date";
import { formatCount } from "@/lib/format/number";
import { saveCsv, tsvOf } from "./csv";
import { DataTable, MOST_ROWS } from "./data-table";
import { Explanation } from "./explanation";
import type { Details } from "./widget-menu";

interface DetailsDialogProps {
  title: string;
  response: QueryResponse;
  registry: Registry | undefined;
  shown: Details;
  onShow: (shown: Details) => void;
  onClose: () => void;
  returnTo: () => HTMLElement | null;
}

/** What is behind a widget: its figures to the last digit, or how they came to be. */
export default function DetailsDialog(props: DetailsDialogProps) {
  const { title, response, registry, shown, onShow, onClose, returnTo } = props;
  const listed = Math.min(response.rows.length, MOST_ROWS);
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <DialogContent aria-describedby={undefined} className="max-w-4xl" returnTo={returnTo}>
        <div className="flex flex-col gap-3 p-5 pb-3">
          <div className="pr-10">
            <DialogTitle>{title}</DialogTitle>
            <p className="text-sm text-muted-foreground">{formatPeriod(response.meta.range)}</p>
          </div>
          <div className="flex flex-wrap items-center justify-between gap-2">
            <Segmented
              label="What is shown"
              value={shown}
              onChange={onShow}
              options={[
                { value: "data", title: "Data" },
                { value: "question", title: "How it was computed" },
              ]}
            />
            {shown === "data" && (
              <div className="flex gap-2">
                <CopyButton size="sm" text={tsvOf(response)} title="Copy" />
                <Button size="sm" onClick={() => saveCsv(title, response)}>
                  <FileDown aria-hidden /> CSV
                </Button>
              </div>
            )}
          </div>
        </div>
        {shown === "data" ? (
          <DataTable title={title} response={response} />
        ) : (
          <Explanation response={response} registry={registry} />
        )}
        {shown === "data" && listed < response.total_rows && (
          <p className="border-t px-5 py-2.5 text-sm text-muted-foreground">
            {formatCount(listed)} of {formatCount(response.total_rows)} rows
            {listed < response.rows.length && "; the file has more of them"}.
          </p>
        )}
      </DialogContent>
    </Dialog>
  );
}
