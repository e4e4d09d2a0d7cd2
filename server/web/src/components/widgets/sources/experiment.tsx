import { useState } from "react";
import { Select } from "@/components/ui/select";
import { Table, TableCell, TableHead, TableRow } from "@/components/ui/table";
import { cn } from "@/lib/cn";
import { formatDelta, formatShare, formatValue } from "@/lib/format/number";
import { metricsIn } from "@/lib/metrics/groups";
import { measureOf, textOf, valueOf } from "@/lib/metrics/response";
import type { KindProps } from "../kind";
import { Nothing } from "../nothing";
import { BEST, experimentsOf, leaderOf } from "./experiment-data";

const UPLIFT = "intelligems.uplift";

/** How the variations of an experiment do, and which of them is likely the best. */
export default function ExperimentCard({ title, response }: KindProps) {
  const [wanted, setWanted] = useState<string | null>(null);
  const experiments = experimentsOf(response);
  const experiment = experiments.find(({ name }) => name === wanted) ?? experiments[0];
  if (!experiment) return <Nothing response={response} />;
  const leader = leaderOf(experiment);
  const columns = metricsIn(response);
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2 px-4">
        {leader ? (
          <p>
            <span className="font-semibold">{textOf(leader.row, "variant")}</span>
            <span className="text-muted-foreground">
              {leader.isSure ? " is the best" : " leads, not yet surely"}: {formatShare(leader.likely, 0)}{" "}
              likely
            </span>
          </p>
        ) : (
          <p className="text-muted-foreground">Too early to tell which one is the best</p>
        )}
        {experiments.length > 1 ? (
          <Select
            aria-label={`Experiment of ${title}`}
            value={experiment.name}
            onChange={(event) => setWanted(event.target.value)}
            className="max-w-56"
          >
            {experiments.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </Select>
        ) : (
          <p className="truncate text-muted-foreground">{experiment.name}</p>
        )}
      </div>
      <Table
        label={`Variations of ${experiment.name}`}
        className="tabular-nums"
        containerClassName="min-h-0 flex-1"
      >
        <thead className="sticky top-0 z-10 bg-card">
          <tr>
            <TableHead>Variation</TableHead>
            {columns.map(({ key, title: heading }) => (
              <TableHead key={key} className="text-right">
                {heading.replace(/^Test /, "").replace(/^./, (letter) => letter.toUpperCase())}
              </TableHead>
            ))}
          </tr>
        </thead>
        <tbody>
          {experiment.variations.map((row) => {
            const name = textOf(row, "variant", "Without a name");
            return (
              <TableRow key={name}>
                <TableCell className={cn(row === leader?.row && "font-semibold")}>{name}</TableCell>
                {columns.map(({ key }) => {
                  const value = valueOf(row, key);
                  const measure = measureOf(response, key);
                  const text =
                    key === UPLIFT ? formatDelta(value, measure) : formatValue(value, measure, "currency");
                  return (
                    <TableCell key={key} className="text-right whitespace-nowrap">
                      {key === BEST ? <Likely text={text} part={Number(value ?? 0)} /> : text}
                    </TableCell>
                  );
                })}
              </TableRow>
            );
          })}
        </tbody>
      </Table>
    </div>
  );
}

function Likely({ text, part }: { text: string; part: number }) {
  return (
    <span className="inline-flex items-center justify-end gap-2">
      <span aria-hidden className="h-1.5 w-16 overflow-hidden rounded-full bg-muted">
        <span style={{ width: `${part * 100}%` }} className="block h-full rounded-full bg-(--series-1)" />
      </span>
      {text}
    </span>
  );
}
