import AxeBuilder from "@axe-core/playwright";
import { test as base, expect, type Locator, type Page } from "@playwright/test";

/** What the browser complained of: errors in the console, breaches of the content security policy, uncaught errors. */
export class Complaints {
  private readonly heard: string[] = [];

  constructor(page: Page) {
    page.on("pageerror", (error) => this.heard.push(error.message));
    page.on("console", (message) => {
      if (message.type() !== "error") return;
      this.heard.push(`${message.text()} (${message.location().url})`);
    });
  }

  /** Forgets complaints that a test has provoked. */
  pardon(expected: RegExp): void {
    const left = this.heard.filter((text) => !expected.test(text));
    this.heard.splice(0, this.heard.length, ...left);
  }

  get all(): readonly string[] {
    return this.heard;
  }
}

interface Fixtures {
  complaints: Complaints;
  /** Origins besides the server's whose pages the browser may go to. */
  neighbours: string[];
}

export const test = base.extend<Fixtures>({
  neighbours: [[], { option: true }],
  complaints: [
    async ({ page, baseURL, neighbours }, use) => {
      const complaints = new Complaints(page);
      const foreign: string[] = [];
      page.on("request", (request) => {
        const { origin, protocol } = new URL(request.url());
        if (!protocol.startsWith("http") || !baseURL) return;
        if (![new URL(baseURL).origin, ...neighbours].includes(origin)) foreign.push(request.url());
      });
      await use(complaints);
      expect(complaints.all, "the browser has nothing to complain of").toEqual([]);
      expect(foreign, "nothing is asked of anybody else").toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

export function card(page: Page, title: string): Locator {
  return page.getByRole("region", { name: title, exact: true });
}

/** Waits until nothing on the page is on its way to another look, but for what never ends. */
async function still(page: Page): Promise<void> {
  await page.evaluate(async () => {
    // What a change of the theme sets going is there with the next frame.
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const ending = document
      .getAnimations()
      .filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime));
    await Promise.allSettled(ending.map(({ finished }) => finished));
  });
}

/** Holds what is on the page against the rules of WCAG 2.2 AA. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  await still(page);
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .analyze();
  const found = violations.map(({ id, impact, nodes }) => ({
    id,
    impact,
    at: nodes.map(({ html, failureSummary }) => `${html}: ${failureSummary ?? ""}`),
  }));
  expect(found, what).toEqual([]);
}

/** How far the page sticks out sideways. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
}

/** The big number of a KPI card, once it is there and no longer that of an earlier view. */
export async function kpi(page: Page, title: string): Promise<string> {
  const region = card(page, title);
  await expect(region).toHaveAttribute("aria-busy", "false");
  const value = region.getByRole("button").first();
  await expect(value).toHaveText(/\d|—/);
  return (await value.textContent()) ?? "";
}

/** Every number of a KPI card in full, as its tooltip shows it. */
export async function exactKpi(page: Page, title: string): Promise<string> {
  await kpi(page, title);
  await page.mouse.move(0, 0);
  await card(page, title).getByRole("button").first().hover();
  const tooltip = page.getByRole("tooltip");
  // The value comes first, and below it what it counts.
  const value = tooltip.locator("p").first();
  await expect(value).toHaveText(/\d|orders/);
  const text = (await value.textContent()) ?? "";
  // In steps: a tooltip stays while the pointer may still be on its way to it.
  await page.mouse.move(2, 2, { steps: 4 });
  await expect(tooltip).toBeHidden();
  return text;
}

export async function openOverview(page: Page): Promise<void> {
  await page.goto("/");
  await page.waitForURL(/\/stores\//);
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
}

/** The stores' names, in the order of the switcher; only those that trade in the currency, if one is given. */
export async function storeNames(page: Page, currency?: string): Promise<string[]> {
  await page.getByRole("button", { name: /^Store:/ }).click();
  const items = page.getByRole("menuitemradio");
  await expect(items.first()).toBeVisible();
  const stores = await items.evaluateAll((all) =>
    all.map((item) => [...item.querySelectorAll("span")].map((part) => part.textContent)),
  );
  await page.keyboard.press("Escape");
  await expect(items.first()).toBeHidden();
  return stores
    .filter((parts) => currency === undefined || parts.includes(currency))
    .map((parts) => parts.find((part) => part !== "") ?? "");
}

export async function switchStore(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: /^Store:/ }).click();
  await page.getByRole("menuitemradio", { name }).click();
  await expect(page.getByRole("button", { name: `Store: ${name}.` })).toBeVisible();
}

/** Drops files on the page as a person does: over it first, then let go. */
export async function dropFiles(page: Page, files: { name: string; content: Buffer }[]): Promise<void> {
  const transfer = await page.evaluateHandle(
    (parts) => {
      const data = new DataTransfer();
      for (const { name, base64 } of parts) {
        const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
        data.items.add(new File([bytes], name));
      }
      return data;
    },
    files.map(({ name, content }) => ({ name, base64: content.toString("base64") })),
  );
  await page.dispatchEvent("main", "dragenter", { dataTransfer: transfer });
  await expect(page.getByText(/^Drop to import into/)).toBeVisible();
  await page.dispatchEvent("main", "dragover", { dataTransfer: transfer });
  await page.dispatchEvent("main", "drop", { dataTransfer: transfer });
  await expect(page.getByText(/^Drop to import into/)).toBeHidden();
}
