import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Page } from "@playwright/test";
import { SAMPLE_CSV } from "./environment";
import { expect, dropFiles, exactKpi, openOverview, storeNames, switchStore, test } from "./fixtures";

const HEADER =
  "Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price";

const NAME = basename(SAMPLE_CSV);
const SAMPLE = readFileSync(SAMPLE_CSV);
const RUNS_LONG = 180_000;

/** All time of the last store that trades in the sample's currency. */
async function openStoreOfSample(page: Page): Promise<string> {
  const text = (NAME.endsWith(".gz") ? gunzipSync(SAMPLE) : SAMPLE).toString("utf8", 0, 200_000);
  const currency = /,"?([A-Z]{3})"?,/.exec(text.slice(text.indexOf("\n")))?.[1];
  await openOverview(page);
  const name = (await storeNames(page, currency)).at(-1) ?? "";
  await switchStore(page, name);
  await page.goto(`${page.url().split("?")[0] ?? ""}?range=all_time`);
  return name;
}

test("a file dropped on the page is imported, with progress, and the numbers follow", async ({ page }) => {
  test.setTimeout(RUNS_LONG);
  const store = await openStoreOfSample(page);
  const before = await exactKpi(page, "Orders");

  await dropFiles(page, [{ name: NAME, content: SAMPLE }]);
  const dialog = page.getByRole("dialog", { name: "Import orders" });
  await expect(dialog).toContainText(`Into ${store}`);
  await expect(dialog).toContainText(NAME);
  await dialog.getByRole("button", { name: "Import", exact: true }).click();
  await expect(dialog.getByRole("progressbar").or(dialog.getByRole("status"))).toBeVisible();
  await expect(dialog.getByRole("status")).toContainText(/Imported [\d,]+ rows/, { timeout: 150_000 });
  await expect(dialog.getByText("New", { exact: true })).toBeVisible();
  await expect(page.getByText(`${NAME} is imported`).first()).toBeVisible();
  await dialog.getByRole("button", { name: "Close" }).last().click();

  await expect(async () => expect(await exactKpi(page, "Orders")).not.toBe(before)).toPass();
  await page.getByRole("link", { name: "Imports" }).click();
  await page.getByRole("button", { name: NAME }).first().click();
  await expect(page.getByRole("status").first()).toContainText(/Imported [\d,]+ rows/);
  await page.reload();
  await expect(page.getByRole("button", { name: NAME }).first()).toHaveAttribute("aria-expanded", "true");
});

test("the same file again changes nothing", async ({ page }) => {
  test.setTimeout(RUNS_LONG);
  await openStoreOfSample(page);
  const before = await exactKpi(page, "Revenue");
  await dropFiles(page, [{ name: NAME, content: SAMPLE }]);
  const dialog = page.getByRole("dialog", { name: "Import orders" });
  await dialog.getByRole("button", { name: "Import", exact: true }).click();
  await expect(dialog.getByRole("status")).toContainText(/imported before|Imported/, { timeout: 150_000 });
  await dialog.getByRole("button", { name: "Close" }).last().click();
  expect(await exactKpi(page, "Revenue")).toBe(before);
});

test("a broken file is refused as a whole, cell by cell", async ({ page }) => {
  await openOverview(page);
  const before = await exactKpi(page, "Revenue");
  const rows = [
    HEADER,
    "#9001,a@example.com,paid,2026-03-01 10:00:00 -0500,USD,10.00,0.00,0.00,10.00,2026-03-01 10:00:00 -0500,1,Mug,10.00",
    "#9002,b@example.com,paid,2026-03-01 11:00:00 -0500,USD,20.00,0.00,0.00,not-a-number,2026-03-01 11:00:00 -0500,1,Mug,20.00",
  ];
  await dropFiles(page, [{ name: "broken.csv", content: Buffer.from(rows.join("\n")) }]);
  const dialog = page.getByRole("dialog", { name: "Import orders" });
  await dialog.getByRole("button", { name: "Import", exact: true }).click();
  await expect(dialog.getByRole("alert")).toContainText("Nothing was imported");
  const error = dialog.getByRole("row").nth(1);
  await expect(error.getByRole("cell").nth(0)).toHaveText("3");
  await expect(error.getByRole("cell").nth(1)).toHaveText("Total");
  await expect(error.getByRole("cell").nth(2)).toHaveText("not-a-number");
  await expect(error.getByRole("cell").nth(3)).not.toBeEmpty();
  await dialog.getByRole("button", { name: "Close" }).last().click();
  expect(await exactKpi(page, "Revenue")).toBe(before);
});

test("what is no orders export is not even sent", async ({ page }) => {
  await openOverview(page);
  await dropFiles(page, [{ name: "notes.pdf", content: Buffer.from("x") }]);
  const dialog = page.getByRole("dialog", { name: "Import orders" });
  await expect(dialog).toContainText("Only .csv and .csv.gz files can be imported.");
  await expect(dialog.getByRole("button", { name: "Import", exact: true })).toBeDisabled();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
});
