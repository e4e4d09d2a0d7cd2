import { accentsOf, contrast } from "./colour";

it("holds colours apart as WCAG does", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21);
  // https://webaim.org/resources/contrastchecker tells the same.
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
  expect(contrast("#0f766e", "#ffffff")).toBeCloseTo(5.47, 2);
  expect(contrast("#ffffff", "#0f766e")).toBeCloseTo(5.47, 2);
});

it("keeps a colour that can be read as it is", () => {
  expect(accentsOf("#0f766e")?.light.accent).toBe("#0f766e");
  expect(accentsOf("#5EEAD4")?.dark.accent).toBe("#5eead4");
});

// The grounds of tokens.css: cards, the page, what is muted; the darkest of the light ones and the lightest of the dark ones.
const GROUNDS = { light: ["#ffffff", "#fafbfc", "#f0f2f5"], dark: ["#111418", "#191c20", "#24282d"] };

it.each([
  ["#0f766e"],
  ["#ffcc00"],
  ["#000000"],
  ["#ffffff"],
  ["#ff0000"],
  ["#0000ff"],
  ["#00ff00"],
  ["#ff00ff"],
  ["#808080"],
  ["#123456"],
])("makes of %s an accent that can be read and be written on in both themes", (hex) => {
  const accents = accentsOf(hex);
  for (const theme of ["light", "dark"] as const) {
    const { accent, foreground, soft } = accents?.[theme] ?? { accent: "", foreground: "", soft: "" };
    for (const ground of [...GROUNDS[theme], soft, foreground]) {
      expect(contrast(accent, ground), `${theme} ${accent} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  }
});

it("keeps what colour it is", () => {
  const { light, dark } = accentsOf("#ffcc00") ?? {};
  // Yellow that is dark enough to be read has much red, less green, and hardly any blue.
  for (const accent of [light?.accent ?? "", dark?.accent ?? ""]) {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => parseInt(accent.slice(at, at + 2), 16));
    expect(red).toBeGreaterThan(green);
    expect(green).toBeGreaterThan(blue + 40);
  }
});

it.each(["", "red", "#fff", "#12345g", "0f766e", "#0f766e; x"])("makes nothing of %j", (text) => {
  expect(accentsOf(text)).toBeNull();
});
