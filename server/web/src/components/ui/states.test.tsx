import { screen } from "@testing-library/react";
import { ApiError } from "@/lib/api/error";
import { show } from "@/test/render";
import { ErrorState, StaleNotice } from "./states";

const again = () => screen.queryByRole("button", { name: "Try again" });

describe.each([403, 404, 413, 415, 422])("what would be refused again with %i", (status) => {
  const error = new ApiError(status, "refused", "It was refused.");

  it("is not offered to be tried again", () => {
    show(<ErrorState title="Not loaded" error={error} onRetry={() => undefined} />);
    expect(screen.getByRole("alert")).toHaveTextContent("It was refused.");
    expect(again()).not.toBeInTheDocument();
  });

  it("is not offered over old content either", () => {
    show(<StaleNotice error={error} busy={false} onRetry={() => undefined} />);
    expect(screen.getByRole("status")).toHaveTextContent("Could not be brought up to date");
    expect(again()).not.toBeInTheDocument();
  });
});

it.each([0, 429, 500, 503])("offers to try again what may pass, such as %i", (status) => {
  const error = new ApiError(status, "failed", "It failed.");
  show(<ErrorState title="Not loaded" error={error} onRetry={() => undefined} />);
  expect(again()).toBeInTheDocument();
});
