import { documentOf, sectionOf, widgetOf } from "@/test/dashboards";
import { countWidgets, LIMITS } from "@/lib/dashboards/limits";
import { newSection } from "@/lib/dashboards/new-widget";
import { advance, begin, redo, undo } from "./history";
import { edit, placeOf, type Change, type Content } from "./state";

function contentOf(): Content {
  return {
    name: "Every morning",
    description: "",
    document: documentOf([
      sectionOf("sales0", [widgetOf("aaaaa1"), widgetOf("aaaaa2"), widgetOf("aaaaa3")], { title: "Sales" }),
      sectionOf("visits", [widgetOf("bbbbb1")]),
      sectionOf("empty0", []),
    ]),
  };
}

/** The ids of the widgets, section by section. */
function idsOf({ document }: Content): string[][] {
  return document.sections.map(({ widgets }) => widgets.map(({ id }) => id));
}

describe("what was removed", () => {
  const before = contentOf();
  const section = before.document.sections[0] ?? sectionOf("sales0", []);

  it("is not there twice where it is brought back twice", () => {
    expect(edit(before, { type: "add-section", section, position: 0 })).toBe(before);
    const moved = edit(before, { type: "move", id: "aaaaa1", sectionId: "visits", position: 0 });
    const without = edit(moved, { type: "remove-section", id: "sales0" });
    expect(idsOf(edit(without, { type: "add-section", section, position: 0 }))).toEqual([
      ["aaaaa2", "aaaaa3"],
      ["aaaaa1", "bbbbb1"],
      [],
    ]);
  });

  it("is not brought back where there is no room for it any more", () => {
    const many = Array.from({ length: LIMITS.widgets - 2 }, (_, index) => widgetOf(`many${index}`));
    const full = { ...before, document: documentOf([sectionOf("filled", many)]) };
    expect(edit(full, { type: "add-section", section, position: 0 })).toBe(full);
  });
});

describe("widgets", () => {
  it("are added where it is said, else at the end of the last section", () => {
    const widget = widgetOf("ccccc1");
    expect(idsOf(edit(contentOf(), { type: "add", widget, sectionId: "sales0", position: 1 }))[0]).toEqual([
      "aaaaa1",
      "ccccc1",
      "aaaaa2",
      "aaaaa3",
    ]);
    expect(idsOf(edit(contentOf(), { type: "add", widget, sectionId: null }))[2]).toEqual(["ccccc1"]);
    expect(idsOf(edit(contentOf(), { type: "add", widget, sectionId: "gone00" }))[2]).toEqual(["ccccc1"]);
  });

  it("bring a section to an empty dashboard", () => {
    const empty = { ...contentOf(), document: documentOf([]) };
    const { document } = edit(empty, { type: "add", widget: widgetOf("ccccc1"), sectionId: null });
    expect(document.sections).toHaveLength(1);
    expect(document.sections[0]?.widgets.map(({ id }) => id)).toEqual(["ccccc1"]);
  });

  it("are moved within a section and into another", () => {
    const move = (id: string, sectionId: string, position: number) =>
      idsOf(edit(contentOf(), { type: "move", id, sectionId, position }));
    expect(move("aaaaa1", "sales0", 2)[0]).toEqual(["aaaaa2", "aaaaa3", "aaaaa1"]);
    expect(move("aaaaa3", "sales0", 0)[0]).toEqual(["aaaaa3", "aaaaa1", "aaaaa2"]);
    expect(move("aaaaa2", "visits", 0)).toEqual([["aaaaa1", "aaaaa3"], ["aaaaa2", "bbbbb1"], []]);
    expect(move("bbbbb1", "empty0", 9)[2]).toEqual(["bbbbb1"]);
  });

  it("are doubled behind themselves, and are others then", () => {
    const before = contentOf();
    const after = edit(before, { type: "duplicate", id: "aaaaa1", newId: "ccccc1" });
    expect(idsOf(after)[0]).toEqual(["aaaaa1", "ccccc1", "aaaaa2", "aaaaa3"]);
    const changed = edit(after, {
      type: "change",
      id: "ccccc1",
      parts: { size: "full", display: { legend: false } },
    });
    expect(placeOf(changed.document, "aaaaa1")?.widget).toEqual(widgetOf("aaaaa1"));
    expect(placeOf(changed.document, "ccccc1")?.widget).toMatchObject({ size: "full", title: "aaaaa1" });
  });

  it("go, and what is not there changes nothing", () => {
    expect(idsOf(edit(contentOf(), { type: "remove", id: "aaaaa2" }))[0]).toEqual(["aaaaa1", "aaaaa3"]);
    const before = contentOf();
    expect(edit(before, { type: "remove", id: "gone00" })).toBe(before);
    expect(edit(before, { type: "move", id: "aaaaa1", sectionId: "gone00", position: 0 })).toBe(before);
    expect(edit(before, { type: "move", id: "aaaaa2", sectionId: "sales0", position: 1 })).toBe(before);
    expect(edit(before, { type: "change", id: "aaaaa1", parts: { size: "medium" } })).toBe(before);
  });
});

describe("sections", () => {
  it("are added, moved, changed and taken away with what is in them", () => {
    const before = contentOf();
    const added = edit(before, { type: "add-section", section: newSection({ id: "newone" }), position: 1 });
    expect(added.document.sections.map(({ id }) => id)).toEqual(["sales0", "newone", "visits", "empty0"]);
    const moved = edit(before, { type: "move-section", id: "sales0", position: 2 });
    expect(moved.document.sections.map(({ id }) => id)).toEqual(["visits", "empty0", "sales0"]);
    const wide = edit(before, {
      type: "change-section",
      id: "visits",
      parts: { columns: 3, title: "Visits" },
    });
    expect(wide.document.sections[1]).toMatchObject({
      columns: 3,
      title: "Visits",
      widgets: [{ id: "bbbbb1" }],
    });
    expect(idsOf(edit(before, { type: "remove-section", id: "sales0" }))).toEqual([["bbbbb1"], []]);
  });
});

describe("limits", () => {
  it("hold for widgets, added or doubled", () => {
    const many = Array.from({ length: LIMITS.widgets }, (_, index) => widgetOf(`widget${index}`));
    const full = { ...contentOf(), document: documentOf([sectionOf("sales0", many)]) };
    expect(edit(full, { type: "add", widget: widgetOf("onemore"), sectionId: null })).toBe(full);
    expect(edit(full, { type: "duplicate", id: "widget0", newId: "onemore" })).toBe(full);
    const room = edit(full, { type: "remove", id: "widget0" });
    expect(countWidgets(edit(room, { type: "duplicate", id: "widget1", newId: "onemore" }).document)).toBe(
      40,
    );
  });

  it("hold for sections", () => {
    const many = Array.from({ length: LIMITS.sections }, (_, index) => sectionOf(`section${index}`, []));
    const full = { ...contentOf(), document: documentOf(many) };
    expect(edit(full, { type: "add-section", section: newSection() })).toBe(full);
  });
});

/** Numbers that look like chance and are the same in every run (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

function anyChange(content: Content, next: (below: number) => number, serial: number): Change {
  const { sections } = content.document;
  const widgets = sections.flatMap((section) => section.widgets);
  const sectionId = sections[next(sections.length + 1)]?.id ?? "gone00";
  const id = widgets[next(widgets.length + 1)]?.id ?? "gone00";
  const newId = `new${String(serial).padStart(6, "0")}`;
  const changes: Change[] = [
    { type: "add", widget: widgetOf(newId), sectionId, position: next(6) },
    { type: "move", id, sectionId, position: next(6) },
    { type: "move", id, sectionId, position: next(6) },
    { type: "change", id, parts: { size: next(2) === 0 ? "small" : "full", title: `T${next(3)}` } },
    { type: "duplicate", id, newId },
    { type: "remove", id },
    { type: "add-section", section: newSection({ id: newId }), position: next(5) },
    { type: "move-section", id: sectionId, position: next(5) },
    { type: "change-section", id: sectionId, parts: { columns: ([1, 2, 3] as const)[next(3)] ?? 1 } },
    { type: "rename", name: `N${next(4)}` },
    { type: "settings", settings: { range: next(2) === 0 ? "today" : "last_7_days" } },
    ...(next(8) === 0 ? [{ type: "remove-section", id: sectionId } as const] : []),
  ];
  const change = changes[next(changes.length)];
  if (!change) throw new Error("there is always one");
  return change;
}

describe("whatever is done", () => {
  it.each([1, 2, 3, 4, 5])(
    "keeps ids apart and within limits, and is undone and done again step by step (%i)",
    (seed) => {
      const next = numbers(seed);
      let history = begin(contentOf());
      const states = [history.present];
      for (let serial = 0; serial < 90; serial += 1) {
        const frozen = JSON.stringify(history.present);
        const content = edit(history.present, anyChange(history.present, next, serial));
        // What was is not touched by what comes.
        expect(JSON.stringify(history.present)).toBe(frozen);
        history = advance(history, content);
        if (states.at(-1) !== content) states.push(content);
        const { sections } = content.document;
        const ids = sections.flatMap(({ widgets }) => widgets.map(({ id }) => id));
        expect(new Set(ids).size).toBe(ids.length);
        expect(new Set(sections.map(({ id }) => id)).size).toBe(sections.length);
        expect(ids.length).toBeLessThanOrEqual(LIMITS.widgets);
        expect(sections.length).toBeLessThanOrEqual(LIMITS.sections);
      }
      expect(states.length).toBeGreaterThan(30);
      for (const state of states.slice(0, -1).reverse()) {
        history = undo(history);
        expect(history.present).toBe(state);
      }
      expect(undo(history)).toBe(history);
      for (const state of states.slice(1)) {
        history = redo(history);
        expect(history.present).toBe(state);
      }
      expect(redo(history)).toBe(history);
    },
  );
});
