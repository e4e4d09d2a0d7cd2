import { detailOf } from "./detail";

it("says what was before and after as one", () => {
  expect(detailOf({ detail: { from: "member", to: "admin" } })).toEqual([
    { key: null, text: "member → admin" },
  ]);
});

it("keeps what stands alone by its name", () => {
  expect(detailOf({ detail: { workspace: "Main", to: "editor" } })).toEqual([
    { key: "workspace", text: "Main" },
    { key: "to", text: "editor" },
  ]);
});

it("shows what it does not know as it is written", () => {
  expect(detailOf({ detail: { rows_read: 12, tags: ["a"] } })).toEqual([
    { key: "rows read", text: "12" },
    { key: "tags", text: '["a"]' },
  ]);
});
