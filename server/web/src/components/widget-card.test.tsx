import { useQuery } from "@tanstack/react-query";
import { screen } from "@testing-library/react";
import { vi } from "vitest";
import { show } from "@/test/render";
import { WidgetCard } from "./widget-card";

function Widget({ title, draw }: { title: string; draw: (data: string) => string }) {
  const query = useQuery({ queryKey: [title], queryFn: () => Promise.resolve(title) });
  return (
    <WidgetCard title={title} query={query} skeleton={null}>
      {draw}
    </WidgetCard>
  );
}

it("keeps a fault in drawing to its own card, and offers to load the page again", async () => {
  // React repeats what a boundary has caught.
  const heard = vi.spyOn(console, "error").mockImplementation(() => undefined);
  show(
    <>
      <Widget
        title="Broken"
        draw={() => {
          throw new Error("no such column");
        }}
      />
      <Widget title="Whole" draw={() => "still here"} />
    </>,
  );
  const alert = await screen.findByRole("alert");
  expect(alert).toHaveTextContent("Broken could not be shown");
  expect(screen.getByRole("button", { name: "Reload the page" })).toBeInTheDocument();
  expect(screen.getByText("still here")).toBeInTheDocument();
  heard.mockRestore();
});
