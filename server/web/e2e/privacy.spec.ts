import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { overflow } from "./fixtures";
import { expect, inspect, openSettings, REFUSED, signUp, somebody, test, type Person } from "./people";

const HEADER =
  "Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price";

const [INGA, OLE, LENA] = ["inga@customers.example", "ole@customers.example", "lena@customers.example"];

/** The middle of a month, so many before the one that is under way. */
function middleOfMonth(before: number): string {
  const now = new Date();
  const day = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - before, 15, 12));
  return day.toISOString().slice(0, 10);
}

function order(number: number, email: string, day: string, total: string): string {
  const at = `${day} 12:00:00 +0000`;
  return `#${number},${email},paid,${at},EUR,${total},0.00,0.00,${total},${at},1,Mug,${total}`;
}

/** Of Inga two orders, of Ole one, and of Lena one that is four months old. */
function orders(): Buffer {
  const lines = [
    HEADER,
    order(1, LENA, middleOfMonth(4), "50.00"),
    order(2, INGA, middleOfMonth(1), "10.00"),
    order(3, INGA, middleOfMonth(1), "12.50"),
    order(4, OLE, middleOfMonth(1), "20.00"),
  ];
  return Buffer.from(`${lines.join("\n")}\n`);
}

/** Signs up, and waits until the store of the new organisation has its orders. */
async function signUpWithOrders(page: Page, person: Person): Promise<void> {
  await signUp(page, person);
  const { stores } = (await (await page.request.get("/api/stores")).json()) as { stores: { id: string }[] };
  const sent = await page.request.post("/api/imports", {
    multipart: {
      store_id: stores[0]?.id ?? "",
      kind: "shopify_orders",
      file: { name: "orders.csv", mimeType: "text/csv", buffer: orders() },
    },
  });
  expect(sent.ok(), await sent.text()).toBe(true);
  const { id } = (await sent.json()) as { id: string };
  await expect
    .poll(async () => {
      const answer = await page.request.get(`/api/imports/${id}`);
      return ((await answer.json()) as { status: string }).status;
    })
    .toBe("done");
}

interface Exported {
  customer_ids: string[];
  datasets: Record<string, Record<string, unknown>[]>;
}

async function download(page: Page): Promise<Exported> {
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export" }).click();
  const file = await downloading;
  expect(file.suggestedFilename()).toBe("customer-data.json");
  return JSON.parse(readFileSync(await file.path(), "utf8")) as Exported;
}

test("a customer's data are exported, and then erased for good", async ({ page, complaints }) => {
  // All that the page shows is looked at in both themes, which takes a while.
  test.slow();
  const ann = somebody();
  await signUpWithOrders(page, ann);
  await openSettings(page, "privacy", "Privacy");
  await expect(page.getByText("Nobody was erased yet")).toBeVisible();
  await inspect(page, "privacy, nothing erased yet");

  const email = page.getByLabel("Email of the customer");
  const unknown = page.getByText("No customer of this store has this address.");
  await email.fill("nobody@customers.example");
  await page.getByRole("button", { name: "Export" }).click();
  await expect(unknown).toBeVisible();
  await expect(email).toBeFocused();
  await inspect(page, "privacy, a customer that is not known");

  await email.fill("Inga@Customers.example");
  await expect(unknown).toBeHidden();
  const told = await download(page);
  await expect(page.getByText("What First store has of 1 customer was exported").first()).toBeVisible();
  expect(told.customer_ids).toHaveLength(1);
  expect(told.datasets.orders?.map(({ order_name }) => order_name)).toEqual(["#2", "#3"]);
  expect(told.datasets.orders?.[1]?.total).toMatch(/^12\.50*$/);
  expect(JSON.stringify(told)).not.toContain(OLE);

  await page.getByRole("button", { name: "Erase…" }).click();
  const dialog = page.getByRole("dialog", { name: "Erase for good?" });
  await expect(dialog.getByRole("button", { name: "Erase" })).toBeDisabled();
  await inspect(page, "erasing a customer");
  await dialog.getByRole("textbox").fill("First store");
  await dialog.getByRole("button", { name: "Erase" }).click();
  await expect(dialog).toBeHidden();
  const entry = page.getByRole("region", { name: "Erasures" }).getByRole("listitem");
  await expect(entry).toHaveCount(1);
  await expect(entry).toContainText(`Asked for by ${ann.email}`);
  // Two orders, as orders and as their items, and the customer.
  await expect(entry).toContainText("5 rows went", { timeout: 30_000 });
  await expect(entry).toContainText("Done");
  await inspect(page, "privacy, with an erasure");

  // Gone by the address, and by the ID.
  await email.fill(INGA);
  await page.getByRole("button", { name: "Export" }).click();
  await expect(unknown).toBeVisible();
  await page.getByRole("radio", { name: "By customer ID" }).click();
  await page.getByLabel("Customer IDs").fill(told.customer_ids.join("\n"));
  await inspect(page, "privacy, by customer ID");
  expect((await download(page)).datasets).toEqual({});
  await expect(page.getByText("Nothing is kept of them.").first()).toBeVisible();

  // Whoever was not meant is still there, by the ID too.
  await page.getByRole("radio", { name: "By email" }).click();
  await email.fill(OLE);
  const other = await download(page);
  expect(other.datasets.orders?.map(({ order_name }) => order_name)).toEqual(["#4"]);

  await openSettings(page, "audit", "Audit log");
  const rows = page.getByRole("region", { name: "Events" }).getByRole("row");
  await expect(rows.filter({ hasText: "Exported what is kept of customers" }).first()).toBeVisible();
  await expect(rows.filter({ hasText: "Asked for what is kept of customers to be erased" })).toHaveCount(1);
  await expect(page.getByRole("main")).not.toContainText(INGA);
  complaints.pardon(REFUSED);
});

test("customers are erased by their IDs, several at once", async ({ page, complaints }) => {
  const ann = somebody();
  await signUpWithOrders(page, ann);
  await openSettings(page, "privacy", "Privacy");
  const email = page.getByLabel("Email of the customer");
  const ids: string[] = [];
  for (const address of [INGA, OLE]) {
    await email.fill(address);
    ids.push(...(await download(page)).customer_ids);
  }
  await page.getByRole("radio", { name: "By customer ID" }).click();
  await page.getByRole("button", { name: "Erase…" }).click();
  await expect(page.getByText("Enter the ID of a customer.")).toBeVisible();
  await page.getByLabel("Customer IDs").fill(ids.join("\n"));
  await page.getByRole("button", { name: "Erase…" }).click();
  const dialog = page.getByRole("dialog", { name: "Erase for good?" });
  await expect(dialog).toContainText("2 customers");
  await dialog.getByRole("textbox").fill("First store");
  await page.keyboard.press("Enter");
  const entry = page.getByRole("region", { name: "Erasures" }).getByRole("listitem");
  await expect(entry).toContainText("2 customers of First store");
  await expect(entry).toContainText("Done", { timeout: 30_000 });
  await page.getByRole("radio", { name: "By email" }).click();
  await email.fill(LENA);
  expect((await download(page)).datasets.orders).toHaveLength(1);
  complaints.pardon(REFUSED);
});

test("data are kept for as long as is said, and no longer than the plan goes", async ({
  page,
  complaints,
}) => {
  // All that the page shows is looked at in both themes, which takes a while.
  test.slow();
  const ann = somebody();
  await signUpWithOrders(page, ann);
  await openSettings(page, "privacy", "Privacy");
  const how = page.getByLabel("Keep data");
  const months = page.getByLabel("Months");
  const save = page.getByRole("button", { name: "Save" });
  const email = page.getByLabel("Email of the customer");
  // What an organisation begins with that pays nothing.
  await expect(months).toHaveValue("12");
  await expect(save).toBeDisabled();
  await how.selectOption("For ever");
  await save.click();
  await expect(page.getByRole("alert")).toContainText("more than the organisation pays for");
  await inspect(page, "privacy, more than the plan has");

  await email.fill(LENA);
  expect((await download(page)).datasets.orders).toHaveLength(1);
  await how.selectOption("For a number of months");
  await months.fill("0");
  await expect(page.getByText("Enter a number from 1 to 240.")).toBeVisible();
  await months.fill("2");
  await save.click();
  const dialog = page.getByRole("dialog", { name: "Keep data for 2 months only?" });
  await expect(dialog).toContainText("Everything from before");
  await inspect(page, "keeping data for less");
  await dialog.getByRole("textbox").fill(ann.organization);
  await dialog.getByRole("button", { name: "Erase what is older" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText("Data are kept for 2 months").first()).toBeVisible();
  await expect(save).toBeDisabled();

  // What is older goes soon, and what is not stays.
  await expect(async () => {
    await email.fill("");
    await email.fill(LENA);
    await page.getByRole("button", { name: "Export" }).click();
    await expect(page.getByText("No customer of this store has this address.")).toBeVisible({
      timeout: 2000,
    });
  }).toPass({ timeout: 45_000 });
  await email.fill(INGA);
  expect((await download(page)).datasets.orders).toHaveLength(2);

  await page.reload();
  await expect(months).toHaveValue("2");
  await months.fill("6");
  await save.click();
  await expect(page.getByText("Data are kept for 6 months").first()).toBeVisible();
  await openSettings(page, "audit", "Audit log");
  const rows = page.getByRole("region", { name: "Events" }).getByRole("row");
  const changes = rows.filter({ hasText: "Changed for how long data are kept" });
  await expect(changes).toHaveCount(2);
  await expect(changes.first()).toContainText("2 months → 6 months");
  complaints.pardon(REFUSED);
});

test("privacy and the end of an organisation fit on a phone", async ({ page }) => {
  const ann = { ...somebody(), organization: `The very long name of a trading company ${Date.now()}` };
  await signUpWithOrders(page, ann);
  await page.setViewportSize({ width: 390, height: 844 });
  await openSettings(page, "privacy", "Privacy");
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await page.getByLabel("Months").fill("3");
  await page.getByRole("button", { name: "Save" }).click();
  const shorter = page.getByRole("dialog");
  await expect(shorter.getByRole("button", { name: "Erase what is older" })).toBeInViewport();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await page.keyboard.press("Escape");
  await page.getByLabel("Email of the customer").fill(INGA);
  await page.getByRole("button", { name: "Erase…" }).click();
  const erase = page.getByRole("dialog", { name: "Erase for good?" });
  await expect(erase.getByRole("button", { name: "Erase" })).toBeInViewport();
  await erase.getByRole("textbox").fill("First store");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Erasures" }).getByRole("listitem")).toContainText("Done", {
    timeout: 30_000,
  });
  expect(await overflow(page)).toBeLessThanOrEqual(0);

  await openSettings(page, "organization", "Organisation");
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await page.getByRole("button", { name: "Delete the organisation…" }).click();
  await expect(
    page.getByRole("dialog").getByRole("button", { name: "Delete the organisation" }),
  ).toBeInViewport();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
});
