import { screen, waitFor, within } from "@testing-library/react";
import { delay, HttpResponse } from "msw";
import { answerQueries, problem } from "@/test/network";
import { show } from "@/test/render";
import { compared, metricResponse, store } from "@/test/responses";
import { KpiCard } from "./kpi-card";
import { overviewView } from "./view";

const REVENUE = "shopify.revenue";

function card(search = {}) {
  return (
    <KpiCard
      view={overviewView(store, search)}
      metric={REVENUE}
      title="Revenue"
      currency="USD"
      whyMissing="There were no orders."
    />
  );
}

const withChange = (value: string | null, delta: string | null, ratio: number | null) =>
  metricResponse(REVENUE, { comparison: compared(REVENUE, { value, delta, ratio }) });

it("is busy until the numbers are there", async () => {
  answerQueries(async () => {
    await delay(30);
    return HttpResponse.json(metricResponse(REVENUE));
  });
  show(card());
  const region = screen.getByRole("region", { name: "Revenue" });
  expect(region).toHaveAttribute("aria-busy", "true");
  expect(within(region).getByText("Loading")).toBeInTheDocument();
  expect(await within(region).findByRole("button", { name: "$23.5K" })).toBeInTheDocument();
  expect(region).toHaveAttribute("aria-busy", "false");
});

it("shows the exact value to whoever asks", async () => {
  answerQueries(() => metricResponse(REVENUE));
  const { user } = show(card());
  await user.hover(await screen.findByRole("button", { name: "$23.5K" }));
  expect(await screen.findByRole("tooltip")).toHaveTextContent("$23,456.78");
});

it("names the change with sign and previous value", async () => {
  answerQueries(() => withChange("20000.00", "3456.78", 0.172839));
  const { user } = show(card());
  const change = await screen.findByRole("button", { name: /\+17\.3%.*from \$20\.0K/ });
  await user.hover(change);
  expect(await screen.findByRole("tooltip")).toHaveTextContent("+$3,456.78");
});

it("does not praise a change from a period without data", async () => {
  const response = withChange("100.00", "23356.78", 233.57);
  const warnings = [{ code: "comparison_before_data", detail: "the comparison begins before the data" }];
  answerQueries(() => ({ ...response, meta: { ...response.meta, warnings } }));
  const { user } = show(card());
  const change = await screen.findByRole("button", { name: /\+23,357\.0%/ });
  expect(change.querySelector(".text-good")).toBeNull();
  await user.hover(change);
  expect(await screen.findByRole("tooltip")).toHaveTextContent("The comparison begins before the data.");
});

it("calls growth from zero new", async () => {
  answerQueries(() => withChange("0.00", "23456.78", null));
  show(card());
  expect(await screen.findByRole("button", { name: /new.*from \$0\.00/ })).toBeInTheDocument();
});

it("shows a dash with its reason where there is no value", async () => {
  answerQueries(() => metricResponse(REVENUE, { totals: { [REVENUE]: null } }));
  const { user } = show(card());
  await user.hover(await screen.findByRole("button", { name: "—" }));
  expect(await screen.findByRole("tooltip")).toHaveTextContent("There were no orders.");
});

it("says how recent the numbers are when the source lags", async () => {
  const response = metricResponse(REVENUE);
  answerQueries(() => ({
    ...response,
    meta: { ...response.meta, as_of: { shopify: "2026-10-02T08:00:00Z" } },
  }));
  show(card());
  expect(await screen.findByText("as of Oct 2, 4:00 AM")).toBeInTheDocument();
});

it("keeps a failure to itself and can be tried again", async () => {
  let broken = true;
  answerQueries(() =>
    broken ? problem(500, "internal", { detail: "the lake did not answer" }) : metricResponse(REVENUE),
  );
  const { user } = show(card());
  const alert = await screen.findByRole("alert");
  expect(alert).toHaveTextContent("Revenue could not be loaded");
  expect(alert).toHaveTextContent("The lake did not answer.");
  await user.click(within(alert).getByRole("button", { name: "Copy request id" }));
  expect(await navigator.clipboard.readText()).toBe("req-42");
  broken = false;
  await user.click(within(alert).getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("button", { name: "$23.5K" })).toBeInTheDocument();
});

it("keeps the old numbers while the new ones load", async () => {
  answerQueries(async ({ time_range }) => {
    if (time_range !== "last_30_days") await delay(50);
    const total = time_range === "last_30_days" ? "11.00" : "22.00";
    return HttpResponse.json(metricResponse(REVENUE, { totals: { [REVENUE]: total } }));
  });
  const { rerender } = show(card());
  await screen.findByRole("button", { name: "$11.00" });
  rerender(card({ range: "last_7_days" }));
  expect(screen.getByRole("button", { name: "$11.00" })).toBeInTheDocument();
  expect(screen.getByRole("region", { name: "Revenue" })).toHaveAttribute("aria-busy", "true");
  await waitFor(() => expect(screen.getByRole("button", { name: "$22.00" })).toBeInTheDocument());
});
