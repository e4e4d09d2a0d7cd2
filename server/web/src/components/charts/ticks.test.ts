import { alignedTicks, linearTicks, logTicks } from "./ticks";

describe("the ticks of an axis", () => {
  it("are round and reach around the values", () => {
    expect(linearTicks(0, 23_456, 5)).toEqual({
      domain: [0, 25_000],
      values: [0, 5000, 10_000, 15_000, 20_000, 25_000],
    });
    expect(linearTicks(-3, 8, 5)).toEqual({ domain: [-4, 8], values: [-4, -2, 0, 2, 4, 6, 8] });
  });

  it("are fractions without the errors of adding them up", () => {
    expect(linearTicks(0, 0.31, 3).values).toEqual([0, 0.1, 0.2, 0.3, 0.4]);
  });

  it("count whole things in whole steps", () => {
    expect(linearTicks(0, 2, 5, "count").values).toEqual([0, 1, 2]);
    expect(linearTicks(0, 2, 4).values).toEqual([0, 0.5, 1, 1.5, 2]);
  });

  it("go by the clock for durations", () => {
    expect(linearTicks(0, 200, 5, "duration").values).toEqual([0, 60, 120, 180, 240]);
    expect(linearTicks(0, 20_000, 4, "duration").values).toEqual([0, 7200, 14_400, 21_600]);
  });

  it("have nothing but zero where all is zero", () => {
    expect(linearTicks(0, 0, 5)).toEqual({ domain: [0, 1], values: [0] });
  });

  it("reach down to zero where all values are the same", () => {
    expect(linearTicks(7, 7, 4).domain).toEqual([0, 8]);
  });

  it("stand on the lines of the other axis", () => {
    expect(alignedTicks(0.034, 5)).toEqual({ domain: [0, 0.05], values: [0, 0.01, 0.02, 0.03, 0.04, 0.05] });
    expect(alignedTicks(7, 3, "count")).toEqual({ domain: [0, 15], values: [0, 5, 10, 15] });
    expect(alignedTicks(100, 4, "duration").values).toEqual([0, 30, 60, 90, 120]);
    expect(alignedTicks(1000, 4).values).toEqual([0, 250, 500, 750, 1000]);
  });

  it("are powers of ten on a scale of factors, and parts of them where those are few", () => {
    expect(logTicks(3, 40_000)).toEqual({
      domain: [1, 100_000],
      values: [1, 10, 100, 1000, 10_000, 100_000],
    });
    expect(logTicks(20, 80)).toEqual({ domain: [10, 100], values: [10, 20, 50, 100] });
  });
});
