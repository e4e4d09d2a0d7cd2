import { screen } from "@testing-library/react";
import { useState } from "react";
import { figureOf, registry } from "@/test/dashboards";
import { show } from "@/test/render";
import type { Widget, WidgetDisplay } from "@/lib/dashboards/document";
import { EditingContext, type Editing } from "../editor-context";
import { ColourFields } from "./colour-fields";
import { CutFields } from "./cut-fields";
import { DecimalField } from "./decimal-field";
import { DrawingFields } from "./drawing-fields";
import { GoalFields } from "./goal-fields";
import { columnsOf } from "./question";

const REVENUE = "shopify.revenue";
const ORDERS = "shopify.orders";

let changed: Widget | null = null;

/** The fields of a widget, which changes as they say. */
function Fields({ from, children }: { from: Widget; children: (widget: Widget) => React.ReactNode }) {
  const [widget, setWidget] = useState(from);
  const editing = {
    view: { range: "last_30_days", compare: "none", stores: [], currency: null, filters: [] },
    stores: [],
    change: (change: { parts: Partial<Widget> }) => {
      changed = { ...widget, ...change.parts };
      setWidget(changed);
    },
  } as unknown as Editing;
  return <EditingContext value={editing}>{children(widget)}</EditingContext>;
}

function drawing(kind: Widget["kind"], metrics: string[], display: WidgetDisplay, group_by?: string[]) {
  const query = { metrics, granularity: "day" as const, ...(group_by && { group_by }) };
  return (
    <Fields from={figureOf("aaaaa1", REVENUE, { kind, query, display })}>
      {(widget) => (
        <DrawingFields
          widget={widget}
          columns={columnsOf(widget.query, registry.metrics)}
          registry={registry}
        />
      )}
    </Fields>
  );
}

beforeEach(() => {
  changed = null;
});

it("offers to put figures on one another where they add up", () => {
  const { unmount } = show(drawing("area", [REVENUE], {}, ["channel"]));
  expect(screen.getByRole("checkbox", { name: "On one another" })).toBeInTheDocument();
  unmount();
  show(drawing("area", ["shopify.aov"], {}, ["channel"]));
  expect(screen.queryByRole("checkbox", { name: "On one another" })).not.toBeInTheDocument();
});

it("takes an axis of which a document says less than all", async () => {
  const { user } = show(drawing("line", [REVENUE, ORDERS], { axis: { log: true } as never }));
  expect(screen.getByRole("checkbox", { name: "From zero" })).toBeChecked();
  await user.click(screen.getByRole("checkbox", { name: "Orders on the right axis" }));
  expect(changed?.display.axis).toEqual({ zero: true, log: true, right: [ORDERS] });
});

it("asks in what time a goal is to be reached only of what grows with time", () => {
  const goal = (isSum: boolean) => (
    <Fields from={figureOf("aaaaa1", REVENUE, { kind: "goal" })}>
      {(widget) => <GoalFields widget={widget} unit="currency" isSum={isSum} />}
    </Fields>
  );
  const { unmount } = show(goal(true));
  expect(screen.getByLabelText("To be reached")).toHaveValue("month");
  unmount();
  show(goal(false));
  expect(screen.getByLabelText("Goal")).toHaveValue("1000");
  expect(screen.queryByLabelText("To be reached")).not.toBeInTheDocument();
});

it("writes the same decimal anew where its figure has another unit", () => {
  const { rerender } = show(<DecimalField title="Value" value="0.25" unit="currency" onValue={() => null} />);
  expect(screen.getByLabelText("Value")).toHaveValue("0.25");
  rerender(<DecimalField title="Value" value="0.25" unit="percentage" onValue={() => null} />);
  expect(screen.getByLabelText("Value (%)")).toHaveValue("25");
  rerender(<DecimalField title="Value" value={7} unit="currency" onValue={() => null} />);
  expect(screen.getByLabelText("Value")).toHaveValue("7");
});

it("offers a colour for each figure where bars stand along what they are cut by", () => {
  const query = { metrics: [REVENUE, ORDERS], group_by: ["channel"] };
  show(
    <Fields from={figureOf("aaaaa1", REVENUE, { kind: "bar", query })}>
      {(widget) => <ColourFields widget={widget} columns={columnsOf(query, registry.metrics)} />}
    </Fields>,
  );
  expect(screen.getByRole("radiogroup", { name: "Colour of Revenue" })).toBeInTheDocument();
  expect(screen.getByRole("radiogroup", { name: "Colour of Orders" })).toBeInTheDocument();
});

describe("how a chart is cut", () => {
  const cut = (parts: Partial<Widget>) => (
    <Fields from={figureOf("aaaaa1", REVENUE, parts)}>
      {(widget) => widget.query && <CutFields widget={widget} query={widget.query} registry={registry} />}
    </Fields>
  );

  it("is limited to so many groups as the field says", async () => {
    const { user } = show(cut({ kind: "line", query: { metrics: [REVENUE], granularity: "day" } }));
    await user.selectOptions(screen.getByLabelText("Cut by"), "Country");
    expect(screen.getByLabelText("How many at most")).toHaveValue("7");
    expect(changed?.query).toMatchObject({ group_by: ["country"], top: { groups: 7 } });
  });

  it("shows no limit that is not asked for", async () => {
    const query = { metrics: [REVENUE], granularity: "day" as const, group_by: ["country"] };
    const { user } = show(cut({ kind: "line", query }));
    const field = screen.getByLabelText("How many at most");
    expect(field).toHaveValue("");
    expect(screen.getByRole("checkbox", { name: "All others as one" })).not.toBeChecked();
    await user.type(field, "4");
    expect(changed?.query?.top).toEqual({ groups: 4 });
  });
});
