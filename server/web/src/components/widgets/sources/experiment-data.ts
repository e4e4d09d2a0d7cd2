import type { QueryResponse } from "@/lib/api/types";
import { toNumber } from "@/lib/format/number";
import { textOf, valueOf, type Row } from "@/lib/metrics/response";

export const BEST = "intelligems.probability_to_be_best";
export const VISITORS = "intelligems.visitors";

/** From here on a variation is taken to be the best. */
const SURE = 0.95;

export interface Experiment {
  name: string;
  variations: Row[];
}

/** The variations of each experiment, in the order in which the answer has them. */
export function experimentsOf(response: QueryResponse): Experiment[] {
  const experiments = new Map<string, Experiment>();
  for (const row of response.rows) {
    const name = textOf(row, "experiment", "Without a name");
    const experiment = experiments.get(name) ?? { name, variations: [] };
    experiment.variations.push(row);
    experiments.set(name, experiment);
  }
  return [...experiments.values()];
}

/** The variation that is most likely the best, how likely, and whether that is sure enough to act on. */
export function leaderOf({ variations }: Experiment): { row: Row; likely: number; isSure: boolean } | null {
  const rated = variations.flatMap((row) => {
    const likely = toNumber(valueOf(row, BEST));
    return likely === null ? [] : [{ row, likely, isSure: likely >= SURE }];
  });
  return rated.sort((a, b) => b.likely - a.likely)[0] ?? null;
}
