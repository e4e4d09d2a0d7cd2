import { ChangeBadge } from "@/components/change-badge";
import { EmptyState } from "@/components/ui/states";
import { SortableHead, Table, TableCell, TableHead, TableRow } from "@/components/ui/table";
import type { QueryResponse } from "@/lib/api/types";
import { formatShare, formatValue, toNumber } from "@/lib/format/number";
import { useMetricDescription } from "@/lib/metrics/registry";
import { changeOf, goodWay, measureOf, textOf, totalOf, valueOf } from "@/lib/metrics/response";
import { PRODUCT_REVENUE, sortDirection, toggledSort, UNITS } from "./products-order";
import type { ProductSort } from "./view";

interface ProductsTableProps {
  response: QueryResponse;
  sort: ProductSort;
  /** How far the data reach, where these days are not among them. */
  outside: string | null;
  onSort: (sort: ProductSort) => void;
}

export function ProductsTable({ response, sort, outside, onSort }: ProductsTableProps) {
  const description = useMetricDescription(PRODUCT_REVENUE);
  if (response.rows.length === 0) {
    return (
      <EmptyState title={outside ? "No data for these days" : "No products sold in these days"}>
        {outside} The products that bring in the most would be listed here. Choose other days to see them.
      </EmptyState>
    );
  }
  const money = measureOf(response, PRODUCT_REVENUE);
  const total = toNumber(totalOf(response, PRODUCT_REVENUE));
  const largest = Math.max(...response.rows.map((row) => toNumber(valueOf(row, PRODUCT_REVENUE)) ?? 0));
  const tone = goodWay(response, PRODUCT_REVENUE);
  const compared = response.rows.some((row) => changeOf(row, PRODUCT_REVENUE) !== null);
  return (
    <Table label="Top products" className="mb-2 tabular-nums">
      <thead>
        <tr>
          <TableHead className="w-full">Product</TableHead>
          <SortableHead
            title="Product revenue"
            description={description}
            direction={sortDirection(sort, "revenue")}
            onSort={() => onSort(toggledSort(sort, "revenue"))}
          />
          <TableHead className="hidden text-right sm:table-cell">Share</TableHead>
          {compared && <TableHead className="hidden text-right sm:table-cell">Change</TableHead>}
          <SortableHead
            title="Units"
            direction={sortDirection(sort, "units")}
            onSort={() => onSort(toggledSort(sort, "units"))}
          />
        </tr>
      </thead>
      <tbody>
        {response.rows.map((row, index) => {
          const name = textOf(row, "product", "Without a name");
          const revenue = valueOf(row, PRODUCT_REVENUE);
          const change = changeOf(row, PRODUCT_REVENUE);
          return (
            <TableRow key={`${name}-${index}`}>
              <TableCell className="max-w-0">
                <span className="line-clamp-2 sm:line-clamp-1" title={name}>
                  {name}
                </span>
              </TableCell>
              <TableCell className="text-right whitespace-nowrap">{formatValue(revenue, money)}</TableCell>
              <TableCell className="hidden text-right text-muted-foreground sm:table-cell">
                <Share part={toNumber(revenue)} whole={total} largest={largest} />
              </TableCell>
              {compared && (
                <TableCell className="hidden text-right text-sm sm:table-cell">
                  {change && <ChangeBadge change={change} higherIsBetter={tone} />}
                </TableCell>
              )}
              <TableCell className="text-right">
                {formatValue(valueOf(row, UNITS), { unit: "count" })}
              </TableCell>
            </TableRow>
          );
        })}
      </tbody>
    </Table>
  );
}

interface ShareProps {
  part: number | null;
  whole: number | null;
  largest: number;
}

/** A product's part of all product revenue as a number, and beside the largest as a bar. */
function Share({ part, whole, largest }: ShareProps) {
  if (part === null || whole === null || whole <= 0 || largest <= 0) return null;
  return (
    <span className="flex items-center justify-end gap-2 text-sm">
      <span aria-hidden className="hidden h-1 w-16 overflow-hidden rounded-full bg-muted lg:inline-block">
        <span
          className="block h-full rounded-full bg-accent/60"
          style={{ width: `${Math.max(part / largest, 0) * 100}%` }}
        />
      </span>
      <span className="w-12">{formatShare(part / whole)}</span>
    </span>
  );
}
