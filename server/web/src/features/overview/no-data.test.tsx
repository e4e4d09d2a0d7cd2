import { screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { vi } from "vitest";
import { network } from "@/test/network";
import { show } from "@/test/render";
import { importOf, store } from "@/test/responses";
import { NoData } from "./no-data";

function shown(reading: boolean) {
  const [onImport, onConnections] = [vi.fn(), vi.fn()];
  const { user } = show(
    <NoData store={store} reading={reading} onImport={onImport} onConnections={onConnections} />,
  );
  return { user, onImport, onConnections };
}

describe("a store without data", () => {
  it("leads to its connections and to the import of files", async () => {
    const { user, onImport, onConnections } = shown(false);
    expect(screen.getByText("Northwind has no data yet")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Connect a source" }));
    expect([onConnections, onImport].map(({ mock }) => mock.calls.length)).toEqual([1, 0]);
    await user.click(screen.getByRole("button", { name: "Import orders" }));
    expect([onConnections, onImport].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
  });

  it("says that its data are on their way while they are read", async () => {
    const { user, onConnections } = shown(true);
    expect(screen.getByText("The data of Northwind are on their way")).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Import orders" })).not.toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "See how far it is" }));
    expect(onConnections).toHaveBeenCalledOnce();
  });

  it("can be filled with sample data, and says when they are on their way", async () => {
    const filled: string[] = [];
    network.use(
      http.post("/api/stores/:id/sample-data", ({ params }) => {
        filled.push(String(params.id));
        return HttpResponse.json(importOf({ status: "queued" }), { status: 202 });
      }),
    );
    const { user } = shown(false);
    await user.click(screen.getByRole("button", { name: "Use sample data" }));
    await waitFor(() => expect(filled).toEqual([store.id]));
    const coming = { ...store, sample_data_at: "2026-11-21T12:00:00Z" };
    show(<NoData store={coming} reading={false} onImport={vi.fn()} onConnections={vi.fn()} />);
    expect(screen.getByText("Sample data of Northwind are on their way")).toBeInTheDocument();
  });
});
