import type { Metric, Registry } from "@/lib/api/types";
import type { WidgetKind } from "@/lib/dashboards/document";
import { SOURCE_KINDS } from "@/lib/dashboards/new-widget";
import { KIND_TITLES } from "@/lib/dashboards/titles";
import { sentence } from "@/lib/format/text";

/** Something that can be put on a dashboard: a metric, which can be shown in several ways, or a kind that needs none. */
export interface Entry {
  key: string;
  title: string;
  description: string;
  /** The source that it comes from; null for what comes from none. */
  source: string | null;
  /** Under what it is listed. */
  group: string;
  metric: Metric | null;
  kind: WidgetKind | null;
}

const CATEGORY_TITLES: Record<Metric["category"], string> = {
  revenue: "Revenue",
  orders: "Orders",
  customers: "Customers",
  products: "Products",
  inventory: "Inventory",
  traffic: "Traffic",
  conversion: "Conversion",
  engagement: "Engagement",
  sentiment: "Sentiment",
  testing: "Testing",
  support: "Support",
};

const OTHERS: Partial<Record<WidgetKind, string>> = {
  text: "Words between the figures, in Markdown: headings, lists, links",
  funnel: "How many come how far, from step to step",
  reviews: "Stars and how many reviews there are, from Judge.me",
  experiment: "What the variations of an experiment bring in, from Intelligems",
  survey: "What customers answered, from KnoCommerce",
  sentiment: "How content customers are, from the help desk and surveys",
};

function othersOf(): Entry[] {
  const kinds: WidgetKind[] = ["text", "funnel", ...SOURCE_KINDS];
  return kinds.map((kind) => ({
    key: kind,
    title: KIND_TITLES[kind],
    description: `${OTHERS[kind] ?? ""}.`,
    source: null,
    group: "More than figures",
    metric: null,
    kind,
  }));
}

/** Everything that there is to choose from: metrics by source and category, in the order of the registry, and the rest behind them. */
export function entriesOf({ metrics, sources }: Pick<Registry, "metrics" | "sources">): Entry[] {
  const known = sources.flatMap((source) => {
    const own = metrics.filter((metric) => metric.source === source.id);
    const categories = [...new Set(own.map(({ category }) => category))];
    return categories.flatMap((category) =>
      own
        .filter((metric) => metric.category === category)
        .map((metric) => ({
          key: metric.id,
          title: metric.title,
          description: sentence(metric.description),
          source: source.id,
          group: `${source.title} · ${CATEGORY_TITLES[category]}`,
          metric,
          kind: null,
        })),
    );
  });
  return [...known, ...othersOf()];
}

function rankOf(entry: Entry, words: readonly string[]): number | null {
  const title = entry.title.toLowerCase();
  const more = `${entry.key} ${entry.group} ${entry.description}`.toLowerCase();
  let rank = 0;
  for (const word of words) {
    if (title.startsWith(word)) continue;
    if (title.includes(word)) rank += 1;
    else if (entry.key.includes(word)) rank += 2;
    else if (more.includes(word)) rank += 3;
    else return null;
  }
  return rank;
}

/** The entries that have every word of a text in their title, their id or what is said of them, the best first. */
export function findEntries(entries: readonly Entry[], text: string, source: string | null): Entry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const own = entries.filter((entry) => source === null || entry.source === source);
  if (words.length === 0) return own;
  return own
    .map((entry, index) => ({ entry, index, rank: rankOf(entry, words) }))
    .filter((found): found is typeof found & { rank: number } => found.rank !== null)
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map(({ entry }) => entry);
}
