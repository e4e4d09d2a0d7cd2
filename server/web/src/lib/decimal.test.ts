import { addDecimals, compareDecimals, isDecimalText, multiplyDecimal, subtractDecimals } from "./decimal";

it("adds up digits, where floats would not come to the same", () => {
  expect(addDecimals(["0.1", "0.2"])).toBe("0.3");
  expect(addDecimals(["9007199254740993.10", "-0.1"])).toBe("9007199254740993.00");
  expect(addDecimals([])).toBe("0");
  expect(addDecimals([1, "2.50", "no number"])).toBe("3.50");
});

it("takes off", () => {
  expect(subtractDecimals("10.00", "2.5")).toBe("7.50");
  expect(subtractDecimals(1, "-2")).toBe("3");
  expect(subtractDecimals("0.05", "1")).toBe("-0.95");
});

it("compares whatever number of digits is written", () => {
  expect(compareDecimals("1.10", "1.1")).toBe(0);
  expect(compareDecimals("0.1", "0.09")).toBe(1);
  expect(compareDecimals("-5", 3)).toBe(-1);
  expect(compareDecimals("10000000000000000.01", "10000000000000000.02")).toBe(-1);
  expect(compareDecimals("abc", "1")).toBeNull();
});

it("reads numbers that are written with a power of ten", () => {
  expect(addDecimals([1e-7, 1e21])).toBe("1000000000000000000000.0000001");
});

it("takes a part and rounds it, halves away from zero", () => {
  expect(multiplyDecimal("100.00", 1, 3, 2)).toBe("33.33");
  expect(multiplyDecimal("0.05", 1, 2, 2)).toBe("0.03");
  expect(multiplyDecimal("-0.05", 1, 2, 2)).toBe("-0.03");
  expect(multiplyDecimal("50000", 10, 31, 0)).toBe("16129");
  expect(multiplyDecimal("2.5", 4, 1, 1)).toBe("10.0");
});

it("knows what is a decimal", () => {
  expect(["1", "-1.5", "0.00"].every(isDecimalText)).toBe(true);
  expect(["", "1,5", "1.", ".5", "abc"].some(isDecimalText)).toBe(false);
});
