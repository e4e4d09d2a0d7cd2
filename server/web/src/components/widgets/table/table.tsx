import { useMemo, useState } from "react";
import { SortableHead, Table, TableCell, TableRow } from "@/components/ui/table";
import { cn } from "@/lib/cn";
import type { QueryRequest } from "@/lib/api/types";
import { trendQuestion } from "@/lib/dashboards/trend";
import { useWidgetQuery } from "@/lib/metrics/widget-query";
import { changeOf, measureIn, unequalPeriods, valueOf } from "@/lib/metrics/response";
import type { KindProps } from "../kind";
import { readPrecision } from "../metric-facts";
import { Nothing } from "../nothing";
import { thresholdOf } from "../thresholds";
import { FigureCell } from "./figure-cell";
import { Pages } from "./pages";
import { columnsOf, linesOf, partialIn, sortLines, toggleSort, trendsOf, type Sort } from "./table-data";
import { TotalsRow } from "./totals-row";

/** As many rows as a page has unless it is told. */
const PAGE = 50;

interface TableWidgetProps extends KindProps {
  question: QueryRequest | null;
}

/** Rows that can be put in another order, a page at a time. */
export function TableWidget({ widget, title, response, registry, question }: TableWidgetProps) {
  const { display } = widget;
  const [sort, setSort] = useState<Sort | null>(null);
  const [wantedPage, setPage] = useState(0);
  const columns = useMemo(() => columnsOf(response, display), [response, display]);
  const lines = useMemo(() => linesOf(response), [response]);
  const sorted = useMemo(() => sortLines(lines, columns, sort), [lines, columns, sort]);
  const { trends, partial } = useTrends(widget.id, question, columns);
  if (lines.length === 0) return <Nothing response={response} />;

  const size = Math.max(display.page_size ?? PAGE, 1);
  const page = Math.min(wantedPage, Math.ceil(sorted.length / size) - 1);
  const shown = sorted.slice(page * size, (page + 1) * size);
  const isFair = unequalPeriods(response) === null;
  const precision = (column: (typeof columns)[number]) =>
    display.precision ?? readPrecision(column.key, column.measure, registry);
  return (
    <div className="@container flex min-h-0 flex-1 flex-col">
      <Table label={title} className="tabular-nums" containerClassName="min-h-0 flex-1">
        <thead className="sticky top-0 z-10 bg-card">
          <tr>
            {columns.map((column) => (
              <SortableHead
                key={column.key}
                title={column.title}
                description={registry?.metrics.find(({ id }) => id === column.key)?.description}
                direction={sort?.key === column.key ? sort.direction : null}
                onSort={() => {
                  setSort(toggleSort(sort, column));
                  setPage(0);
                }}
                className={cn(!column.isFigure && "text-left [&_button]:flex-row-reverse")}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((line) => (
            <TableRow key={line.key}>
              {columns.map((column) => {
                const name = Object.values(line.names)
                  .map(({ text }) => text)
                  .join(", ");
                if (!column.isFigure) {
                  const text = line.names[column.key]?.text ?? "";
                  return (
                    <TableCell key={column.key} className="max-w-64 min-w-24">
                      <span className="line-clamp-2 break-words" title={text}>
                        {text}
                      </span>
                    </TableCell>
                  );
                }
                const value = valueOf(line.row, column.key);
                return (
                  <FigureCell
                    key={column.key}
                    column={column}
                    measure={measureIn(line.row, response, column.key)}
                    value={value}
                    change={changeOf(line.row, column.key)}
                    isFair={isFair}
                    precision={precision(column)}
                    threshold={thresholdOf(value, column.key, display.thresholds)}
                    trend={trends.get(column.key)?.get(line.group)}
                    partial={partial}
                    name={name}
                  />
                );
              })}
            </TableRow>
          ))}
        </tbody>
        {display.totals !== false && (
          <TotalsRow columns={columns} response={response} precision={precision} />
        )}
      </Table>
      {(sorted.length > size || response.truncated) && (
        <Pages page={page} size={size} count={sorted.length} total={response.total_rows} onPage={setPage} />
      )}
    </div>
  );
}

/** The lines of the columns that have one; they are asked for beside the table, and it is whole without them. */
function useTrends(id: string, question: QueryRequest | null, columns: ReturnType<typeof columnsOf>) {
  const wanted = columns.filter(({ hasTrend }) => hasTrend).map(({ key }) => key);
  const asked = question && wanted.length > 0 ? trendQuestion(question) : null;
  const { data } = useWidgetQuery(`${id}:trend`, asked);
  return {
    trends: new Map(wanted.map((key) => [key, trendsOf(data, key)])),
    partial: data ? partialIn(data) : [],
  };
}
