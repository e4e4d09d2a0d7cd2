import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { vi } from "vitest";
import type { QueryResponse } from "@/lib/api/types";
import { answerQueries, network } from "@/test/network";
import { show } from "@/test/render";
import { inCurrency, metricResponse, store } from "@/test/responses";
import { ProductsCard } from "./products-card";
import { overviewView, type OverviewSearch } from "./view";

const REVENUE = "shopify.product_revenue";
const UNITS = "shopify.units";

function products(rows: QueryResponse["rows"]): QueryResponse {
  return metricResponse(REVENUE, { rows, totals: { [REVENUE]: "200.00", [UNITS]: 9 }, total_rows: 31 });
}

const view = (search: OverviewSearch = {}) => overviewView(store, search);

it("lists exact numbers and each product's part", async () => {
  answerQueries(() =>
    products([
      {
        product: "Jacket",
        [REVENUE]: "123456.70",
        [UNITS]: 1234,
        comparison: { [REVENUE]: { value: "0.00", delta: "123456.70", ratio: null } },
      },
      { product: null, [REVENUE]: "50.00", [UNITS]: 2 },
    ]),
  );
  show(<ProductsCard view={view()} onSearch={vi.fn()} />);
  const jacket = (await screen.findByText("Jacket")).closest("tr");
  expect(jacket).toHaveTextContent("$123,456.70");
  expect(jacket).toHaveTextContent("1,234");
  expect(jacket).toHaveTextContent("new");
  expect(screen.getByText("Without a name").closest("tr")).toHaveTextContent("25.0%");
  expect(screen.getByText("USD · 10 of 31")).toBeInTheDocument();
});

it("is sorted by the server, as the address says", async () => {
  const asked = vi.fn();
  answerQueries((query) => {
    asked(query.order_by);
    return products([{ product: "Jacket", [REVENUE]: "1.00", [UNITS]: 1 }]);
  });
  const onSearch = vi.fn();
  const { user } = show(<ProductsCard view={view({ sort: "-units" })} onSearch={onSearch} />);
  const head = await screen.findByRole("columnheader", { name: "Units" });
  expect(head).toHaveAttribute("aria-sort", "descending");
  expect(asked).toHaveBeenCalledWith([{ field: UNITS, direction: "desc" }]);
  await user.click(within(head).getByRole("button"));
  expect(onSearch).toHaveBeenCalledWith({ sort: "units" });
});

it("says what would be here when nothing was sold", async () => {
  answerQueries(() => products([]));
  show(<ProductsCard view={view()} onSearch={vi.fn()} />);
  expect(await screen.findByText("No products sold in these days")).toBeInTheDocument();
});

it("names the currency that the amounts are in, be it another than the store's", async () => {
  answerQueries(() => inCurrency(products([{ product: "Jacket", [REVENUE]: "5.00", [UNITS]: 2 }]), "EUR"));
  show(<ProductsCard view={view()} onSearch={vi.fn()} />);
  expect((await screen.findByText("Jacket")).closest("tr")).toHaveTextContent("€5.00");
  expect(screen.getByText("EUR · 10 of 31")).toBeInTheDocument();
});

it("says what product revenue is, which is not revenue", async () => {
  const description = "Quantity times price, without shipping";
  network.use(
    http.get("/api/metrics", () =>
      HttpResponse.json({ metrics: [{ id: REVENUE, description }], dimensions: [], sources: [] }),
    ),
  );
  answerQueries(() => products([{ product: "Jacket", [REVENUE]: "5.00", [UNITS]: 2 }]));
  const { user } = show(<ProductsCard view={view()} onSearch={vi.fn()} />);
  const head = await screen.findByRole("columnheader", { name: "Product revenue" });
  await waitFor(async () => {
    await user.hover(within(head).getByRole("button"));
    expect(screen.getByRole("tooltip")).toHaveTextContent("Quantity times price, without shipping.");
  });
});

it("does not call days without data days without sales", async () => {
  const response = products([]);
  const range = { ...response.meta.range, from: "2026-12-01", to: "2026-12-31" };
  answerQueries(() => ({ ...response, meta: { ...response.meta, range } }));
  show(<ProductsCard view={view()} onSearch={vi.fn()} />);
  expect(await screen.findByText("No data for these days")).toBeInTheDocument();
  expect(screen.getByText(/ends on Nov 20, 2026/)).toBeInTheDocument();
});
