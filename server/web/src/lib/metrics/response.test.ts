import { metricResponse, warned } from "@/test/responses";
import { directionOf, toneOf } from "./change";
import {
  changeOf,
  comparedRange,
  comparedTime,
  hasData,
  isAllZero,
  lagOf,
  totalChangeOf,
  valueOf,
} from "./response";

const change = (value: string | null, delta: string | null, ratio: number | null) => ({
  value,
  delta,
  ratio,
});

describe("reading an answer", () => {
  it("keeps money as the server wrote it", () => {
    expect(valueOf({ m: "0.10" }, "m")).toBe("0.10");
    expect(valueOf({ m: null }, "m")).toBeNull();
    expect(valueOf({}, "m")).toBeNull();
  });

  it("finds comparisons of rows and totals", () => {
    const row = {
      time: "2026-10-01",
      comparison: { time: "2026-09-01", m: { value: "1.00", delta: "2.00", ratio: 2 } },
    };
    expect(changeOf(row, "m")).toEqual(change("1.00", "2.00", 2));
    expect(comparedTime(row)).toBe("2026-09-01");
    expect(changeOf({ time: "2026-10-01" }, "m")).toBeNull();
    expect(totalChangeOf(metricResponse("m"), "m")).toBeNull();
  });

  it("has no other days where the comparison is empty", () => {
    const response = metricResponse("m");
    const compared = (from: string, to: string) => ({
      ...response,
      meta: { ...response.meta, comparison_range: { ...response.meta.range, from, to } },
    });
    expect(comparedRange(response)).toBeNull();
    expect(comparedRange(compared("2026-09-02", "2026-09-01"))).toBeNull();
    expect(comparedRange(compared("2026-09-01", "2026-09-01"))).toMatchObject({ to: "2026-09-01" });
  });

  it("tells data from none", () => {
    expect(hasData(metricResponse("m"))).toBe(true);
    expect(hasData(metricResponse("m", { totals: { m: null }, rows: [] }))).toBe(false);
    expect(hasData(metricResponse("m", { totals: { m: null }, rows: [{ m: null }] }))).toBe(false);
    expect(hasData(metricResponse("m", { totals: { m: null }, rows: [{ m: 0 }] }))).toBe(true);
  });

  it("tells zero from what was never measured", () => {
    const zeros = metricResponse("m", { totals: { m: "0.00", n: 0, o: null }, rows: [] });
    expect(hasData(zeros)).toBe(true);
    expect(isAllZero(zeros)).toBe(true);
    expect(isAllZero(metricResponse("m"))).toBe(false);
  });

  it("tells when a source lags behind the range", () => {
    const response = metricResponse("m");
    const now = new Date("2026-10-20T00:00:00Z");
    expect(lagOf(response, now)).toBeNull();
    // A quiet day is not a source that lags.
    const quiet = { ...response, meta: { ...response.meta, as_of: { shopify: "2026-10-03T12:00:00Z" } } };
    expect(lagOf(quiet, now)).toBeNull();
    const behind = { ...response, meta: { ...response.meta, as_of: { shopify: "2026-10-02T08:00:00Z" } } };
    expect(lagOf(behind, now)).toEqual({ since: "2026-10-02T08:00:00Z", reason: null });
    expect(lagOf(behind, new Date("2026-10-02T10:00:00Z"))).toBeNull();
  });

  it("tells why a source is behind, however little", () => {
    const behind = warned(metricResponse("m"), { source_behind: "somebody has to connect Shopify again" });
    const reason = "Somebody has to connect Shopify again.";
    expect(lagOf(behind)).toEqual({ since: "2026-10-04T12:00:00Z", reason });
    const unread = { ...behind, meta: { ...behind.meta, as_of: { ...behind.meta.as_of, ga4: null } } };
    expect(lagOf(unread)).toEqual({ since: null, reason });
  });
});

describe("a change", () => {
  it("goes up, down or stays", () => {
    expect(directionOf(change("100.00", "1.00", 0.01))).toBe("up");
    expect(directionOf(change("100.00", "-1.00", -0.01))).toBe("down");
    expect(directionOf(change("100.00", "0.00", 0))).toBe("level");
    expect(directionOf(change("100000.00", "-40.00", -0.0004))).toBe("level");
    expect(directionOf(change("100000.00", "-50.00", -0.0005))).toBe("down");
  });

  it("from zero goes up, and from nothing goes nowhere", () => {
    expect(directionOf(change("0.00", "5.00", null))).toBe("up");
    expect(directionOf(change("0.00", "0.00", null))).toBeNull();
    expect(directionOf(change(null, null, null))).toBeNull();
  });

  it("is good or bad as the metric has it", () => {
    expect(toneOf("up", true)).toBe("good");
    expect(toneOf("up", false)).toBe("bad");
    expect(toneOf("down", false)).toBe("good");
    expect(toneOf("down", null)).toBe("neutral");
    expect(toneOf("level", true)).toBe("neutral");
  });
});
