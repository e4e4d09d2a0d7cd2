import { Star } from "lucide-react";
import { BarList, type BarRow } from "@/components/charts";
import { cn } from "@/lib/cn";
import { formatCount, formatShare, formatValue, toNumber } from "@/lib/format/number";
import { columnOf, measureOf, textOf, totalOf, valueOf } from "@/lib/metrics/response";
import type { KindProps } from "../kind";
import { Compared } from "../kpi-figure";
import { Nothing } from "../nothing";

const RATING = "judgeme.rating";
const REVIEWS = "judgeme.reviews";
const STARS = [5, 4, 3, 2, 1];

/** What customers think of the products: the mean of their stars, and how many gave how many. */
export default function Reviews({ title, response }: KindProps) {
  const total = toNumber(totalOf(response, REVIEWS)) ?? 0;
  const rating = totalOf(response, RATING);
  if (total === 0) return <Nothing response={response} />;
  const counts = new Map(response.rows.map((row) => [textOf(row, "rating", ""), valueOf(row, REVIEWS)]));
  const most = Math.max(...STARS.map((stars) => toNumber(counts.get(String(stars)) ?? null) ?? 0));
  const rows = STARS.map((stars): BarRow => {
    const count = counts.get(String(stars)) ?? 0;
    const number = toNumber(count) ?? 0;
    return {
      key: String(stars),
      title: stars === 1 ? "1 star" : `${stars} stars`,
      value: (
        <>
          <span className="font-medium">{formatValue(count, { unit: "count" })}</span>
          <span className="min-w-12 text-right text-sm text-muted-foreground">
            {formatShare(number / total)}
          </span>
        </>
      ),
      tracks: [
        {
          key: String(stars),
          parts: [{ key: "all", colour: "var(--series-1)", length: most > 0 ? number / most : 0 }],
        },
      ],
    };
  });
  return (
    <div className="@container flex min-h-0 flex-1">
      <div className="flex min-h-0 flex-1 flex-col gap-4 @md:flex-row @md:items-center @md:gap-8">
        <div className="shrink-0">
          <p className="flex items-baseline gap-2">
            <span className="text-2xl font-semibold tracking-tight tabular-nums">
              {formatValue(rating, measureOf(response, RATING), "compact")}
            </span>
            <Stars rating={toNumber(rating)} />
          </p>
          <p className="text-sm text-muted-foreground tabular-nums">{formatCount(total)} reviews</p>
          {columnOf(response, RATING) && <Compared response={response} metric={RATING} precision="compact" />}
        </div>
        <BarList label={`${title} by stars`} rows={rows} />
      </div>
    </div>
  );
}

function Stars({ rating }: { rating: number | null }) {
  if (rating === null) return null;
  return (
    <span aria-hidden className="flex">
      {STARS.map((_, index) => (
        <Star
          key={index}
          className={cn(
            "size-4",
            rating >= index + 0.75
              ? "fill-(--series-2) text-(--series-2)"
              : rating >= index + 0.25
                ? "fill-(--series-2)/40 text-(--series-2)"
                : "text-input",
          )}
        />
      ))}
    </span>
  );
}
