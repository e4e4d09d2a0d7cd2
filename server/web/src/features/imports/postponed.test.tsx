import { screen, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { vi } from "vitest";
import type { Import } from "@/lib/api/types";
import { network } from "@/test/network";
import { show } from "@/test/render";
import { importOf, store } from "@/test/responses";
import { ImportCenter } from "./import-center";
import { ImportIndicator } from "./import-indicator";
import { ImportStatus } from "./import-status";
import { ImportsPage } from "./imports-page";
import { pollInterval } from "./queries";
import { UploadsProvider } from "./uploads-provider";

const REASON = "The server's disk is full or fails at the moment. The file is kept.";
const queued = importOf({ status: "queued", progress: 0, rows_read: 0, finished_at: null });
// 21:05 in Tokyo, where the tests run.
const postponed: Import = { ...queued, waiting_for: REASON, retry_at: "2026-11-21T12:05:00Z" };

function listImports(imports: () => Import[]) {
  network.use(http.get("/api/imports", () => HttpResponse.json({ imports: imports(), next_cursor: null })));
}

function page(selected?: string) {
  return (
    <UploadsProvider>
      <ImportCenter store={store} onStoreChanged={vi.fn()}>
        <ImportIndicator storeId={store.id} />
        <ImportsPage store={store} selected={selected} onSelect={vi.fn()} />
      </ImportCenter>
    </UploadsProvider>
  );
}

describe("a postponed import", () => {
  it("says why it waits and when it is tried again", () => {
    const { container } = show(<ImportStatus item={postponed} timezone="Asia/Tokyo" />);
    expect(container).toHaveTextContent(`The import waits and is tried again at 9:05 PM.${REASON}`);
    expect(screen.queryByText("Waiting for its turn.")).not.toBeInTheDocument();
  });

  it("says so, too, when it is not known when that is", () => {
    const { container } = show(
      <ImportStatus item={{ ...postponed, retry_at: null }} timezone="Asia/Tokyo" />,
    );
    expect(container).toHaveTextContent("The import waits and is tried again by itself.");
  });

  it("is not what waits for its turn", () => {
    show(<ImportStatus item={queued} timezone="Asia/Tokyo" />);
    expect(screen.getByText("Waiting for its turn.")).toBeInTheDocument();
  });

  it("waits in the list and in the header, with no progress", async () => {
    listImports(() => [postponed]);
    show(page());
    const row = await screen.findByRole("button", { name: /orders_export/ });
    expect(row).toHaveTextContent("Waiting · tried again at 9:05 PM your time");
    expect(screen.getByRole("button", { name: "Import waiting. Show the import" })).toBeInTheDocument();
    expect(screen.queryByText(/Importing/)).not.toBeInTheDocument();
    // What was so before the page was opened is no news.
    expect(screen.queryByText("orders_export.csv has to wait")).not.toBeInTheDocument();
  });

  it("leaves the header to the one that runs", async () => {
    listImports(() => [postponed, importOf({ id: "other", status: "running", progress: 0.42 })]);
    show(page());
    expect(await screen.findByRole("button", { name: /^Importing 42%/ })).toBeInTheDocument();
  });

  it("is told of when it comes to be one, with the reason", async () => {
    let item = importOf({ status: "running", progress: 0.42 });
    listImports(() => [item]);
    show(page());
    expect(await screen.findByRole("button", { name: /^Importing 42%/ })).toBeInTheDocument();
    item = postponed;
    const toast = (await screen.findByText("orders_export.csv has to wait", {}, { timeout: 4000 })).closest(
      "li",
    );
    expect(within(toast ?? document.body).getByText(REASON)).toBeInTheDocument();
  });
});

describe("how often imports are asked after", () => {
  const at = Date.parse("2026-11-21T12:00:00Z");
  const retryIn = (seconds: number): Import => ({
    ...postponed,
    retry_at: new Date(at + seconds * 1000).toISOString(),
  });

  it("is when a postponed one is tried again, but every 5 to 15 seconds", () => {
    expect(pollInterval([retryIn(9)], at)).toBe(9_000);
    expect(pollInterval([retryIn(300)], at)).toBe(15_000);
    expect(pollInterval([retryIn(1)], at)).toBe(5_000);
    expect(pollInterval([retryIn(-60)], at)).toBe(5_000);
    expect(pollInterval([{ ...postponed, retry_at: null }], at)).toBe(15_000);
    expect(pollInterval([retryIn(300), retryIn(9)], at)).toBe(9_000);
  });

  it("is often while one runs or comes next, and not at all when all are over", () => {
    expect(pollInterval([postponed, importOf({ status: "running" })], at)).toBe(800);
    expect(pollInterval([queued], at)).toBe(800);
    expect(pollInterval([importOf()], at)).toBe(false);
    expect(pollInterval([], at)).toBe(false);
  });

  it("is no more while the page shows a postponed one", async () => {
    let asked = 0;
    listImports(() => {
      asked += 1;
      return [postponed];
    });
    show(page());
    expect(await screen.findByRole("button", { name: /^Import waiting/ })).toBeInTheDocument();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(asked).toBe(1);
  });
});
