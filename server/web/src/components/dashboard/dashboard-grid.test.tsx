import { screen, within } from "@testing-library/react";
import { vi } from "vitest";
import { http } from "msw";
import { network } from "@/test/network";
import { show } from "@/test/render";
import { metricResponse } from "@/test/responses";
import { Answered, widgetOf } from "@/test/widgets";
import type { QueryRequest } from "@/lib/api/types";
import type { DashboardDocument, DashboardView, Section } from "@/lib/dashboards/document";
import { DashboardGrid } from "./dashboard-grid";
import type { DashboardGridProps } from "./types";

const view: DashboardView = {
  range: "last_7_days",
  compare: "previous_period",
  stores: ["s1"],
  currency: null,
  filters: [{ dimension: "channel", operator: "in", values: ["web"] }],
};

const section = (id: string, parts: Partial<Section>): Section => ({
  id,
  title: null,
  columns: 2,
  collapsed: false,
  widgets: [],
  ...parts,
});

const documentOf = (sections: Section[]): DashboardDocument => ({
  version: 1,
  settings: { range: "last_30_days", compare: "none", stores: null, currency: null, filters: [] },
  sections,
});

const both = documentOf([
  section("main01", { widgets: [widgetOf({ id: "widget01", size: "small" })] }),
  section("main02", {
    title: "Traffic",
    columns: 3,
    widgets: [
      widgetOf({ id: "widget02", size: "full", query: { metrics: ["ga4.sessions"], granularity: "auto" } }),
    ],
  }),
]);

function grid(document: DashboardDocument, ask = vi.fn(answer), parts: Partial<DashboardGridProps> = {}) {
  return (
    <Answered ask={ask}>
      <DashboardGrid document={document} view={view} marks={[]} timezone="America/New_York" {...parts} />
    </Answered>
  );
}

function answer(_: string, question: QueryRequest) {
  const [metric] = question.metrics ?? [];
  return metricResponse(typeof metric === "string" ? metric : "");
}

it("asks of each widget what the view says, as far as it holds for it", async () => {
  const ask = vi.fn(answer);
  show(grid(both, ask));
  await screen.findByRole("region", { name: "Revenue" });
  expect(Object.fromEntries(ask.mock.calls)).toEqual({
    widget01: {
      metrics: ["shopify.revenue"],
      stores: ["s1"],
      time_range: "last_7_days",
      compare_to: "previous_period",
      filters: { and: view.filters },
    },
    widget02: {
      metrics: ["ga4.sessions"],
      granularity: "day",
      fill: true,
      limit: 10_000,
      stores: ["s1"],
      time_range: "last_7_days",
      compare_to: "previous_period",
    },
  });
});

it("says so where a filter of the dashboard does not hold", async () => {
  const { user } = show(grid(both));
  const sessions = await screen.findByRole("region", { name: "Sessions" });
  await user.hover(await within(sessions).findByRole("button", { name: "What to know" }));
  expect(await screen.findByRole("tooltip")).toHaveTextContent("The filter on Channel is left out here");
  const revenue = screen.getByRole("region", { name: "Revenue" });
  expect(within(revenue).queryByRole("button", { name: "What to know" })).not.toBeInTheDocument();
});

it("has headings in order: of sections, and below them of their widgets", async () => {
  show(grid(both));
  await screen.findByRole("region", { name: "Sessions" });
  const headings = screen.getAllByRole("heading").map((heading) => [heading.textContent, heading.tagName]);
  expect(headings).toEqual([
    ["Revenue", "H2"],
    ["Traffic", "H2"],
    ["Sessions", "H3"],
  ]);
});

it("calls widgets of the same title by names of their own for those who do not see them", async () => {
  const same = ["kpi", "line", "line"] as const;
  const widgets = same.map((kind, index) => widgetOf({ id: `widget0${index}`, kind }));
  show(grid(documentOf([section("main01", { widgets })])));
  await screen.findByRole("region", { name: "Revenue" });
  expect(screen.getAllByRole("region").map((card) => card.getAttribute("aria-label"))).toEqual([
    null,
    "Revenue, line",
    "Revenue, 2",
    // Where toasts are.
    "Notifications (F8)",
  ]);
  expect(screen.getAllByRole("heading", { name: "Revenue" })).toHaveLength(3);
});

it("gives each widget its place, in tracks by how much room there is", async () => {
  const { container } = show(grid(both));
  await screen.findByRole("region", { name: "Sessions" });
  const style = (id: string) => container.querySelector<HTMLElement>(`[data-widget="${id}"]`)?.style;
  const spans = (id: string) =>
    ["--span-narrow", "--span-middle", "--span-wide", "--rows"].map((name) =>
      style(id)?.getPropertyValue(name),
    );
  // Alone where there is less room than it was put together for, it fills its row.
  expect(spans("widget01")).toEqual(["2", "4", "1", "1"]);
  expect(spans("widget02")).toEqual(["2", "4", "6", "3"]);
});

it("asks nothing for a section that is closed, until it is opened", async () => {
  const ask = vi.fn(answer);
  const closed = documentOf(both.sections.map((one) => ({ ...one, collapsed: true })));
  const { user } = show(grid(closed, ask));
  // One without a title cannot be opened, and so is never closed.
  await screen.findByRole("region", { name: "Revenue" });
  const title = screen.getByRole("button", { name: "Traffic" });
  expect(title).toHaveAttribute("aria-expanded", "false");
  expect(ask.mock.calls.map(([id]) => id)).toEqual(["widget01"]);
  await user.click(title);
  expect(await screen.findByRole("region", { name: "Sessions" })).toBeInTheDocument();
  expect(ask.mock.calls.map(([id]) => id)).toEqual(["widget01", "widget02"]);
});

it("follows the document when that closes a section", async () => {
  const { rerender } = show(grid(both));
  await screen.findByRole("region", { name: "Sessions" });
  rerender(grid(documentOf(both.sections.map((one) => ({ ...one, collapsed: true })))));
  expect(screen.queryByRole("region", { name: "Sessions" })).not.toBeInTheDocument();
});

it("has an editor put its handles around sections and widgets, and its items into menus", async () => {
  const { user } = show(
    grid(both, undefined, {
      wrapSection: (node, id) => <div data-testid={`section ${id}`}>{node}</div>,
      wrapWidget: (node, id) => <div data-testid={`widget ${id}`}>{node}</div>,
      renderMenu: (widget) => <button role="menuitem">Edit {widget.id}</button>,
    }),
  );
  const inner = screen.getByTestId("widget widget02");
  expect(screen.getByTestId("section main02")).toContainElement(inner);
  expect(await within(inner).findByRole("region", { name: "Sessions" })).toBeInTheDocument();
  await user.click(within(inner).getByRole("button", { name: "More of Sessions" }));
  expect(await screen.findByRole("menuitem", { name: "Edit widget02" })).toBeInTheDocument();
});

it("waits for the registry before it asks, so as not to ask twice", () => {
  network.use(http.get("/api/metrics", () => new Promise(() => undefined)));
  show(<DashboardGrid document={both} view={view} marks={[]} timezone="America/New_York" />);
  expect(screen.getByRole("region", { name: "Revenue" })).toHaveAttribute("aria-busy", "true");
});

it("asks for no registry where it is shown to whoever has a link", async () => {
  const asked = vi.fn();
  network.use(http.get("/api/metrics", asked));
  show(
    <Answered ask={answer} registry={null}>
      <DashboardGrid document={both} view={view} marks={[]} timezone="America/New_York" />
    </Answered>,
  );
  expect(await screen.findByRole("region", { name: "Sessions" })).toBeInTheDocument();
  expect(asked).not.toHaveBeenCalled();
});
