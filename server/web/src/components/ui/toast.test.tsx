import { screen } from "@testing-library/react";
import { show } from "@/test/render";
import { useToast } from "./use-toast";

function Thrice() {
  const toast = useToast();
  return (
    <button
      onClick={() => {
        toast.show({ title: "First" });
        toast.show({ title: "Second" });
        toast.show({ title: "Third" });
      }}
    >
      all
    </button>
  );
}

it("dismisses one of three that came at once, and leaves the others", async () => {
  const { user } = show(<Thrice />);
  await user.click(screen.getByText("all"));
  const last = (await screen.findAllByRole("button", { name: "Dismiss" })).at(-1);
  if (last) await user.click(last);
  expect(screen.getAllByRole("button", { name: "Dismiss" })).toHaveLength(2);
});
