import { screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { network, problem } from "@/test/network";
import { show } from "@/test/render";
import { store } from "@/test/responses";
import { SampleDataBanner } from "./sample-data-banner";

const filled = { ...store, sample_data_at: "2026-11-21T11:00:00Z" };

function banner(of = filled, mayRemove = true) {
  return show(<SampleDataBanner store={of} mayRemove={mayRemove} returnTo={() => null} />);
}

describe("a store whose data are made up", () => {
  it("says so", () => {
    banner();
    expect(screen.getByRole("note", { name: "Sample data" })).toHaveTextContent(
      "The figures of Northwind are made up.",
    );
  });

  it("is not confused with one whose data are real", () => {
    banner({ ...store, sample_data_at: null } as unknown as typeof filled);
    expect(screen.queryByRole("note")).not.toBeInTheDocument();
  });

  it("is emptied by who may, after a question", async () => {
    const emptied: string[] = [];
    network.use(
      http.delete("/api/stores/:id/sample-data", ({ params }) => {
        emptied.push(String(params.id));
        return new HttpResponse(null, { status: 204 });
      }),
    );
    const { user } = banner();
    await user.click(screen.getByRole("button", { name: "Remove sample data" }));
    await user.click(await screen.findByRole("button", { name: "Cancel" }));
    expect(emptied).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Remove sample data" }));
    await user.click(await screen.findByRole("button", { name: "Remove" }));
    expect(await screen.findByText("The sample data are removed")).toBeInTheDocument();
    expect(emptied).toEqual([store.id]);
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  });

  it("says why it is not emptied", async () => {
    network.use(
      http.delete("/api/stores/:id/sample-data", () =>
        problem(409, "being_imported", { detail: "they are on their way" }),
      ),
    );
    const { user } = banner();
    await user.click(screen.getByRole("button", { name: "Remove sample data" }));
    await user.click(await screen.findByRole("button", { name: "Remove" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("They are on their way.");
  });

  it("is not emptied by who only looks", () => {
    banner(filled, false);
    expect(screen.getByRole("note")).toBeInTheDocument();
    expect(screen.queryByRole("button")).not.toBeInTheDocument();
  });
});
