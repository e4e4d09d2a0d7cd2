import { backoff } from "./backoff";

it("waits a second or two after the first failure, and twice as long after each further one", () => {
  expect([1, 2, 3, 4].map((failures) => backoff(failures, 0))).toEqual([1000, 2000, 4000, 8000]);
  expect([1, 2, 3, 4].map((failures) => backoff(failures, 1))).toEqual([2000, 4000, 8000, 16_000]);
});

it("waits half a minute at most, however long nothing works", () => {
  expect(backoff(5, 1)).toBe(30_000);
  expect(backoff(5000, 1)).toBe(30_000);
  expect(backoff(5000, 0)).toBe(15_000);
});

it("does not have everybody come back at the same moment", () => {
  const waits = new Set(Array.from({ length: 20 }, () => backoff(3)));
  expect(waits.size).toBeGreaterThan(1);
  for (const wait of waits) {
    expect(wait).toBeGreaterThanOrEqual(4000);
    expect(wait).toBeLessThanOrEqual(8000);
  }
});
