import { act, fireEvent, screen } from "@testing-library/react";
import { vi } from "vitest";
import { giveSize } from "@/test/layout";
import { show } from "@/test/render";
import CartesianChart from "./cartesian-chart";
import Heatmap from "./heatmap";
import PieChart from "./pie-chart";
import { SeriesLegend } from "./series-legend";
import TimeSeriesChart from "./time-series-chart";
import type { CartesianChartProps } from "./types";

beforeEach(() => giveSize(600, 300));
afterEach(() => void vi.restoreAllMocks());

const points = [10, 20, null, 40].map((value, index) => ({
  key: `2026-10-0${index + 1}`,
  label: `Oct ${index + 1}`,
  values: { a: value, b: 5 },
  partial: index === 3,
}));

function chart(parts: Partial<CartesianChartProps> = {}) {
  return (
    <CartesianChart
      label="Revenue in USD per day. Arrow keys read the points."
      series={[
        { key: "a", title: "A", colour: "var(--series-1)" },
        { key: "b", title: "B", colour: "var(--series-2)", comparison: true },
      ]}
      points={points}
      left={{ formatTick: (value) => `$${value}` }}
      bucket="day"
      renderTooltip={(index) => <p>Day {index + 1}</p>}
      {...parts}
    />
  );
}

it("has a name, labelled axes and a unit on each tick", () => {
  const { container } = show(chart());
  expect(
    screen.getByRole("application", { name: "Revenue in USD per day. Arrow keys read the points." }),
  ).toBeInTheDocument();
  const texts = [...container.querySelectorAll("text")].map((text) => text.textContent);
  expect(texts).toEqual(["$0", "$10", "$20", "$30", "$40", "Oct 1", "Oct 2", "Oct 3", "Oct 4"]);
});

it("is read point by point with the arrow keys, and aloud", async () => {
  const { user } = show(chart());
  await user.tab();
  const status = screen.getByRole("status");
  expect(status).toBeEmptyDOMElement();
  await user.keyboard("{ArrowRight}");
  expect(status).toHaveTextContent("Day 1");
  await user.keyboard("{End}");
  expect(status).toHaveTextContent("Day 4");
  await user.keyboard("{ArrowLeft}");
  expect(status).toHaveTextContent("Day 3");
  await user.keyboard("{Escape}");
  expect(status).toBeEmptyDOMElement();
});

it("reads the point that is nearest to the pointer, silently, and lets go with it", () => {
  show(chart());
  const area = screen.getByRole("application");
  fireEvent(area, new MouseEvent("pointermove", { bubbles: true, clientX: 590 }));
  expect(screen.getByText("Day 4")).toBeInTheDocument();
  expect(screen.getByRole("status")).toBeEmptyDOMElement();
  act(() => void document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" })));
  expect(screen.queryByText("Day 4")).not.toBeInTheDocument();
});

it("says nothing any more once the focus has left", async () => {
  const { user } = show(chart());
  await user.tab();
  await user.keyboard("{ArrowRight}");
  await user.tab();
  expect(screen.getByRole("status")).toBeEmptyDOMElement();
});

it("draws what is not all there dotted with a hollow end, and the comparison dashed", () => {
  const { container } = show(chart());
  const dashes = [...container.querySelectorAll("path[stroke-dasharray]")].map((path) =>
    path.getAttribute("stroke-dasharray"),
  );
  expect(dashes).toEqual(["4 4", "1.5 4.5"]);
  const hollow = [...container.querySelectorAll("circle")].filter(
    (dot) => dot.getAttribute("fill") === "var(--card)",
  );
  expect(hollow).toHaveLength(1);
});

it("hatches the bars of buckets that are not all there", () => {
  const series = [{ key: "a", title: "A", colour: "var(--series-1)", form: "bar" as const }];
  const { container } = show(chart({ series }));
  const fills = [...container.querySelectorAll("path")].map((path) => path.getAttribute("fill"));
  expect(fills.slice(0, 2)).toEqual(["var(--series-1)", "var(--series-1)"]);
  expect(fills[2]).toMatch(/^url\(#/);
  expect(container.querySelectorAll("pattern")).toHaveLength(1);
});

it("says what happened on the axis, by a button each", async () => {
  const marks = [
    { key: "m", first: 1, last: 2, title: "Sale: Autumn, Oct 2 – 3", icon: <i />, detail: <p>Autumn</p> },
  ];
  const { user } = show(chart({ marks }));
  const button = screen.getByRole("button", { name: "Sale: Autumn, Oct 2 – 3" });
  act(() => button.focus());
  expect(await screen.findByRole("tooltip")).toHaveTextContent("Autumn");
  // The keys of the chart are not those of the button.
  await user.keyboard("{ArrowRight}");
  expect(screen.queryByText("Day 1")).not.toBeInTheDocument();
});

it("shades a line that is alone down to zero, and none of several", () => {
  const props = {
    label: "Revenue",
    points,
    formatTick: String,
    renderTooltip: () => null,
  };
  const a = { key: "a", title: "A", colour: "red" };
  const alone = show(<TimeSeriesChart {...props} series={[a]} />);
  expect(alone.container.querySelectorAll("linearGradient")).toHaveLength(1);
  alone.unmount();
  const both = show(<TimeSeriesChart {...props} series={[a, { ...a, key: "b" }]} />);
  expect(both.container.querySelectorAll("linearGradient")).toHaveLength(0);
});

it("draws nothing while it has no size", () => {
  vi.restoreAllMocks();
  const { container } = show(chart());
  expect(container.querySelector("svg")).toBeNull();
  expect(screen.getByRole("application")).toBeInTheDocument();
});

it("reads the slices of a pie", async () => {
  const slices = ["a", "b"].map((key) => ({ key, colour: "red", value: 1 }));
  const { user, container } = show(
    <PieChart label="Parts" slices={slices} donut renderTooltip={(index) => `Slice ${index + 1}`}>
      Total
    </PieChart>,
  );
  await user.tab();
  await user.keyboard("{ArrowRight}{ArrowRight}");
  expect(screen.getByRole("status")).toHaveTextContent("Slice 2");
  // The others step back.
  expect([...container.querySelectorAll("path")].map((path) => path.getAttribute("opacity"))).toEqual([
    "0.3",
    null,
  ]);
});

it("walks through a heatmap in both directions", async () => {
  const { user } = show(
    <Heatmap
      label="Hours"
      columns={["a", "b"]}
      rows={["x", "y"]}
      cells={[1, 2, null, 4]}
      renderTooltip={(index) => `Cell ${index}`}
    />,
  );
  await user.tab();
  await user.keyboard("{ArrowRight}{ArrowDown}");
  expect(screen.getByRole("status")).toHaveTextContent("Cell 2");
});

it("switches series off and on by their names in the legend", async () => {
  const onToggle = vi.fn();
  const onHighlight = vi.fn();
  const { user } = show(
    <SeriesLegend
      series={[
        { key: "a", title: "Web", colour: "red", mark: "solid" },
        { key: "b", title: "Shop", colour: "blue", mark: "solid" },
      ]}
      hidden={new Set(["b"])}
      onToggle={onToggle}
      onHighlight={onHighlight}
    />,
  );
  expect(screen.getByRole("button", { name: "Web" })).toHaveAttribute("aria-pressed", "true");
  expect(screen.getByRole("button", { name: "Shop" })).toHaveAttribute("aria-pressed", "false");
  await user.click(screen.getByRole("button", { name: "Shop" }));
  expect(onToggle).toHaveBeenCalledWith("b");
  await user.hover(screen.getByRole("button", { name: "Web" }));
  expect(onHighlight).toHaveBeenLastCalledWith("a");
});
