import tokens from "./tokens.css?raw";

type Oklch = [lightness: number, chroma: number, hue: number];

/** Relative luminance as WCAG defines it, of a colour in Oklab's polar form: https://bottosson.github.io/posts/oklab/ */
function luminance([lightness, chroma, hue]: Oklch): number {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const red = 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s;
  const green = -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s;
  const blue = -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s;
  const shown = (part: number) => Math.min(Math.max(part, 0), 1);
  return 0.2126 * shown(red) + 0.7152 * shown(green) + 0.0722 * shown(blue);
}

function contrast(one: Oklch, other: Oklch): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const [light = "", dark = ""] = tokens.split("\n.dark");

function colour(theme: string, name: string): Oklch {
  const found = new RegExp(`--${name}: oklch\\(([\\d.]+) ([\\d.]+) ([\\d.]+)\\)`).exec(theme);
  if (!found) throw new Error(`the theme has no --${name}`);
  return [Number(found[1]), Number(found[2]), Number(found[3])];
}

const SERIES = ["1", "2", "3", "4", "5", "6", "7", "8"];
/** The steps that cells of tables are coloured with. */
const TEXT_ON_HEAT = ["0", "1", "2", "3", "4"];

it("knows that black on white is 21 to 1", () => {
  expect(contrast([0, 0, 0], [1, 0, 0])).toBeCloseTo(21);
});

// WCAG 2.2, 1.4.11: what is needed to understand a control or a drawing stands out from what is around it by 3 to 1.
describe.each([
  ["light", light],
  ["dark", dark],
])("in the %s theme", (_, theme) => {
  it.each<[string, string]>([
    ["input", "card"],
    ["input", "popover"],
    ["chart-previous", "card"],
    ["chart-mark", "card"],
    ["heat-6", "card"],
    ["accent", "background"],
    ...SERIES.map((number): [string, string] => [`series-${number}`, "card"]),
  ])("%s stands out from %s", (mark, ground) => {
    expect(contrast(colour(theme, mark), colour(theme, ground))).toBeGreaterThanOrEqual(3);
  });

  // WCAG 2.2, 1.4.3, for text.
  it.each<[string, string]>([
    ["accent-foreground", "accent"],
    ["accent-foreground", "bad"],
    ["chart-axis", "card"],
    ...TEXT_ON_HEAT.map((step): [string, string] => ["foreground", `heat-${step}`]),
  ])("%s can be read on %s", (text, ground) => {
    expect(contrast(colour(theme, text), colour(theme, ground))).toBeGreaterThanOrEqual(4.5);
  });

  it("has more heat further away from the ground at each step", () => {
    const steps = ["0", "1", "2", "3", "4", "5", "6"].map((step) => colour(theme, `heat-${step}`));
    const seen = steps.map((step) => contrast(step, colour(theme, "card")));
    for (const [index, one] of seen.slice(1).entries()) expect(one).toBeGreaterThan((seen[index] ?? 0) * 1.1);
  });
});
