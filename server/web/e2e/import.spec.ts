import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Locator, Page } from "@playwright/test";
import { EMPTY_STORE, SAMPLE_CSV } from "./environment";
import { expect, dropFiles, exactKpi, openOverview, storeNames, switchStore, test } from "./fixtures";

const HEADER =
  "Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price";

const NAME = basename(SAMPLE_CSV);
const SAMPLE = readFileSync(SAMPLE_CSV);
const RUNS_LONG = 180_000;
const IMPORTED = /Imported the file’s [\d,]+ rows/;

/** All time of a store with orders that trades in the sample's currency. */
async function openStoreOfSample(page: Page): Promise<string> {
  const text = (NAME.endsWith(".gz") ? gunzipSync(SAMPLE) : SAMPLE).toString("utf8", 0, 200_000);
  const currency = /,"?([A-Z]{3})"?,/.exec(text.slice(text.indexOf("\n")))?.[1];
  await openOverview(page);
  const names = await storeNames(page, currency);
  const name = names.filter((name) => name !== EMPTY_STORE).at(-1) ?? "";
  await switchStore(page, name);
  await page.goto(`${page.url().split("?")[0] ?? ""}?range=all_time`);
  return name;
}

async function dropAndImport(page: Page, name: string, content: Buffer): Promise<Locator> {
  await dropFiles(page, [{ name, content }]);
  const dialog = page.getByRole("dialog", { name: "Import orders" });
  await dialog.getByRole("button", { name: "Import", exact: true }).click();
  return dialog;
}

async function close(dialog: Locator): Promise<void> {
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await expect(dialog).toBeHidden();
}

/** A number as the server has it now, and not as the page remembers it. */
async function freshKpi(page: Page, title: string): Promise<string> {
  await page.reload();
  return exactKpi(page, title);
}

/** Holds the upload back until it is let go, so that it can be seen under way. */
async function holdUpload(page: Page): Promise<() => void> {
  let letGo: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  await page.route("**/api/imports", async (route) => {
    if (route.request().method() === "POST") await gate;
    await route.continue();
  });
  return letGo;
}

test("a file dropped on the page is imported, with progress, and the numbers follow", async ({ page }) => {
  test.setTimeout(RUNS_LONG);
  const store = await openStoreOfSample(page);
  const before = await exactKpi(page, "Orders");

  await dropFiles(page, [{ name: NAME, content: SAMPLE }]);
  const dialog = page.getByRole("dialog", { name: "Import orders" });
  await expect(dialog).toContainText(`Into ${store}`);
  await expect(dialog).toContainText(NAME);
  const letGo = await holdUpload(page);
  await dialog.getByRole("button", { name: "Import", exact: true }).click();
  await expect(dialog.getByRole("progressbar", { name: `Sending ${NAME}` })).toBeVisible();
  await expect(dialog).toContainText("Keep this tab open until everything is sent.");
  letGo();
  await expect(dialog.getByRole("status")).toContainText(IMPORTED, { timeout: 150_000 });
  await expect(dialog).toContainText("records: orders, customers, products and refunds");
  await expect(page.getByText(`${NAME} is imported`).first()).toBeVisible();
  await close(dialog);

  await expect(async () => expect(await exactKpi(page, "Orders")).not.toBe(before)).toPass();
  await page.getByRole("link", { name: "Imports" }).click();
  await page.getByRole("button", { name: NAME }).first().click();
  await expect(page.getByRole("main").getByRole("status")).toContainText(IMPORTED);
  await page.reload();
  await expect(page.getByRole("button", { name: NAME }).first()).toHaveAttribute("aria-expanded", "true");
});

test("the same file again changes nothing", async ({ page }) => {
  test.setTimeout(RUNS_LONG);
  await openStoreOfSample(page);
  const first = await dropAndImport(page, NAME, SAMPLE);
  await expect(first.getByRole("status")).toBeVisible({ timeout: 150_000 });
  await close(first);
  const before = await freshKpi(page, "Revenue");

  const again = await dropAndImport(page, NAME, SAMPLE);
  await expect(again.getByRole("status")).toContainText("This file was imported before", {
    timeout: 150_000,
  });
  await close(again);
  expect(await freshKpi(page, "Revenue")).toBe(before);
});

test("a broken file is refused as a whole, cell by cell", async ({ page }) => {
  await openOverview(page);
  const before = await exactKpi(page, "Revenue");
  const rows = [
    HEADER,
    "#9001,a@example.com,paid,2026-03-01 10:00:00 -0500,USD,10.00,0.00,0.00,10.00,2026-03-01 10:00:00 -0500,1,Mug,10.00",
    "#9002,b@example.com,paid,2026-03-01 11:00:00 -0500,USD,20.00,0.00,0.00,not-a-number,2026-03-01 11:00:00 -0500,1,Mug,20.00",
  ];
  const dialog = await dropAndImport(page, "broken.csv", Buffer.from(rows.join("\n")));
  await expect(dialog.getByRole("alert")).toContainText("Nothing was imported");
  const error = dialog.getByRole("row").nth(1);
  await expect(error.getByRole("cell").nth(0)).toHaveText("3");
  await expect(error.getByRole("cell").nth(1)).toHaveText("Total");
  await expect(error.getByRole("cell").nth(2)).toHaveText("not-a-number");
  await expect(error.getByRole("cell").nth(3)).not.toBeEmpty();
  await close(dialog);
  expect(await freshKpi(page, "Revenue")).toBe(before);
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
