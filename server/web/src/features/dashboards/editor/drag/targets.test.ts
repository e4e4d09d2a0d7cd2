import { documentOf, sectionOf, widgetOf } from "@/test/dashboards";
import { announcements } from "./announcements";
import { dropChange, landing, parseTarget, sideOf, targetId, targetsFor, type Target } from "./targets";

const document = documentOf([
  sectionOf("sales0", [widgetOf("aaaaa1"), widgetOf("aaaaa2"), widgetOf("aaaaa3")], { title: "Sales" }),
  sectionOf("visits", [widgetOf("bbbbb1")]),
]);

const widget = (id: string): Target => ({ kind: "widget", id });
const end = (id: string): Target => ({ kind: "end", id });
const section = (id: string): Target => ({ kind: "section", id });

it("goes through widgets and the ends of sections in the order of reading", () => {
  expect(targetsFor(widget("aaaaa1"), document).map(targetId)).toEqual([
    "widget:aaaaa1",
    "widget:aaaaa2",
    "widget:aaaaa3",
    "end:sales0",
    "widget:bbbbb1",
    "end:visits",
  ]);
  expect(targetsFor(section("sales0"), document).map(targetId)).toEqual(["section:sales0", "section:visits"]);
});

it("reads what it writes, and nothing else", () => {
  expect(parseTarget("end:sales0")).toEqual(end("sales0"));
  expect([parseTarget("other:x"), parseTarget("widget:"), parseTarget(undefined)]).toEqual([
    null,
    null,
    null,
  ]);
});

describe("letting go", () => {
  it("over a widget takes its place", () => {
    expect(dropChange(widget("aaaaa1"), widget("aaaaa3"), document)).toEqual({
      type: "move",
      id: "aaaaa1",
      sectionId: "sales0",
      position: 2,
    });
    expect(dropChange(widget("aaaaa1"), widget("bbbbb1"), document)).toMatchObject({
      sectionId: "visits",
      position: 0,
    });
  });

  it("over the end of a section comes last", () => {
    expect(dropChange(widget("aaaaa1"), end("sales0"), document)).toMatchObject({
      sectionId: "sales0",
      position: 2,
    });
    expect(dropChange(widget("aaaaa1"), end("visits"), document)).toMatchObject({
      sectionId: "visits",
      position: 1,
    });
  });

  it("where it is, or nowhere, changes nothing", () => {
    expect(dropChange(widget("aaaaa1"), widget("aaaaa1"), document)).toBeNull();
    expect(dropChange(widget("aaaaa3"), end("sales0"), document)).toBeNull();
    expect(dropChange(widget("aaaaa3"), null, document)).toBeNull();
    expect(dropChange(section("visits"), section("visits"), document)).toBeNull();
  });

  it("moves sections among sections alone", () => {
    expect(dropChange(section("visits"), section("sales0"), document)).toEqual({
      type: "move-section",
      id: "visits",
      position: 0,
    });
    expect(dropChange(section("visits"), widget("aaaaa1"), document)).toBeNull();
  });
});

it("shows on which side something will stand", () => {
  expect(sideOf(widget("aaaaa1"), widget("aaaaa3"), document)).toBe("after");
  expect(sideOf(widget("aaaaa3"), widget("aaaaa1"), document)).toBe("before");
  expect(sideOf(widget("aaaaa3"), widget("bbbbb1"), document)).toBe("before");
  expect(sideOf(widget("aaaaa1"), widget("aaaaa1"), document)).toBeNull();
  expect(sideOf(section("sales0"), section("visits"), document)).toBe("after");
});

it("counts places as people do", () => {
  expect(landing(widget("aaaaa2"), null, document)).toEqual({ place: 2, of: 3, sectionId: "sales0" });
  expect(landing(widget("aaaaa2"), widget("bbbbb1"), document)).toEqual({
    place: 1,
    of: 2,
    sectionId: "visits",
  });
  expect(landing(widget("aaaaa1"), end("sales0"), document)).toEqual({
    place: 3,
    of: 3,
    sectionId: "sales0",
  });
  expect(landing(section("visits"), section("sales0"), document)).toEqual({
    place: 1,
    of: 2,
    sectionId: null,
  });
});

it("says in words what happens", () => {
  const say = announcements(() => document, {
    widget: (id) => `Widget ${id.at(-1)}`,
    section: (id) => (id === "sales0" ? "Sales" : "section 2"),
  });
  type Spoken = Parameters<typeof say.onDragOver>[0];
  const moved = (active: Target, over: Target | null) =>
    ({ active: { id: targetId(active) }, over: over && { id: targetId(over) } }) as unknown as Spoken;
  expect(say.onDragStart(moved(widget("aaaaa1"), null))).toBe("Picked up Widget 1, 1 of 3 in Sales.");
  expect(say.onDragOver(moved(widget("aaaaa1"), widget("aaaaa1")))).toBeUndefined();
  expect(say.onDragOver(moved(widget("aaaaa1"), widget("bbbbb1")))).toBe(
    "Widget 1 would be 1 of 2 in section 2.",
  );
  expect(say.onDragOver(moved(widget("aaaaa1"), null))).toBe("Widget 1 would stay 1 of 3 in Sales.");
  // It has been put down by then, so that where it is now is where it was put.
  expect(say.onDragEnd(moved(widget("aaaaa1"), widget("bbbbb1")))).toBe("Widget 1 is now 1 of 3 in Sales.");
  expect(say.onDragCancel(moved(widget("aaaaa2"), widget("bbbbb1")))).toBe("Widget 2 stays 2 of 3 in Sales.");
  expect(say.onDragStart(moved(section("visits"), null))).toBe("Picked up section 2, 2 of 2.");
});
