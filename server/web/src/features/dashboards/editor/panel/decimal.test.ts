import { kept, parseDecimal, shift, written } from "./decimal";

it("reads decimals as people write them, to the last digit", () => {
  expect(parseDecimal(" 1 200.50 ")).toBe("1200.5");
  expect(parseDecimal("007")).toBe("7");
  expect(parseDecimal(".5")).toBe("0.5");
  expect(parseDecimal("−3.10")).toBe("-3.1");
  expect(parseDecimal("-0.0")).toBe("0");
  expect(parseDecimal("12345678901234567890.123456789")).toBe("12345678901234567890.123456789");
});

it("takes nothing else for a decimal", () => {
  expect(["", "-", ".", "1,000", "12a", "1e5", "1.2.3", "∞"].map(parseDecimal)).toEqual(Array(8).fill(null));
});

it("moves the point", () => {
  expect(shift("0.25", 2)).toBe("25");
  expect(shift("25", -2)).toBe("0.25");
  expect(shift("2.5", -2)).toBe("0.025");
  expect(shift("0.001", 2)).toBe("0.1");
  expect(shift("-1.5", 2)).toBe("-150");
  expect(shift("0", -2)).toBe("0");
  expect(shift("0.1234567", 2)).toBe("12.34567");
});

it("has shares written in percent, and kept as parts of one", () => {
  expect(kept("12.5", "percentage")).toBe("0.125");
  expect(written("0.125", "percentage")).toBe("12.5");
  expect(kept("12.5", "currency")).toBe("12.5");
  expect(written("12.5", null)).toBe("12.5");
  expect(kept("a lot", "percentage")).toBeNull();
});
