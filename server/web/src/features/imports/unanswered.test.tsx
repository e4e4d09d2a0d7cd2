import { screen } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { vi } from "vitest";
import { network, problem } from "@/test/network";
import { show } from "@/test/render";
import { importOf, store } from "@/test/responses";
import { ImportCenter } from "./import-center";
import { ImportIndicator } from "./import-indicator";
import { UploadsProvider } from "./uploads-provider";

/** A connection that breaks, with the last byte sent or before. */
function breakingRequest(sent: boolean) {
  return class extends EventTarget {
    upload = new EventTarget();
    open = () => undefined;
    setRequestHeader = () => undefined;
    abort = () => undefined;
    send = () => {
      queueMicrotask(() => {
        if (sent) this.upload.dispatchEvent(new Event("load"));
        this.dispatchEvent(new Event("error"));
      });
    };
  };
}

let listed: number;

async function send() {
  listed = 0;
  network.use(
    http.get("/api/imports", () => {
      listed += 1;
      return HttpResponse.json({ imports: [], next_cursor: null });
    }),
  );
  const { user } = show(
    <UploadsProvider>
      <ImportCenter store={store} onStoreChanged={vi.fn()}>
        <ImportIndicator storeId={store.id} />
      </ImportCenter>
    </UploadsProvider>,
  );
  await user.click(await screen.findByRole("button", { name: "Import orders" }));
  await vi.waitFor(() => expect(listed).toBe(1));
  await user.upload(await screen.findByLabelText(/Drop files/), new File(["Name,Total\n"], "orders.csv"));
  await user.click(screen.getByRole("button", { name: "Import" }));
  return user;
}

async function expectUnknown() {
  const alert = await screen.findByRole("alert");
  expect(alert).toHaveTextContent("It is not known whether the file arrived.");
  expect(alert).toHaveTextContent("If the file arrived, the list of imports shows it.");
  expect(alert).toHaveTextContent("Sending it again is safe: nothing is counted twice.");
  expect(alert).not.toHaveTextContent("Nothing has changed");
  await vi.waitFor(() => expect(listed).toBe(2));
}

afterEach(() => vi.unstubAllGlobals());

describe("a file that was sent whole and not answered", () => {
  it("may have arrived when the connection broke", async () => {
    vi.stubGlobal("XMLHttpRequest", breakingRequest(true));
    await send();
    await expectUnknown();
  });

  it.each([502, 504])("may have arrived when a gateway answers %i", async (status) => {
    network.use(http.post("/api/imports", () => new HttpResponse("<html>", { status })));
    await send();
    await expectUnknown();
  });

  it("may have arrived when the server lost its database or failed", async () => {
    network.use(http.post("/api/imports", () => problem(503, "unavailable")));
    await send();
    await expectUnknown();
    expect(screen.getByRole("button", { name: "Copy request id" })).toHaveAttribute("title", "req-42");
  });

  it("may have arrived when the answer cannot be read", async () => {
    network.use(http.post("/api/imports", () => new HttpResponse("<html>", { status: 202 })));
    await send();
    await expectUnknown();
  });

  it("can be sent again", async () => {
    network.use(
      http.post("/api/imports", () => new HttpResponse(null, { status: 504 }), { once: true }),
      http.post("/api/imports", () => HttpResponse.json(importOf(), { status: 202 })),
      http.get("/api/imports/:id", () => HttpResponse.json(importOf())),
    );
    const user = await send();
    await user.click(await screen.findByRole("button", { name: "Send it again" }));
    expect(await screen.findByText(/Imported the file’s/)).toBeInTheDocument();
  });
});

describe("a file that was not taken", () => {
  it("was not sent whole", async () => {
    vi.stubGlobal("XMLHttpRequest", breakingRequest(false));
    await send();
    expect(await screen.findByRole("alert")).toHaveTextContent(
      "The file was not taken. Nothing has changed.The server could not be reached.",
    );
  });

  it("found the server's storage full", async () => {
    network.use(http.post("/api/imports", () => problem(507, "storage_full")));
    await send();
    expect(await screen.findByRole("alert")).toHaveTextContent(
      "The file was not taken. Nothing has changed.",
    );
  });

  it.each([403, 404])("is not offered to be sent again after %i", async (status) => {
    network.use(http.post("/api/imports", () => problem(status, "refused")));
    await send();
    expect(await screen.findByRole("alert")).toHaveTextContent(
      "The file was not taken. Nothing has changed.",
    );
    expect(screen.queryByRole("button", { name: /again/ })).not.toBeInTheDocument();
  });
});
