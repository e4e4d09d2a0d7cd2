import { Table, TableCell, TableHead, TableRow } from "@/components/ui/table";
import { cn } from "@/lib/cn";
import type { QueryResponse } from "@/lib/api/types";
import { answerTable } from "./answer-table";

/** As many rows as a page can be made of in a moment; a file has all of them. */
export const MOST_ROWS = 500;

/** The figures of an answer, as they are. */
export function DataTable({ title, response }: { title: string; response: QueryResponse }) {
  const { columns, rows, totals } = answerTable(response);
  if (rows.length === 0) {
    return <p className="px-5 pb-6 text-muted-foreground">There are no rows for these days.</p>;
  }
  const align = (index: number) => cn(columns[index]?.isFigure && "text-right");
  return (
    <Table
      label={`${title}, data`}
      className="tabular-nums"
      containerClassName="min-h-0 flex-1 rounded-b-lg border-t"
    >
      <thead className="sticky top-0 z-10 bg-popover">
        <tr>
          {columns.map(({ title: heading, unit }, index) => (
            <TableHead key={heading} className={align(index)}>
              {heading}
              {unit !== null && ` (${unit})`}
            </TableHead>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.slice(0, MOST_ROWS).map((row, at) => (
          <TableRow key={`${at} ${row[0]?.raw ?? ""}`}>
            {row.map(({ text }, index) => (
              <TableCell key={columns[index]?.title} className={cn("whitespace-nowrap", align(index))}>
                {text}
              </TableCell>
            ))}
          </TableRow>
        ))}
      </tbody>
      {totals && (
        <tfoot className="sticky bottom-0 bg-popover font-medium shadow-[inset_0_1px_0_var(--border)]">
          <tr>
            {totals.map(({ text }, index) => (
              <TableCell key={columns[index]?.title} className={cn("whitespace-nowrap", align(index))}>
                {text}
              </TableCell>
            ))}
          </tr>
        </tfoot>
      )}
    </Table>
  );
}
