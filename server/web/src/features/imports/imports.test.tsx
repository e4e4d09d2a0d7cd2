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
import { ImportIndicator } from "./import-indicator";
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

function ImportCenterWithIndicator() {
  return (
    <UploadsProvider>
      <ImportCenter store={store} onStoreChanged={() => undefined}>
        <ImportIndicator storeId={store.id} />
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

  it("shows what became of the records, which are not the file's rows", () => {
    show(<ImportStatus item={importOf()} timezone="UTC" />);
    expect(screen.getByRole("status")).toHaveTextContent(
      "Imported the file’s 41,334 rows, Oct 31, 12:00 PM.",
    );
    expect(screen.getByText("61,244 records: orders, customers, products and refunds")).toBeInTheDocument();
    for (const [term, value] of [
      ["New", "61,207"],
      ["Updated", "20"],
      ["Unchanged", "14"],
      ["Out of date", "3"],
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
    const pace = (progress: number, at: number) => ({
      first: { progress: 0.05, at: 1000 },
      last: { progress, at },
    });
    expect(secondsLeft(pace(0.25, 11_000))).toBeCloseTo(37.5);
    expect(secondsLeft(pace(0.25, 2000))).toBeNull();
    expect(secondsLeft(pace(0.06, 11_000))).toBeNull();
    expect(secondsLeft(pace(0.8, 11_000))).toBeNull();
    expect(secondsLeft(null)).toBeNull();
  });

  it("tells the time left by the browser's own clock, whatever the server's says, and then that it saves", () => {
    const clock = vi.spyOn(performance, "now");
    const running = (progress: number) => (
      <ImportStatus
        item={importOf({ status: "running", progress, started_at: "2031-01-01T00:00:00Z" })}
        timezone="UTC"
      />
    );
    clock.mockReturnValue(5000);
    const { rerender } = show(running(0.1));
    expect(screen.queryByText(/left$/)).not.toBeInTheDocument();
    clock.mockReturnValue(15_000);
    rerender(running(0.5));
    expect(screen.getByText("about 13s left")).toBeInTheDocument();
    clock.mockReturnValue(30_000);
    rerender(running(0.8));
    expect(screen.queryByText(/left$/)).not.toBeInTheDocument();
    expect(screen.getByText("Saving")).toBeInTheDocument();
    clock.mockRestore();
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
    expect(await screen.findByRole("dialog", { name: "Import orders" })).toBeInTheDocument();
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

  it("stays when it could not be loaded again, and says so", async () => {
    listImports(() => [importOf({ status: "running", progress: 0.1 })]);
    show(page());
    expect((await screen.findAllByText("orders_export.csv")).length).toBeGreaterThan(0);
    network.use(http.get("/api/imports", () => problem(500, "internal")));
    expect(
      await screen.findByText("The list could not be brought up to date", {}, { timeout: 4000 }),
    ).toBeInTheDocument();
    expect(screen.getAllByText("orders_export.csv").length).toBeGreaterThan(0);
    expect(screen.getByRole("button", { name: "Copy request id" })).toHaveAttribute("title", "req-42");
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
      await within(dialog).findByText(/Imported the file’s 41,334 rows/, {}, { timeout: 4000 }),
    ).toBeInTheDocument();
    await waitFor(() => expect(onStoreChanged).toHaveBeenCalledTimes(1), { timeout: 4000 });
    expect(screen.getAllByText("orders_export.csv is imported").length).toBeGreaterThan(0);
    expect(
      screen.getAllByText("61,227 records are new or updated: orders, customers, products and refunds.")
        .length,
    ).toBeGreaterThan(0);
  });

  it("follows an import that was under way before, until it is over", async () => {
    let item = importOf({ status: "running", progress: 0.42, rows_read: 17_360 });
    listImports(() => [item]);
    const { user } = show(<ImportCenterWithIndicator />);
    // The name begins with what is seen.
    await user.click(await screen.findByRole("button", { name: /^Importing 42%/ }));
    const dialog = screen.getByRole("dialog");
    expect(within(dialog).getByText("17,360 rows read")).toBeInTheDocument();
    expect(dialog).toHaveTextContent("You can close this; the import goes on.");
    item = importOf();
    expect(
      await within(dialog).findByText(/Imported the file’s 41,334 rows/, {}, { timeout: 4000 }),
    ).toBeInTheDocument();
    await user.click(within(dialog).getByText("Close"));
    await user.click(screen.getByRole("button", { name: "Import orders" }));
    expect(screen.queryByText("orders_export.csv")).not.toBeInTheDocument();
  });

  const leavingAsks = () => !window.dispatchEvent(new Event("beforeunload", { cancelable: true }));

  it("has the tab kept open until the file is sent, and no longer", async () => {
    const item = importOf({ status: "queued", progress: 0, rows_read: 0 });
    let letIn: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (letIn = resolve));
    listImports(() => []);
    network.use(
      http.post("/api/imports", async () => {
        await gate;
        return HttpResponse.json(item, { status: 202 });
      }),
      http.get("/api/imports/:id", () => HttpResponse.json(item)),
    );
    const { user } = show(center());
    await user.click(screen.getByText("open"));
    await user.upload(screen.getByLabelText(/Drop files/), csv("orders_export.csv"));
    expect(leavingAsks()).toBe(false);
    await user.click(screen.getByRole("button", { name: "Import" }));
    expect(await screen.findByText("Keep this tab open until everything is sent.")).toBeInTheDocument();
    expect(leavingAsks()).toBe(true);
    letIn();
    expect(await screen.findByText("Waiting for its turn.")).toBeInTheDocument();
    expect(leavingAsks()).toBe(false);
  });

  it("sends a file once more that did not get through", async () => {
    listImports(() => []);
    const item = importOf();
    network.use(
      http.post("/api/imports", () => HttpResponse.error(), { once: true }),
      http.post("/api/imports", async ({ request }) =>
        (await request.text()).includes("#1,1.00")
          ? HttpResponse.json(item, { status: 202 })
          : problem(422, "invalid_request"),
      ),
      http.get("/api/imports/:id", () => HttpResponse.json(item)),
    );
    const { user } = show(center());
    await user.click(screen.getByText("open"));
    await user.upload(screen.getByLabelText(/Drop files/), csv("orders_export.csv"));
    await user.click(screen.getByRole("button", { name: "Import" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("The server could not be reached");
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText(/Imported the file’s/)).toBeInTheDocument();
  });

  it("leads to the sign-in when the session is over, like every other request", async () => {
    listImports(() => []);
    network.use(http.post("/api/imports", () => problem(401, "unauthenticated")));
    const onUnauthenticated = vi.fn();
    const { user } = show(center(), onUnauthenticated);
    await user.click(screen.getByText("open"));
    await user.upload(screen.getByLabelText(/Drop files/), csv("orders_export.csv"));
    await user.click(screen.getByRole("button", { name: "Import" }));
    await waitFor(() => expect(onUnauthenticated).toHaveBeenCalledTimes(1));
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
