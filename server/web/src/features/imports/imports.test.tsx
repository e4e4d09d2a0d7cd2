import userEvent from "@testing-library/user-event";
import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { vi } from "vitest";
import type { Import } from "@/lib/api/types";
import { network, problem } from "@/test/network";
import { show } from "@/test/render";
import { importOf, store } from "@/test/responses";
import { ImportCenter } from "./import-center";
import { useImportCenter } from "./import-context";
import { ImportStatus } from "./import-status";
import { ImportsPage } from "./imports-page";
import { secondsLeft } from "./progress";
import { UploadsProvider } from "./uploads-provider";

function listImports(imports: () => Import[]) {
  network.use(http.get("/api/imports", () => HttpResponse.json({ imports: imports(), next_cursor: null })));
}

function OpenButton() {
  const center = useImportCenter();
  return <button onClick={center.open}>open</button>;
}

function center(onStoreChanged = vi.fn()) {
  return (
    <UploadsProvider>
      <ImportCenter store={store} onStoreChanged={onStoreChanged}>
        <OpenButton />
      </ImportCenter>
    </UploadsProvider>
  );
}

describe("how an import is", () => {
  it("shows progress with rows", () => {
    show(
      <ImportStatus
        item={importOf({ status: "running", progress: 0.42, rows_read: 17_360 })}
        timezone="UTC"
      />,
    );
    expect(screen.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "42");
    expect(screen.getByText("17,360 rows read")).toBeInTheDocument();
  });

  it("shows what became of the rows", () => {
    show(<ImportStatus item={importOf()} timezone="UTC" />);
    expect(screen.getByRole("status")).toHaveTextContent("Imported 41,334 rows, Oct 31, 12:00 PM.");
    for (const [term, value] of [
      ["New", "41,300"],
      ["Updated", "20"],
      ["Unchanged", "14"],
      ["Out of date", "0"],
    ]) {
      expect(screen.getByText(term ?? "").parentElement).toHaveTextContent(`${term}${value}`);
    }
  });

  it("says that nothing changed when the file was known", () => {
    show(<ImportStatus item={importOf({ already_imported: true })} timezone="UTC" />);
    expect(screen.getByRole("status")).toHaveTextContent("imported before");
  });

  it("lists the cells that are wrong, and how many more there are", () => {
    const errors = [{ line: 3, column: "Total", value: "12,50 €", expected: "an amount such as 1234.50" }];
    show(<ImportStatus item={importOf({ status: "failed", errors, error_count: 1240 })} timezone="UTC" />);
    expect(screen.getByRole("alert")).toHaveTextContent("Nothing was imported");
    expect(screen.getAllByRole("row")[1]).toHaveTextContent("3Total12,50 €an amount such as 1234.50");
    expect(screen.getByText("The first 1 of 1,240 are listed.")).toBeInTheDocument();
  });

  it("guesses the time left only when it can", () => {
    const now = new Date("2026-10-31T12:00:10Z");
    const started_at = "2026-10-31T12:00:00Z";
    expect(secondsLeft({ progress: 0.25, started_at }, now)).toBeCloseTo(30);
    expect(secondsLeft({ progress: 0.01, started_at }, now)).toBeNull();
    expect(secondsLeft({ progress: 0.5 }, now)).toBeNull();
  });
});

describe("the list of imports", () => {
  const page = (selected?: string, onSelect = vi.fn()) => (
    <UploadsProvider>
      <ImportCenter store={store} onStoreChanged={vi.fn()}>
        <ImportsPage store={store} selected={selected} onSelect={onSelect} />
      </ImportCenter>
    </UploadsProvider>
  );

  it("offers an import when there is none yet", async () => {
    listImports(() => []);
    const { user } = show(page());
    expect(await screen.findByText("Nothing has been imported yet")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Import orders" }));
    expect(screen.getByRole("dialog", { name: "Import orders" })).toBeInTheDocument();
  });

  it("opens an import by its address", async () => {
    const item = importOf();
    listImports(() => [item, importOf({ id: "other", file_name: "other.csv" })]);
    const onSelect = vi.fn();
    const { user } = show(page(item.id, onSelect));
    expect(await screen.findByRole("button", { name: /orders_export/ })).toHaveAttribute(
      "aria-expanded",
      "true",
    );
    await user.click(screen.getByRole("button", { name: /other\.csv/ }));
    expect(onSelect).toHaveBeenCalledWith("other");
  });

  it("fails in its place and can be tried again", async () => {
    network.use(http.get("/api/imports", () => problem(500, "internal"), { once: true }));
    const { user } = show(page());
    expect(await screen.findByRole("alert")).toHaveTextContent("could not be loaded");
    listImports(() => [importOf()]);
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("orders_export.csv")).toBeInTheDocument();
  });
});

describe("importing", () => {
  const csv = (name: string) => new File(["Name,Total\n#1,1.00\n"], name, { type: "text/csv" });

  it("sends the file, follows it and has the numbers loaded again", async () => {
    let item = importOf({ status: "queued", progress: 0, rows_read: 0 });
    let sent = false;
    listImports(() => (sent ? [item] : []));
    network.use(
      http.post("/api/imports", async ({ request }) => {
        expect(await request.text()).toContain(store.id);
        sent = true;
        return HttpResponse.json(item, { status: 202 });
      }),
      http.get("/api/imports/:id", () => HttpResponse.json(item)),
    );
    const onStoreChanged = vi.fn();
    const { user } = show(center(onStoreChanged));
    await user.click(screen.getByText("open"));
    await user.upload(screen.getByLabelText(/Drop files/), csv("orders_export.csv"));
    const dialog = screen.getByRole("dialog");
    await user.click(within(dialog).getByRole("button", { name: "Import" }));
    await waitFor(() => expect(sent).toBe(true));
    item = importOf();
    expect(
      await within(dialog).findByText(/Imported 41,334 rows/, {}, { timeout: 4000 }),
    ).toBeInTheDocument();
    await waitFor(() => expect(onStoreChanged).toHaveBeenCalledTimes(1), { timeout: 4000 });
    expect(screen.getAllByText("orders_export.csv is imported").length).toBeGreaterThan(0);
  });

  it("says why a file was not taken", async () => {
    listImports(() => []);
    network.use(
      http.post("/api/imports", () => problem(413, "too_large", { detail: "the file is over 2 GB" })),
    );
    const { user } = show(center());
    await user.click(screen.getByText("open"));
    await user.upload(screen.getByLabelText(/Drop files/), csv("huge.csv"));
    await user.click(screen.getByRole("button", { name: "Import" }));
    expect(await screen.findByText("The file is over 2 GB.")).toBeInTheDocument();
  });

  it("does not send what cannot be an export", async () => {
    listImports(() => []);
    show(center());
    // What is dropped on the page has not been held against the file field's list of types.
    const user = userEvent.setup({ applyAccept: false });
    await user.click(screen.getByText("open"));
    await user.upload(screen.getByLabelText(/Drop files/), new File(["x"], "notes.csv.pdf"));
    expect(screen.getByText("Only .csv and .csv.gz files can be imported.")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Import" })).toBeDisabled();
  });
});
