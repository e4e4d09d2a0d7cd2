import { screen } from "@testing-library/react";
import { vi } from "vitest";
import { show } from "@/test/render";
import { store } from "@/test/responses";
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
});
