import { TableCell } from "@/components/ui/table";
import type { QueryResponse } from "@/lib/api/types";
import { formatValue, type Precision } from "@/lib/format/number";
import { goodWay, totalChangeOf, totalOf } from "@/lib/metrics/response";
import { CellChange } from "./cell-change";
import type { TableColumn } from "./table-data";

interface TotalsRowProps {
  columns: TableColumn[];
  response: QueryResponse;
  precision: (column: TableColumn) => Precision;
}

/** What the server says the whole comes to, be all of it listed or not; rows are never added up here. */
export function TotalsRow({ columns, response, precision }: TotalsRowProps) {
  const known = columns.filter(({ key, isFigure }) => isFigure && totalOf(response, key) !== null);
  if (known.length === 0 || columns[0]?.isFigure !== false) return null;
  return (
    <tfoot className="sticky bottom-0 z-10 bg-card font-medium shadow-[inset_0_1px_0_var(--border)]">
      <tr>
        {columns.map((column, index) => (
          <TableCell key={column.key} className={column.isFigure ? "text-right whitespace-nowrap" : ""}>
            {index === 0 && "Total"}
            {column.isFigure && (
              <span className="inline-flex items-center justify-end gap-2">
                {formatValue(totalOf(response, column.key), column.measure, precision(column))}
                <TotalChange column={column} response={response} />
              </span>
            )}
          </TableCell>
        ))}
      </tr>
    </tfoot>
  );
}

function TotalChange({ column, response }: { column: TableColumn; response: QueryResponse }) {
  const change = totalChangeOf(response, column.key);
  return change && <CellChange change={change} higherIsBetter={goodWay(response, column.key)} />;
}
