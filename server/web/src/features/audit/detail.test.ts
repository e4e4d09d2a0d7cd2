import { vi } from "vitest";
import { plain } from "@/test/text";
import { detailOf } from "./detail";

function told(detail: Record<string, unknown>, action = "something.done") {
  return detailOf({ action, detail });
}

it("says what was before and after as one", () => {
  expect(told({ from: "member", to: "admin" })).toEqual([{ key: null, text: "member → admin" }]);
});

it("keeps what stands alone by its name", () => {
  expect(told({ workspace: "Main", to: "editor" })).toEqual([
    { key: "workspace", text: "Main" },
    { key: "to", text: "editor" },
  ]);
});

it("shows what it does not know as it is written", () => {
  expect(told({ rows_read: 12, limits: { seats: 2 }, tags: [] })).toEqual([
    { key: "rows read", text: "12" },
    { key: "limits", text: '{"seats":2}' },
    { key: "tags", text: "[]" },
  ]);
});

it("lists several, and writes instants for people", () => {
  vi.useFakeTimers({ now: new Date("2026-11-21T12:00:00Z") });
  const detail = { scopes: ["metrics:read", "audit:read"], expires_at: "2027-02-21T02:13:44.751+00:00" };
  const parts = told(detail).map(({ key, text }) => [key, plain(text)]);
  expect(parts).toEqual([
    ["scopes", "metrics:read, audit:read"],
    // On the clock of whoever reads, who is in Tokyo here.
    ["expires at", "Feb 21, 2027, 11:13 AM"],
  ]);
});

it("says in words for how long data were kept and are", () => {
  const change = (from: unknown, to: unknown) => told({ from, to }, "retention.changed")[0]?.text;
  expect(change(null, 24)).toBe("for ever → 24 months");
  expect(change(24, 1)).toBe("24 months → 1 month");
  expect(change(1, null)).toBe("1 month → for ever");
});

it("says that there is none where something else has none", () => {
  expect(told({ from: null, to: 7 })).toEqual([{ key: null, text: "none → 7" }]);
});
