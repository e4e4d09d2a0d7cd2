import { barPath, barsOf } from "./bars";
import { comparedBars } from "./bars-compared";
import { besidePlace } from "./chart-tooltip";
import { shownLabels } from "./label-steps";
import { groupMarks } from "./mark-groups";
import { modelOf } from "./model";
import { areaPath, linePath, lonely, placesOf } from "./paths";
import { nearestPoint, pointScale, valueScale } from "./scale";
import { spansOf } from "./spans";
import { shortened, textWidth } from "./text-width";
import type { CartesianChartProps, ChartMark, ChartPoint, ChartSeries } from "./types";
import { walkFrom } from "./walk";

const SIZE = { width: 400, height: 236 };

function points(values: Record<string, (number | null)[]>, partial: number[] = []): ChartPoint[] {
  const length = Math.max(...Object.values(values).map((list) => list.length));
  return Array.from({ length }, (_, index) => ({
    key: String(index),
    label: `p${index}`,
    values: Object.fromEntries(Object.entries(values).map(([key, list]) => [key, list[index] ?? null])),
    partial: partial.includes(index),
  }));
}

function chart(parts: Partial<CartesianChartProps>): CartesianChartProps {
  return {
    label: "Chart",
    series: [{ key: "a", title: "A", colour: "red" }],
    points: points({ a: [0, 50, 100] }),
    left: { formatTick: String },
    renderTooltip: () => null,
    ...parts,
  };
}

const bar = (key: string, more: Partial<ChartSeries> = {}): ChartSeries => ({
  key,
  title: key,
  colour: "red",
  form: "bar",
  ...more,
});

describe("scales", () => {
  it("put a value between the ends of an axis", () => {
    const scale = valueScale([0, 200], [100, 0]);
    expect([0, 50, 200].map(scale)).toEqual([100, 75, 0]);
  });

  it("put factors at equal distances, and what is not above zero nowhere", () => {
    const scale = valueScale([1, 100], [100, 0], true);
    expect([1, 10, 100].map((value) => Math.round(scale(value) ?? NaN))).toEqual([100, 50, 0]);
    expect(scale(0)).toBeNull();
    expect(scale(-5)).toBeNull();
  });

  it("have lines reach from edge to edge and bars stand within", () => {
    expect(pointScale(3, 0, 100, false)).toEqual({ centres: [0, 50, 100], step: 50, band: 0 });
    const bars = pointScale(2, 0, 100, true);
    expect(bars.centres).toEqual([25, 75]);
    expect(bars.band).toBe(36);
    expect(pointScale(1, 0, 100, false).centres).toEqual([50]);
  });

  it("find the place that is nearest to a pointer", () => {
    const scale = pointScale(3, 0, 100, false);
    expect([-20, 20, 30, 500].map((x) => nearestPoint(scale, x))).toEqual([0, 0, 1, 2]);
    expect(nearestPoint(pointScale(1, 0, 100, false), 3)).toBe(0);
  });
});

describe("what is stacked", () => {
  const series = [bar("a"), bar("b"), bar("was", { comparison: true })];

  it("stands on what is before it, and below zero apart", () => {
    const spans = spansOf(points({ a: [3, -2], b: [4, 5], was: [6, 6] }), series, true);
    expect(spans.get("a")).toEqual([
      [0, 3],
      [0, -2],
    ]);
    expect(spans.get("b")).toEqual([
      [3, 7],
      [0, 5],
    ]);
    // The comparison is no part of the pile.
    expect(spans.get("was")).toEqual([
      [0, 6],
      [0, 6],
    ]);
  });

  it("has no place where there is no value, and what is over it falls down", () => {
    const spans = spansOf(points({ a: [null], b: [4], was: [null] }), series, true);
    expect(spans.get("a")).toEqual([null]);
    expect(spans.get("b")).toEqual([[0, 4]]);
  });

  it("lies flat on the pile where it is nothing, and does not fall to the axis", () => {
    const spans = spansOf(points({ a: [3, -2, 0], b: [0, 0, 0] }), [bar("a"), bar("b")], true);
    expect(spans.get("b")).toEqual([
      [3, 3],
      [-2, -2],
      [0, 0],
    ]);
  });
});

describe("the plan of a chart", () => {
  it("leaves room for the longest tick and begins at zero", () => {
    const { plot, axes } = modelOf(chart({ points: points({ a: [50, 100] }) }), SIZE);
    expect(axes.left?.ticks.map(({ text }) => text)).toEqual(["0", "20", "40", "60", "80", "100"]);
    expect(plot).toEqual({ left: Math.ceil(textWidth("100", 12)) + 10, right: 390, top: 10, bottom: 210 });
    expect(axes.left?.base).toBe(210);
  });

  it("can begin where the values do, unless there are bars", () => {
    const left = { formatTick: String, fromZero: false };
    const of = (series: ChartSeries[]) =>
      modelOf(chart({ points: points({ a: [50, 90] }), left, series }), SIZE).axes.left?.ticks[0]?.value;
    expect(of([{ key: "a", title: "A", colour: "red" }])).toBe(50);
    expect(of([bar("a")])).toBe(0);
  });

  it("gives the right axis the lines of the left one", () => {
    const series = [
      { key: "a", title: "A", colour: "red" },
      { key: "b", title: "B", colour: "blue", side: "right" as const },
    ];
    const { axes } = modelOf(
      chart({ points: points({ a: [0, 100], b: [0.01, 0.034] }), series, right: { formatTick: String } }),
      SIZE,
    );
    expect(axes.right?.ticks.map(({ y }) => y)).toEqual(axes.left?.ticks.map(({ y }) => y));
    expect(axes.right?.ticks.at(-1)?.value).toBe(0.05);
  });

  it("measures by factors only what lies above zero", () => {
    const left = { formatTick: String, log: true };
    const { axes } = modelOf(chart({ points: points({ a: [0, 5, 900] }), left }), SIZE);
    expect(axes.left?.ticks.map(({ value }) => value)).toEqual([1, 10, 100, 1000]);
    expect(axes.left?.scale(0)).toBeNull();
  });

  it("has an axis even where nothing is known", () => {
    const { axes } = modelOf(chart({ points: points({ a: [null, null] }) }), SIZE);
    expect(axes.left?.ticks.map(({ text }) => text)).toEqual(["0"]);
  });
});

describe("lines", () => {
  const scale = valueScale([0, 10], [100, 0]);

  it("have gaps where values are missing", () => {
    const places = placesOf([[0, 5], null, [0, 10], [0, 0]], [0, 10, 20, 30], scale, 100);
    expect(linePath(places)).toBe("M0,50ZM20,0L30,100");
    expect(lonely(places).map(({ x }) => x)).toEqual([0]);
  });

  it("are shaded down to where they begin", () => {
    const places = placesOf(
      [
        [0, 5],
        [2, 10],
      ],
      [0, 10],
      scale,
      100,
    );
    expect(areaPath(places)).toBe("M0,50L10,0L10,80L0,100Z");
  });
});

describe("bars", () => {
  it("stand side by side, from zero", () => {
    const series = [bar("a"), bar("b")];
    const props = chart({ series, points: points({ a: [50], b: [-50] }) });
    const model = modelOf(props, SIZE);
    const [a, b] = barsOf(model, props.points, series, false);
    const zero = model.axes.left?.scale(0);
    expect(a).toMatchObject({ key: "a", end: "top" });
    expect((a?.y ?? 0) + (a?.height ?? 0)).toBe(zero);
    expect(b).toMatchObject({ key: "b", y: zero, end: "bottom" });
    expect(b?.height).toBeCloseTo(a?.height ?? 0);
    expect((b?.x ?? 0) - (a?.x ?? 0)).toBe((a?.width ?? 0) + 2);
  });

  it("are round only at the far end of a pile", () => {
    const series = [bar("a"), bar("b"), bar("c")];
    const props = chart({ series, stacked: true, points: points({ a: [5, 5], b: [5, null], c: [0, null] }) });
    const bars = barsOf(modelOf(props, SIZE), props.points, series, true);
    const ends = bars.map(({ key, index, end }) => [key, index, end]);
    expect(ends).toContainEqual(["a", 0, null]);
    expect(ends).toContainEqual(["b", 0, "top"]);
    expect(ends).toContainEqual(["a", 1, "top"]);
  });

  it("are seen unless they are nothing", () => {
    const series = [bar("a")];
    const props = chart({ series, points: points({ a: [1_000_000, 1, 0, null] }, [1]) });
    const bars = barsOf(modelOf(props, SIZE), props.points, series, false);
    expect(bars.map(({ index, height, partial }) => [index, height, partial])).toEqual([
      [0, 200, false],
      [1, 1, true],
      [2, 0, false],
    ]);
  });

  it("have a line across them where they were in the other period", () => {
    const series = [bar("a"), bar("a before", { comparison: true })];
    const props = chart({ series, points: points({ a: [50, 100], "a before": [100, null] }) });
    const model = modelOf(props, SIZE);
    expect(comparedBars(model, series, false)).toEqual([
      expect.objectContaining({ index: 0, y: model.axes.left?.scale(100), width: model.x.band + 4 }),
    ]);
  });

  it("have round corners where they end", () => {
    const box = { x: 0, y: 0, width: 10, height: 20 };
    expect(barPath({ ...box, end: null })).toBe("M0 0H10V20H0Z");
    expect(barPath({ ...box, end: "top" })).toBe("M0 20V3Q0 0 3 0H7Q10 0 10 3V20Z");
    expect(barPath({ ...box, end: "bottom" })).toBe("M0 0V17Q0 20 3 20H7Q10 20 10 17V0Z");
  });
});

describe("labels", () => {
  const days = Array.from({ length: 30 }, (_, index) => `Oct ${index + 1}`);

  it("are left out at a pace that people know", () => {
    expect(shownLabels(days, 16, 12, "day")).toEqual([0, 4, 8, 12, 16, 20, 24, 28]);
    expect(shownLabels(days, 11, 12, "day")).toEqual([0, 7, 14, 21, 28]);
    expect(shownLabels(["1", "2", "3"], 100, 12, "hour")).toEqual([0, 1, 2]);
  });

  it("are cut short by what there is room for", () => {
    expect(shortened("web", 12, 100)).toBe("web");
    const short = shortened("A very long name of a product", 12, 60);
    expect(short).toMatch(/^A ver.*…$/);
    expect(textWidth(short, 12)).toBeLessThanOrEqual(60);
  });
});

describe("marks", () => {
  const mark = (key: string, first: number, last = first): ChartMark => ({
    key,
    first,
    last,
    title: key,
    icon: null,
    detail: null,
  });

  it("that are too close for a button each have one together", () => {
    const centres = [0, 10, 100, 200];
    const groups = groupMarks([mark("c", 3), mark("a", 0), mark("b", 1)], centres, 210);
    expect(groups.map(({ x, marks }) => [x, marks.map(({ key }) => key)])).toEqual([
      [13, ["a", "b"]],
      [197, ["c"]],
    ]);
  });

  it("have their button in the middle of their time", () => {
    expect(groupMarks([mark("a", 1, 3)], [0, 50, 100, 150], 400)[0]?.x).toBe(100);
  });
});

describe("a tooltip", () => {
  it("stands beside what is read, on the side where there is room", () => {
    expect(besidePlace(50, 10, 100, 400)).toBe(60);
    expect(besidePlace(350, 10, 100, 400)).toBe(240);
    expect(besidePlace(100, 10, 180, 200)).toBe(10);
  });
});

describe("walking through a chart", () => {
  const list = { columns: 5, rows: 1 };
  const grid = { columns: 3, rows: 2 };

  it("begins at either end and stays within", () => {
    expect(walkFrom("ArrowRight", null, list)).toBe(0);
    expect(walkFrom("ArrowLeft", null, list)).toBe(4);
    expect(walkFrom("ArrowRight", 4, list)).toBe(4);
    expect(walkFrom("End", 1, list)).toBe(4);
    expect(walkFrom("Home", 3, list)).toBe(0);
    expect(walkFrom("Tab", 3, list)).toBeNull();
  });

  it("goes up and down in a grid", () => {
    expect(walkFrom("ArrowDown", 1, grid)).toBe(4);
    expect(walkFrom("ArrowDown", 4, grid)).toBe(4);
    expect(walkFrom("ArrowUp", 4, grid)).toBe(1);
  });

  it("leads nowhere where nothing is", () => {
    expect(walkFrom("ArrowRight", null, { columns: 0, rows: 1 })).toBeNull();
  });
});
