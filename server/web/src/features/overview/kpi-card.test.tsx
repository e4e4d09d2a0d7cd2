import { screen, waitFor, within } from "@testing-library/react";
import { onlineManager, useQueryClient } from "@tanstack/react-query";
import { delay, http, HttpResponse } from "msw";
import { answerQueries, network, problem } from "@/test/network";
import { show } from "@/test/render";
import { compared, inCurrency, metricResponse, store, warned } from "@/test/responses";
import { KpiCard } from "./kpi-card";
import { overviewView } from "./view";

const REVENUE = "shopify.revenue";

function card(search = {}, precision?: "currency") {
  return (
    <KpiCard
      view={overviewView(store, search)}
      metric={REVENUE}
      title="Revenue"
      {...(precision && { precision })}
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

it.each(["comparison_before_data", "begins_before_data", "data_ends"])(
  "neither praises nor blames a change between unequal periods: %s",
  async (code) => {
    const response = withChange("100.00", "23356.78", 233.57);
    answerQueries(() => warned(response, { [code]: "the data are not all there" }));
    const { user } = show(card());
    const change = await screen.findByRole("button", { name: /\+23,357\.0%/ });
    expect(change.querySelector(".text-good")).toBeNull();
    await user.hover(change);
    expect(await screen.findByRole("tooltip")).toHaveTextContent("The data are not all there.");
  },
);

it("names the currency that the amount is in, be it another than the store's", async () => {
  answerQueries(() => inCurrency(withChange("20000.00", "3456.78", 0.172839), "EUR"));
  show(card());
  expect(await screen.findByRole("button", { name: "€23.5K" })).toBeInTheDocument();
  expect(screen.getByText("EUR")).toBeInTheDocument();
  expect(screen.queryByText("USD")).not.toBeInTheDocument();
  expect(screen.getByRole("button", { name: /from €20\.0K/ })).toBeInTheDocument();
});

it("says what it counts, in the server's words", async () => {
  const metrics = [{ id: REVENUE, description: "What customers were charged" }];
  network.use(http.get("/api/metrics", () => HttpResponse.json({ metrics, dimensions: [], sources: [] })));
  answerQueries(() => metricResponse(REVENUE));
  const { user } = show(card());
  await user.hover(await screen.findByRole("button", { name: "$23.5K" }));
  await waitFor(() =>
    expect(screen.getByRole("tooltip")).toHaveTextContent("$23,456.78What customers were charged."),
  );
});

describe("an average", () => {
  const average = metricResponse(REVENUE, {
    totals: { [REVENUE]: "35.3285" },
    comparison: compared(REVENUE, { value: "30.12345", delta: "5.20505", ratio: 0.1728 }),
  });

  it("is written with the decimals of its currency", async () => {
    answerQueries(() => average);
    const { user } = show(card({}, "currency"));
    await user.hover(await screen.findByRole("button", { name: "$35.33" }));
    expect((await screen.findByRole("tooltip")).textContent).toBe("$35.33");
  });

  it("has a change with the decimals of its currency", async () => {
    answerQueries(() => average);
    const { user } = show(card({}, "currency"));
    await user.hover(await screen.findByRole("button", { name: /from \$30\.12/ }));
    expect(await screen.findByRole("tooltip")).toHaveTextContent("$30.12Difference+$5.21");
  });
});

it("calls growth from zero new", async () => {
  answerQueries(() => withChange("0.00", "23456.78", null));
  const { user } = show(card());
  const change = await screen.findByRole("button", { name: /new.*from \$0\.00/ });
  await user.hover(change);
  expect(await screen.findByRole("tooltip")).toHaveTextContent("It was zero then");
});

it("does not say that it was zero then while it is now that there is nothing", async () => {
  answerQueries(() => ({ ...withChange("20000.00", null, null), totals: { [REVENUE]: null } }));
  const { user } = show(card());
  await user.hover(await screen.findByRole("button", { name: /from \$20\.0K/ }));
  const tooltip = await screen.findByRole("tooltip");
  expect(tooltip).toHaveTextContent("There is nothing to compare with it yet.");
  expect(tooltip).not.toHaveTextContent("zero");
});

it("shows a dash with its reason where there is no value", async () => {
  answerQueries(() => metricResponse(REVENUE, { totals: { [REVENUE]: null } }));
  const { user } = show(card());
  await user.hover(await screen.findByRole("button", { name: "—" }));
  expect(await screen.findByRole("tooltip")).toHaveTextContent("There were no orders.");
});

it("says how far the data reach where none of the days is among them", async () => {
  const response = metricResponse(REVENUE, { totals: { [REVENUE]: null } });
  const range = { ...response.meta.range, from: "2025-01-01", to: "2025-01-31" };
  answerQueries(() => ({ ...response, meta: { ...response.meta, range } }));
  const { user } = show(card());
  await user.hover(await screen.findByRole("button", { name: "—" }));
  expect(await screen.findByRole("tooltip")).toHaveTextContent("begins on Oct 17, 2025");
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

it("says why the numbers are no more recent to whoever asks", async () => {
  answerQueries(() => warned(metricResponse(REVENUE), { source_behind: "Shopify cannot be read" }));
  const { user } = show(card());
  await user.hover(await screen.findByRole("button", { name: "as of Oct 4, 8:00 AM" }));
  expect(await screen.findByRole("tooltip")).toHaveTextContent("Shopify cannot be read.");
});

it("says that not all is there while a source is read for the first time", async () => {
  const response = warned(metricResponse(REVENUE), { source_behind: "it is read for the first time" });
  answerQueries(() => ({ ...response, meta: { ...response.meta, as_of: { shopify: null } } }));
  show(card());
  expect(await screen.findByRole("button", { name: "not all there yet" })).toBeInTheDocument();
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

it("asks although the browser thinks that it is offline, and shows the failure", async () => {
  answerQueries(() => HttpResponse.error());
  onlineManager.setOnline(false);
  try {
    show(card());
    const alert = await screen.findByRole("alert", {}, { timeout: 3000 });
    expect(alert).toHaveTextContent("The server could not be reached");
  } finally {
    onlineManager.setOnline(true);
  }
});

it("keeps numbers that could not be brought up to date, and says so", async () => {
  let broken = false;
  answerQueries(() => (broken ? problem(500, "internal") : metricResponse(REVENUE)));
  function Reload() {
    const queries = useQueryClient();
    return <button onClick={() => void queries.invalidateQueries()}>reload</button>;
  }
  const { user } = show(
    <>
      {card()}
      <Reload />
    </>,
  );
  await screen.findByRole("button", { name: "$23.5K" });
  broken = true;
  await user.click(screen.getByText("reload"));
  const notice = await screen.findByText("Could not be brought up to date");
  expect(screen.getByRole("button", { name: "$23.5K" })).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Copy request id" })).toHaveAttribute("title", "req-42");
  broken = false;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(notice).not.toBeInTheDocument());
});
