import type { ReactNode } from "react";
import { ChangeBadge } from "@/components/change-badge";
import { Sparkline } from "@/components/charts";
import { Badge } from "@/components/ui/badge";
import { SortableHead, Table, TableCell, TableHead, TableRow } from "@/components/ui/table";
import type { Store } from "@/lib/api/types";
import { zoneOffset } from "@/lib/format/date";
import { formatValue } from "@/lib/format/number";
import { storeColour } from "@/lib/store-colour";
import { FIGURES, sortDirection, toggledSort, type Sort } from "./columns";
import type { Figure, StoreRow } from "./rows";

interface PortfolioTableProps {
  rows: readonly StoreRow[];
  /** All stores together; null where their amounts are not in one currency. */
  sum: StoreRow["figures"] | null;
  /** Every store that there is, whose colours are the same everywhere. */
  stores: readonly Store[];
  sort: Sort;
  onSort: (sort: Sort) => void;
  storeLink: (store: Store) => ReactNode;
}

/** A store a row. Amounts in several currencies are not held against one another, and so are not sorted by. */
export function PortfolioTable({ rows, sum, stores, sort, onSort, storeLink }: PortfolioTableProps) {
  return (
    <Table label="Stores" className="mb-2 tabular-nums">
      <thead>
        <tr>
          <TableHead aria-sort={ariaSort(sortDirection(sort, "name"))}>
            <button
              type="button"
              className="-mx-1.5 rounded px-1.5 py-1 hover:text-foreground"
              onClick={() => onSort(toggledSort(sort, "name"))}
            >
              Store
            </button>
          </TableHead>
          {FIGURES.map(({ id, title, isMoney }) =>
            isMoney && sum === null ? (
              <TableHead key={id} className="text-right">
                {title}
              </TableHead>
            ) : (
              <SortableHead
                key={id}
                title={title}
                direction={sortDirection(sort, id)}
                onSort={() => onSort(toggledSort(sort, id))}
              />
            ),
          )}
          <TableHead>Revenue over time</TableHead>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ store, figures, trend }) => (
          <TableRow key={store.id}>
            <th scope="row" className="min-w-44 py-2 pl-4 text-left font-normal sm:pl-5">
              <span className="flex items-center gap-2">
                <span
                  aria-hidden
                  className="size-2.5 shrink-0 rounded-[3px]"
                  style={{ backgroundColor: storeColour(store.id, stores) }}
                />
                {storeLink(store)}
                {store.sample_data_at && <Badge>Sample data</Badge>}
              </span>
              <span className="block pl-4.5 text-sm text-muted-foreground">
                {store.timezone.replaceAll("_", " ")} ({zoneOffset(store.timezone)})
              </span>
            </th>
            {FIGURES.map(({ id }) => (
              <FigureCell key={id} figure={figures[id]} />
            ))}
            <TableCell className="min-w-36">
              {trend.values.length > 1 && (
                <Sparkline
                  values={trend.values}
                  partial={trend.partial}
                  label={`Revenue of ${store.name} over time`}
                />
              )}
            </TableCell>
          </TableRow>
        ))}
      </tbody>
      {sum && rows.length > 1 && (
        <tfoot>
          <TableRow className="font-medium">
            <th scope="row" className="py-2 pl-4 text-left font-medium sm:pl-5">
              All {rows.length} stores
            </th>
            {FIGURES.map(({ id }) => (
              <FigureCell key={id} figure={sum[id]} />
            ))}
            <TableCell />
          </TableRow>
        </tfoot>
      )}
    </Table>
  );
}

function ariaSort(direction: "asc" | "desc" | null): "ascending" | "descending" | "none" {
  if (direction === null) return "none";
  return direction === "asc" ? "ascending" : "descending";
}

function FigureCell({ figure: { value, change, measure, higherIsBetter } }: { figure: Figure }) {
  return (
    <TableCell className="text-right whitespace-nowrap">
      <span title={formatValue(value, measure)}>{formatValue(value, measure, "compact")}</span>
      {change && (
        <span className="block text-sm">
          <ChangeBadge change={change} higherIsBetter={higherIsBetter} />
        </span>
      )}
    </TableCell>
  );
}
