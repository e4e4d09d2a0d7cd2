import { useState } from "react";
import FunnelChart from "@/components/charts/funnel-chart";
import { Select } from "@/components/ui/select";
import type { QueryResponse } from "@/lib/api/types";
import { formatRange } from "@/lib/format/date";
import { formatShare, formatValue, toNumber } from "@/lib/format/number";
import { dimensionsIn, groupOf } from "@/lib/metrics/groups";
import { changeOf, measureOf, textOf, totalOf, valueOf, type Row } from "@/lib/metrics/response";
import type { KindProps } from "./kind";
import { Nothing } from "./nothing";

/** What shares of the first step and of the one before are called in an answer. */
const OF_FIRST = "of_first";
const OF_PREVIOUS = "of_previous";

interface FunnelGroup {
  key: string;
  title: string;
  rows: Row[];
}

/** The steps of each group, in their order; all of them in one where rows are not cut. */
export function funnelGroups(response: QueryResponse): FunnelGroup[] {
  const dimensions = dimensionsIn(response);
  const groups = new Map<string, FunnelGroup>();
  for (const row of response.rows) {
    const parts = dimensions.map((dimension) => groupOf(row, dimension, response));
    const key = JSON.stringify(parts.map(({ value, isOther }) => [value, isOther]));
    const group = groups.get(key) ?? { key, title: parts.map(({ title }) => title).join(" · "), rows: [] };
    group.rows.push(row);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** How many come how far, and how many leave on the way. */
export default function Funnel({ title, response }: KindProps) {
  const [wanted, setWanted] = useState<string | null>(null);
  const groups = funnelGroups(response);
  const group = groups.find(({ key }) => key === wanted) ?? groups[0];
  if (!group || group.rows.every((row) => (toNumber(valueOf(row, "count")) ?? 0) === 0)) {
    return <Nothing response={response} />;
  }
  const conversion = totalOf(response, "conversion");
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        {groups.length === 1 && conversion !== null && (
          <p className="text-muted-foreground">
            <span className="font-semibold text-foreground tabular-nums">
              {formatValue(conversion, measureOf(response, OF_FIRST))}
            </span>{" "}
            come all the way
          </p>
        )}
        {groups.length > 1 && (
          <Select
            aria-label={`Part of ${title}`}
            value={group.key}
            onChange={(event) => setWanted(event.target.value)}
            className="max-w-60"
          >
            {groups.map(({ key, title: name }) => (
              <option key={key} value={key}>
                {name}
              </option>
            ))}
          </Select>
        )}
      </div>
      <FunnelChart
        label={`${title}, ${formatRange(response.meta.range)}`}
        steps={group.rows.map((row, index) => stepOf(row, index, response))}
      />
    </div>
  );
}

function stepOf(row: Row, index: number, response: QueryResponse) {
  const share = toNumber(valueOf(row, OF_FIRST));
  const kept = toNumber(valueOf(row, OF_PREVIOUS));
  const isFirst = index === 0;
  return {
    key: String(row.step),
    title: textOf(row, "label"),
    part: isFirst ? 1 : share,
    before: isFirst ? null : toNumber(changeOf(row, OF_FIRST)?.value ?? null),
    value: formatValue(valueOf(row, "count"), measureOf(response, "count")),
    share: isFirst || share === null ? null : formatShare(share),
    // Steps that are counted by themselves may have more than the one before: then nobody left.
    lost: isFirst || kept === null || kept > 1 ? null : formatShare(1 - kept),
  };
}
