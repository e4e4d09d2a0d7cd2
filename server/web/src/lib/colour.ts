/*
 * Colours that somebody chose, made fit to be read on light and on dark pages. Lightness is changed in Oklab's polar form, where a colour
 * stays the colour that it is: https://bottosson.github.io/posts/oklab/
 */

export interface Oklch {
  lightness: number;
  chroma: number;
  /** In degrees. */
  hue: number;
}

/** Red, green and blue in linear light, from 0 to 1. */
type Rgb = readonly [red: number, green: number, blue: number];

/** What stands in place of the accent's tokens in a theme. */
export interface Accent {
  accent: string;
  /** What is written on it. */
  foreground: string;
  /** A ground with a hint of it. */
  soft: string;
}

const HEX = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i;

/** What WCAG 2.2 wants of text on its ground (1.4.3). */
const READABLE = 4.5;

function linear(part: number): number {
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}

function encoded(part: number): number {
  return part <= 0.0031308 ? part * 12.92 : 1.055 * part ** (1 / 2.4) - 0.055;
}

function rgbOf(hex: string): Rgb | null {
  const parts = HEX.exec(hex)?.slice(1);
  if (!parts) return null;
  const [red = 0, green = 0, blue = 0] = parts.map((part) => linear(parseInt(part, 16) / 255));
  return [red, green, blue];
}

function hexOf(rgb: Rgb): string {
  const digits = rgb.map((part) => {
    const shown = Math.round(encoded(Math.min(Math.max(part, 0), 1)) * 255);
    return shown.toString(16).padStart(2, "0");
  });
  return `#${digits.join("")}`;
}

function oklchOf([red, green, blue]: Rgb): Oklch {
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  const a = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const b = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  return {
    lightness: 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    chroma: Math.hypot(a, b),
    hue: (Math.atan2(b, a) * 180) / Math.PI,
  };
}

function rgbOfOklch({ lightness, chroma, hue }: Oklch): Rgb {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

/** The colour as screens show it, who cannot show them all. */
function shown(colour: Oklch): string {
  return hexOf(rgbOfOklch(colour));
}

/** How far two colours stand apart, from 1 to 21, as WCAG defines it; 1 for what is none. */
export function contrast(one: string, other: string): number {
  const luminance = (hex: string) => {
    const [red, green, blue] = rgbOf(hex) ?? [0, 0, 0];
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** The colour itself, or as much darker (-1) or lighter (1) as it takes to be read on that ground. */
function readable(colour: Oklch, ground: string, step: -1 | 1): string {
  for (let lightness = colour.lightness; lightness > 0 && lightness < 1; lightness += step * 0.005) {
    const candidate = shown({ ...colour, lightness });
    if (contrast(candidate, ground) >= READABLE) return candidate;
  }
  return step === -1 ? "#000000" : "#ffffff";
}

/** An accent for each theme from a colour such as `#0f766e`; null from anything else. */
export function accentsOf(hex: string): { light: Accent; dark: Accent } | null {
  const rgb = rgbOf(hex);
  if (!rgb) return null;
  const colour = oklchOf(rgb);
  const tinted = (lightness: number, chroma: number) =>
    shown({ lightness, chroma: Math.min(colour.chroma, chroma), hue: colour.hue });
  // The soft ground is the one of each theme that an accent stands out from least.
  const [soft, softOnDark] = [tinted(0.955, 0.022), tinted(0.285, 0.045)];
  return {
    light: { accent: readable(colour, soft, -1), foreground: "#fcfcfc", soft },
    dark: {
      accent: readable({ ...colour, lightness: Math.max(colour.lightness, 0.6) }, softOnDark, 1),
      foreground: tinted(0.17, 0.02),
      soft: softOnDark,
    },
  };
}
