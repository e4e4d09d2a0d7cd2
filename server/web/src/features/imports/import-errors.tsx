import { Table, TableCell, TableHead, TableRow } from "@/components/ui/table";
import type { CellError } from "@/lib/api/types";
import { formatCount } from "@/lib/format/number";

interface ImportErrorsProps {
  errors: CellError[];
  /** All there were; only the first of them are listed. */
  total: number;
}

/** Where a file is wrong: the cell, what stands in it, and what should. */
export function ImportErrors({ errors, total }: ImportErrorsProps) {
  return (
    <div className="overflow-hidden rounded-md border">
      <Table label="Cells that could not be read" className="min-w-lg" containerClassName="max-h-72">
        <thead className="sticky top-0 bg-muted">
          <tr>
            <TableHead className="text-right">Line</TableHead>
            <TableHead>Column</TableHead>
            <TableHead className="min-w-36">Value</TableHead>
            <TableHead className="w-full">Expected</TableHead>
          </tr>
        </thead>
        <tbody>
          {errors.map((error, index) => (
            <TableRow key={index}>
              <TableCell className="text-right tabular-nums">{formatCount(error.line)}</TableCell>
              <TableCell className="whitespace-nowrap">{error.column}</TableCell>
              <TableCell>
                {error.value === "" ? (
                  <span className="text-muted-foreground">empty</span>
                ) : (
                  <code className="font-mono text-sm break-all text-bad">{error.value}</code>
                )}
              </TableCell>
              <TableCell>{error.expected}</TableCell>
            </TableRow>
          ))}
        </tbody>
      </Table>
      {total > errors.length && (
        <p className="border-t px-3 py-2 text-sm text-muted-foreground tabular-nums">
          The first {formatCount(errors.length)} of {formatCount(total)} are listed.
        </p>
      )}
    </div>
  );
}
