/** What is told from what, the more particular first: most programs also call themselves by the names of others. */
const BROWSERS: [name: string, mark: RegExp][] = [
  ["Edge", /\bEdg(e|A|iOS)?\//],
  ["Opera", /\bOPR\//],
  ["Samsung Internet", /\bSamsungBrowser\//],
  ["Firefox", /\b(Firefox|FxiOS)\//],
  ["Chrome", /\b(Chrome|HeadlessChrome|CriOS)\//],
  ["Safari", /\bVersion\/[\d.]+ .*Safari\//],
];

const SYSTEMS: [name: string, mark: RegExp][] = [
  ["iPhone", /\biPhone\b/],
  ["iPad", /\biPad\b/],
  ["Android", /\bAndroid\b/],
  ["ChromeOS", /\bCrOS\b/],
  ["Windows", /\bWindows\b/],
  ["macOS", /\bMacintosh\b/],
  ["Linux", /\bLinux\b/],
];

export interface Program {
  /** In words where it is a browser on a system that is known, otherwise as it calls itself. */
  title: string;
  isHandheld: boolean;
}

export function programOf(userAgent: string | null | undefined): Program {
  const text = userAgent?.trim() ?? "";
  if (text === "") return { title: "Unknown program", isHandheld: false };
  const find = (list: [string, RegExp][]) => list.find(([, mark]) => mark.test(text))?.[0];
  const [browser, system] = [find(BROWSERS), find(SYSTEMS)];
  const isHandheld = system === "iPhone" || system === "iPad" || system === "Android";
  return { title: browser && system ? `${browser} on ${system}` : text, isHandheld };
}
