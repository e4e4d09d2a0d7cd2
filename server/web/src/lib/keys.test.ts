import { ariaKeys, isPlain, isTypedInto, keyNames, matchKeys } from "./keys";

function press(key: string, parts: Partial<KeyboardEventInit> = {}): KeyboardEvent {
  return new KeyboardEvent("keydown", { key, ...parts });
}

function onMac(agent: string) {
  vi.spyOn(navigator, "userAgent", "get").mockReturnValue(agent);
}

afterEach(() => void vi.restoreAllMocks());

it("hears a single key, and neither its capital nor one with Control", () => {
  expect(matchKeys("e", press("e"), null)).toBe("all");
  expect(matchKeys("e", press("E", { shiftKey: true }), null)).toBeNull();
  expect(matchKeys("e", press("e", { ctrlKey: true }), null)).toBeNull();
  expect(matchKeys("e", press("e", { metaKey: true }), null)).toBeNull();
});

it("hears a character wherever it is on the keyboard, with Shift or the third level", () => {
  expect(matchKeys("?", press("?", { shiftKey: true }), null)).toBe("all");
  expect(matchKeys("/", press("/", { shiftKey: true }), null)).toBe("all");
  const third = press("/", { ctrlKey: true, altKey: true });
  vi.spyOn(third, "getModifierState").mockImplementation((key) => key === "AltGraph");
  expect(matchKeys("/", third, null)).toBe("all");
});

it("hears one key after another, and not the second alone", () => {
  expect(matchKeys("g d", press("g"), null)).toBe("begins");
  expect(matchKeys("g d", press("d"), "g")).toBe("all");
  expect(matchKeys("g d", press("d"), null)).toBeNull();
  expect(matchKeys("g d", press("o"), "g")).toBeNull();
  // A single key within another's sequence is not meant by itself.
  expect(matchKeys("e", press("e"), "g")).toBeNull();
});

it("takes Control for the system's key, and Command on a Mac", () => {
  onMac("Mozilla/5.0 (X11; Linux x86_64)");
  expect(matchKeys("mod+k", press("k", { ctrlKey: true }), null)).toBe("all");
  expect(matchKeys("mod+k", press("k", { metaKey: true }), null)).toBeNull();
  expect(keyNames("mod+shift+z")).toEqual([["Ctrl", "Shift", "Z"]]);
  onMac("Mozilla/5.0 (Macintosh; Intel Mac OS X)");
  expect(matchKeys("mod+k", press("k", { metaKey: true }), null)).toBe("all");
  expect(matchKeys("mod+k", press("k", { ctrlKey: true }), null)).toBeNull();
  expect(keyNames("mod+shift+z")).toEqual([["⌘", "⇧", "Z"]]);
});

it("tells keys with Shift from those without", () => {
  expect(matchKeys("mod+z", press("Z", { ctrlKey: true, shiftKey: true }), null)).toBeNull();
  expect(matchKeys("mod+shift+z", press("Z", { ctrlKey: true, shiftKey: true }), null)).toBe("all");
  expect(matchKeys("mod+shift+z", press("z", { ctrlKey: true }), null)).toBeNull();
});

it("knows which shortcuts are of characters alone", () => {
  expect(["e", "/", "?", "g d"].map(isPlain)).toEqual([true, true, true, true]);
  expect(["mod+k", "Escape", "ArrowDown"].map(isPlain)).toEqual([false, false, false]);
});

it("writes keys for people and for assistive technology", () => {
  expect(keyNames("g d")).toEqual([["G"], ["D"]]);
  expect(keyNames("Escape")).toEqual([["Esc"]]);
  expect(ariaKeys("mod+shift+z")).toBe("Control+Shift+z");
  expect(ariaKeys("g d")).toBeUndefined();
});

it("knows where characters go into a text", () => {
  document.body.innerHTML = `
    <input id="text" /><input id="search" type="search" /><input id="box" type="checkbox" /><textarea id="area"></textarea>
    <select id="select"></select><button id="button">b</button><div role="menu"><button id="entry">e</button></div>`;
  const typed = (id: string) => isTypedInto(document.getElementById(id));
  expect(["text", "search", "area", "select", "entry"].map(typed)).toEqual([true, true, true, true, true]);
  expect(["box", "button"].map(typed)).toEqual([false, false]);
  expect(isTypedInto(null)).toBe(false);
});
