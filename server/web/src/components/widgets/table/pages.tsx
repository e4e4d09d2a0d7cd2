import { ChevronLeft, ChevronRight } from "lucide-react";
import { Button } from "@/components/ui/button";
import { formatCount } from "@/lib/format/number";

interface PagesProps {
  page: number;
  size: number;
  count: number;
  /** How many there are, were all of them listed. */
  total: number;
  onPage: (page: number) => void;
}

/** Which rows of how many are shown, and the way to the others. */
export function Pages({ page, size, count, total, onPage }: PagesProps) {
  const pages = Math.ceil(count / size);
  const first = page * size + 1;
  const last = Math.min(first + size - 1, count);
  return (
    <div className="flex min-h-10 items-center justify-between gap-2 border-t px-4 text-sm text-muted-foreground">
      <p className="tabular-nums">
        {formatCount(first)}–{formatCount(last)} of {formatCount(count)}
        {total > count && ` (${formatCount(total)} in all)`}
      </p>
      {pages > 1 && (
        <div className="flex print:hidden" data-picture="skip">
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label="Rows before"
            disabled={page === 0}
            onClick={() => onPage(page - 1)}
          >
            <ChevronLeft aria-hidden />
          </Button>
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label="Rows after"
            disabled={page >= pages - 1}
            onClick={() => onPage(page + 1)}
          >
            <ChevronRight aria-hidden />
          </Button>
        </div>
      )}
    </div>
  );
}
