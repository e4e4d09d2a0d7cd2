import { screen, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { useState } from "react";
import type { DashboardView } from "@/lib/dashboards/document";
import { registry, tellRegistry } from "@/test/dashboards";
import { network } from "@/test/network";
import { show } from "@/test/render";
import { metricResponse, store } from "@/test/responses";
import { ViewBar } from "./view-bar";

const us = { ...store, id: "us", name: "Northwind US" };
const eu = { ...store, id: "eu", name: "Northwind EU", currency: "EUR", timezone: "Europe/Berlin" };
const de = { ...eu, id: "de", name: "Northwind DE" };

const seen: Partial<DashboardView>[] = [];

const VIEW: DashboardView = {
  range: "last_30_days",
  compare: "previous_period",
  stores: ["us"],
  currency: null,
  filters: [],
};

interface BarProps {
  view?: DashboardView;
  named?: string | null;
  readOnly?: boolean;
}

function Bar({ view = VIEW, named = view.currency, readOnly = false }: BarProps) {
  const [now, setNow] = useState(view);
  return (
    <ViewBar
      stores={[us, eu, de]}
      view={now}
      namedCurrency={named}
      onView={(change) => {
        seen.push(change);
        setNow({ ...now, ...change });
      }}
      dimensions={registry.dimensions}
      readOnly={readOnly}
    />
  );
}

/** The values of a dimension, as figures by it tell them. */
function tellValues(dimension: string, values: (string | null)[]) {
  const asked: unknown[] = [];
  network.use(
    http.post("/api/metrics/query", async ({ request }) => {
      asked.push(await request.json());
      const rows = values.map((value) => ({ [dimension]: value, "shopify.orders": 1 }));
      return HttpResponse.json(metricResponse("shopify.orders", { rows }));
    }),
  );
  return asked;
}

beforeEach(() => {
  seen.length = 0;
  tellRegistry();
});

it("chooses stores, and tells amounts of several currencies in one of theirs", async () => {
  const { user } = show(<Bar />);
  await user.click(screen.getByRole("button", { name: "Stores: Northwind US" }));
  const popover = await screen.findByRole("dialog", { name: "Stores" });
  await user.click(within(popover).getByRole("checkbox", { name: /Northwind EU/ }));
  expect(within(popover).getByLabelText("Amounts in")).toHaveValue("EUR");
  expect(within(popover).getByText(/They trade in EUR, USD/)).toBeVisible();
  await user.selectOptions(within(popover).getByLabelText("Amounts in"), "USD");
  await user.click(within(popover).getByRole("button", { name: "Show them" }));
  expect(seen).toEqual([{ stores: ["us", "eu"], currency: "USD" }]);
  expect(screen.getByRole("button", { name: "Stores: 2 stores, amounts in USD" })).toBeVisible();
});

it("chooses one store by one press, and never none", async () => {
  const { user } = show(<Bar view={{ ...VIEW, stores: ["us", "eu", "de"], currency: "EUR" }} />);
  await user.click(screen.getByRole("button", { name: "Stores: All 3 stores, amounts in EUR" }));
  const popover = await screen.findByRole("dialog", { name: "Stores" });
  await user.click(within(popover).getByRole("checkbox", { name: "All stores" }));
  expect(within(popover).getByRole("button", { name: "Choose a store" })).toBeDisabled();
  await user.click(within(popover).getByRole("button", { name: "Only Northwind DE" }));
  expect(seen).toEqual([{ stores: ["de"] }]);
});

it("names no currency that nobody chose", async () => {
  const { user } = show(<Bar view={{ ...VIEW, stores: ["us", "eu"], currency: "EUR" }} named={null} />);
  await user.click(screen.getByRole("button", { name: "Stores: 2 stores, amounts in EUR" }));
  const popover = await screen.findByRole("dialog", { name: "Stores" });
  const amounts = within(popover).getByLabelText("Amounts in");
  expect(amounts).toHaveValue("EUR");
  await user.click(within(popover).getByRole("checkbox", { name: /Northwind EU/ }));
  expect(amounts).toHaveValue("own");
  await user.click(within(popover).getByRole("button", { name: "Show them" }));
  expect(seen).toEqual([{ stores: ["us"] }]);
});

it("lets go of a currency that was named", async () => {
  const { user } = show(<Bar view={{ ...VIEW, currency: "EUR" }} named="EUR" />);
  await user.click(screen.getByRole("button", { name: "Stores: Northwind US, amounts in EUR" }));
  const popover = await screen.findByRole("dialog", { name: "Stores" });
  await user.selectOptions(within(popover).getByLabelText("Amounts in"), "own");
  await user.click(within(popover).getByRole("button", { name: "Show them" }));
  expect(seen).toEqual([{ stores: ["us"], currency: null }]);
});

it("compares all time with nothing, as what is asked does", () => {
  const { unmount } = show(<Bar view={{ ...VIEW, range: "all_time" }} />);
  expect(screen.getByRole("button", { name: /^Date range/ })).not.toHaveTextContent(/previous/i);
  unmount();
  show(<Bar />);
  expect(screen.getByRole("button", { name: /^Date range/ })).toHaveTextContent(/previous period/i);
});

it("says of several zones that days are each store's own", async () => {
  const { user } = show(<Bar view={{ ...VIEW, stores: ["us", "eu", "de"], currency: "EUR" }} />);
  await user.click(screen.getByRole("button", { name: /^Date range/ }));
  expect(
    await screen.findByText(
      /^Days are each store’s own: America\/New York \(GMT−5\), Europe\/Berlin \(GMT\+1\)$/,
    ),
  ).toBeVisible();
});

it("changes the days and the comparison", async () => {
  const { user } = show(<Bar />);
  await user.click(screen.getByRole("button", { name: /^Date range/ }));
  await user.selectOptions(await screen.findByLabelText("Compare with"), "previous_year");
  await user.click(screen.getByRole("button", { name: "Last 7 days" }));
  expect(seen).toEqual([{ compare: "previous_year" }, { range: "last_7_days" }]);
});

it("adds a filter out of the values that there are, and takes it away", async () => {
  const asked = tellValues("country", ["US", "CA", null, "SE"]);
  const { user } = show(<Bar />);
  await user.click(screen.getByRole("button", { name: "Filter" }));
  const editor = await screen.findByRole("dialog", { name: "New filter" });
  // Stores are chosen elsewhere.
  const what = within(editor).getByLabelText("What");
  expect(within(what).queryByRole("option", { name: "Store" })).not.toBeInTheDocument();
  await user.selectOptions(what, "Country");
  await user.click(await within(editor).findByRole("checkbox", { name: "CA" }));
  await user.click(within(editor).getByRole("checkbox", { name: "SE" }));
  await user.type(within(editor).getByLabelText("Other values"), "NO, CA");
  await user.click(within(editor).getByRole("button", { name: "Add the filter" }));
  expect(seen).toEqual([{ filters: [{ dimension: "country", operator: "in", values: ["CA", "SE", "NO"] }] }]);
  expect(asked.at(-1)).toMatchObject({ metrics: ["shopify.orders"], group_by: ["country"], stores: ["us"] });
  await user.click(screen.getByRole("button", { name: "Remove the filter: Country is any of CA, SE, NO" }));
  expect(seen.at(-1)).toEqual({ filters: [] });
});

it("wants a value, and none where none is needed", async () => {
  tellValues("channel", []);
  const { user } = show(<Bar />);
  await user.click(screen.getByRole("button", { name: "Filter" }));
  const editor = await screen.findByRole("dialog", { name: "New filter" });
  await user.click(within(editor).getByRole("button", { name: "Add the filter" }));
  expect(within(editor).getByText("Choose or write a value.")).toBeVisible();
  expect(seen).toEqual([]);
  await user.selectOptions(within(editor).getByLabelText("How"), "is not known");
  await user.click(within(editor).getByRole("button", { name: "Add the filter" }));
  expect(seen).toEqual([{ filters: [{ dimension: "channel", operator: "notSet", values: [] }] }]);
});

it("changes a filter that there is, also where values cannot be offered", async () => {
  network.use(http.post("/api/metrics/query", () => new HttpResponse(null, { status: 500 })));
  const filter = { dimension: "country", operator: "equals" as const, values: ["US"] };
  const { user } = show(<Bar view={{ ...VIEW, filters: [filter] }} />);
  await user.click(screen.getByRole("button", { name: "Filter: Country is US" }));
  const editor = await screen.findByRole("dialog", { name: "Filter" });
  expect(within(editor).getByRole("checkbox", { name: "US" })).toBeChecked();
  await user.selectOptions(within(editor).getByLabelText("How"), "begins with");
  const text = within(editor).getByLabelText("Text");
  await user.clear(text);
  await user.type(text, "U");
  await user.click(within(editor).getByRole("button", { name: "Change the filter" }));
  expect(seen).toEqual([{ filters: [{ dimension: "country", operator: "startsWith", values: ["U"] }] }]);
});

it("says what is looked at where there is nothing to choose", () => {
  show(
    <Bar
      readOnly
      view={{
        ...VIEW,
        stores: ["us", "eu"],
        currency: "EUR",
        filters: [{ dimension: "country", operator: "notIn", values: ["US", "CA", "SE", "NO"] }],
      }}
    />,
  );
  expect(
    screen.getByText(
      /^Last 30 days · .*2026 · compared with the previous period · 2 stores · amounts in EUR · Country is none of US, CA, 2 more$/,
    ),
  ).toBeVisible();
  expect(screen.queryByRole("button")).not.toBeInTheDocument();
});
