import type { DashboardDocument, DashboardView } from "./document";
import type { MetricFacts } from "./applicable";
import { resolve } from "./resolve";
import vectors from "../../../../../fixtures/dashboards/resolve.json";

interface Vector {
  name: string;
  document: DashboardDocument;
  view: DashboardView;
  metrics: Record<string, MetricFacts & { source: string }>;
  expected: Record<string, unknown>;
}

describe("what widgets ask, in the app as on the server", () => {
  it.each((vectors as unknown as Vector[]).map((vector) => [vector.name, vector] as const))(
    "%s",
    (_, vector) => {
      const asked = resolve(vector.document, vector.view, (id) => vector.metrics[id]);
      expect(Object.fromEntries(asked)).toEqual(vector.expected);
    },
  );
});
