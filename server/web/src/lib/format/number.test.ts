import { plain } from "@/test/text";
import {
  formatBytes,
  formatDelta,
  formatDuration,
  formatRatio,
  formatShare,
  formatTick,
  formatValue,
} from "./number";

const usd = { unit: "currency", currency: "USD" };
const count = { unit: "count" };

describe("exact values", () => {
  it("keep every digit of money that a float could not hold", () => {
    expect(formatValue("12345678901234567890.12", usd)).toBe("$12,345,678,901,234,567,890.12");
  });

  it("show the decimals of the currency, and more only where they carry something", () => {
    expect(formatValue("1234.5", usd)).toBe("$1,234.50");
    expect(formatValue("35.3285", usd)).toBe("$35.3285");
    expect(formatValue("35.3200", usd)).toBe("$35.32");
    expect(formatValue("1234.00", { unit: "currency", currency: "JPY" })).toBe("¥1,234");
    expect(plain(formatValue("1.2345", { unit: "currency", currency: "KWD" }))).toBe("KWD 1.2345");
  });

  it("group counts", () => {
    expect(formatValue(4194, count)).toBe("4,194");
    expect(formatValue(0, count)).toBe("0");
  });

  it("write a dash for what is not there", () => {
    expect(formatValue(null, usd)).toBe("—");
    expect(formatValue(null, count, "compact")).toBe("—");
  });

  it("write a real minus", () => {
    expect(formatValue("-12.30", usd)).toBe("−$12.30");
  });
});

describe("compact values", () => {
  it("shorten from ten thousand on", () => {
    expect(formatValue("9999.99", usd, "compact")).toBe("$9,999.99");
    expect(formatValue("12410.00", usd, "compact")).toBe("$12.4K");
    expect(formatValue("1234567.89", usd, "compact")).toBe("$1.2M");
    expect(formatValue(12_400, count, "compact")).toBe("12.4K");
    expect(formatValue(11_959, count, "compact")).toBe("12.0K");
  });

  it("round averages to the decimals of the currency", () => {
    expect(formatValue("35.3285", usd, "compact")).toBe("$35.33");
    expect(formatValue("12435.3285", usd, "currency")).toBe("$12,435.33");
    expect(formatValue("12435.3285", { unit: "currency", currency: "JPY" }, "currency")).toBe("¥12,435");
    expect(formatDelta("-0.129", usd, "currency")).toBe("−$0.13");
  });
});

describe("changes", () => {
  it("have one decimal and always a sign", () => {
    expect(formatRatio(0.12345)).toBe("+12.3%");
    expect(formatRatio(-0.05)).toBe("−5.0%");
    expect(formatRatio(0)).toBe("0.0%");
    expect(formatRatio(12.5)).toBe("+1,250.0%");
  });

  it("are exact as differences", () => {
    expect(formatDelta("234.50", usd)).toBe("+$234.50");
    expect(formatDelta("-234.50", usd)).toBe("−$234.50");
    expect(formatDelta(3, count)).toBe("+3");
    expect(formatDelta(null, count)).toBe("—");
  });
});

describe("other units", () => {
  it("are written as people say them", () => {
    expect(formatDuration(92)).toBe("1m 32s");
    expect(formatDuration(45.2)).toBe("45s");
    expect(formatDuration(7500)).toBe("2h 5m");
    expect(formatBytes(645_001)).toBe("645 kB");
    expect(formatBytes(48_200_000)).toBe("48.2 MB");
    expect(formatBytes(512)).toBe("512 bytes");
    expect(formatShare(0.2567)).toBe("25.7%");
    expect(formatShare(0.42, 0)).toBe("42%");
  });

  it("keep an axis short", () => {
    expect(formatTick(4500, usd)).toBe("$4.5K");
    expect(formatTick(1950, usd)).toBe("$1.95K");
    expect(formatTick(2250, usd)).toBe("$2.25K");
    expect(formatTick(6000, usd)).toBe("$6K");
    expect(formatTick(0, usd)).toBe("$0");
    expect(formatTick(0.75, usd)).toBe("$0.75");
    expect(formatTick(160_000, { unit: "currency", currency: "INR" })).toBe("₹160K");
  });

  it("have their unit on an axis, too", () => {
    expect(formatTick(0.25, { unit: "percentage" })).toBe("25%");
    expect(formatTick(0.005, { unit: "percentage" })).toBe("0.5%");
    expect(formatTick(300, { unit: "duration" })).toBe("5m");
  });
});
