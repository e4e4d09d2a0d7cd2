import type { DashboardSummary, Workspace } from "@/lib/api/types";

/** What the address of the list holds. What is absent has its default. */
export interface ListSearch {
  q?: string;
  workspace?: string;
  order?: "changed";
}

/** Keeps what it understands of an address and leaves out the rest. */
export function parseListSearch({ q, workspace, order }: Record<string, unknown>): ListSearch {
  return {
    ...((typeof q === "string" || typeof q === "number") && { q: String(q) }),
    ...(typeof workspace === "string" && { workspace }),
    ...(order === "changed" && { order }),
  };
}

function fits({ name, description }: DashboardSummary, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const all = `${name} ${description}`.toLowerCase();
  return words.every((word) => all.includes(word));
}

export interface ListGroup {
  workspace: Workspace;
  dashboards: DashboardSummary[];
}

/** The dashboards that a search finds, by workspace; workspaces in which there is none are left out. */
export function listed(
  dashboards: readonly DashboardSummary[],
  workspaces: readonly Workspace[],
  { q = "", workspace, order }: ListSearch,
): ListGroup[] {
  const found = dashboards.filter((dashboard) => fits(dashboard, q));
  const sorted =
    order === "changed"
      ? found.toSorted((a, b) => Date.parse(b.updated_at) - Date.parse(a.updated_at))
      : found.toSorted((a, b) => a.name.localeCompare(b.name));
  return workspaces
    .filter(({ id }) => workspace === undefined || id === workspace)
    .map((place) => ({
      workspace: place,
      dashboards: sorted.filter(({ workspace_id }) => workspace_id === place.id),
    }))
    .filter(({ dashboards: some }) => some.length > 0);
}
