import { useQuery } from "@tanstack/react-query";
import { act, screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { use } from "react";
import { vi } from "vitest";
import type { DashboardGridProps } from "@/components/dashboard/types";
import type { BatchAnswer, QueryRequest, Shared, SharedQuestion } from "@/lib/api/types";
import { factsOf } from "@/lib/dashboards/applicable";
import type { DashboardDocument, Widget } from "@/lib/dashboards/document";
import { resolveWidget } from "@/lib/dashboards/resolve";
import { DataSourceContext } from "@/lib/metrics/data-source";
import { network, problem } from "@/test/network";
import { show } from "@/test/render";
import { metricResponse } from "@/test/responses";
import { SharedPage } from "./shared-page";

/** Stands in for the drawing of widgets: says what each is answered. */
vi.mock("@/components/dashboard/dashboard-grid", () => {
  function Probe({ id, question }: { id: string; question: QueryRequest }) {
    const source = use(DataSourceContext);
    const { data, error } = useQuery({
      queryKey: [...(source?.key ?? []), id, question],
      queryFn: ({ signal }) => source?.ask(id, question, signal),
      retry: false,
    });
    return <section aria-label={id}>{error ? error.message : JSON.stringify(data?.totals ?? null)}</section>;
  }
  return {
    DashboardGrid: ({ document, view, timezone }: DashboardGridProps) => (
      <div data-testid="grid" data-timezone={timezone}>
        {document.sections
          .flatMap(({ widgets }) => widgets)
          .map((widget) => ({ id: widget.id, question: resolveWidget(widget, view, factsOf([])) }))
          .map(({ id, question }) => question && <Probe key={id} id={id} question={question} />)}
        <Probe id="figures1" question={{ metrics: ["shopify.orders"], time_range: "all_time" }} />
      </div>
    ),
  };
});

const STORE = "0192a000-0000-7000-8000-000000000001";

function widget(id: string, metric: string): Widget {
  return {
    id,
    kind: "kpi",
    size: "small",
    title: null,
    note: null,
    query: { metrics: [metric] },
    own: { range: null, compare: null, stores: null, filters: "add" },
    display: {},
    text: null,
  };
}

const document1: DashboardDocument = {
  version: 1,
  settings: { range: "last_7_days", compare: "previous_period", stores: null, currency: null, filters: [] },
  sections: [
    {
      id: "section1",
      title: null,
      columns: 2,
      collapsed: false,
      widgets: [widget("figures1", "shopify.revenue"), widget("orders1", "shopify.orders")],
    },
  ],
};

function sharedOf(parts: Partial<NonNullable<Shared["dashboard"]>> = {}): Shared {
  return {
    name: "Morning",
    expires_at: null,
    brand: {},
    dashboard: {
      document: document1 as unknown as NonNullable<Shared["dashboard"]>["document"],
      stores: [
        {
          id: STORE,
          name: "Northwind",
          currency: "USD",
          timezone: "America/New_York",
          week_start: "monday",
          has_sample_data: false,
        },
      ],
      revision: 7,
      may_change_range: false,
      registry: { metrics: [], dimensions: [], sources: [] },
      ...parts,
    },
  };
}

const good = (total: string, etag = 'W/"1"'): BatchAnswer => ({
  status: 200,
  etag,
  answer: metricResponse("shopify.revenue", { totals: { "shopify.revenue": total } }),
});

const ANSWERS = { figures1: good("42.50"), orders1: good("7") };

/** A link that shows a dashboard, and what is asked of it. */
function link(shared: Shared, answers: (question: SharedQuestion) => Record<string, BatchAnswer> | Response) {
  const asked = vi.fn<(question: SharedQuestion, headers: Headers) => void>();
  const opened = vi.fn<(headers: Headers, credentials: RequestCredentials) => void>();
  network.use(
    http.get("/api/shared", ({ request }) => {
      opened(request.headers, request.credentials);
      return HttpResponse.json(shared);
    }),
    http.post("/api/shared/data", async ({ request }) => {
      const question = (await request.json()) as SharedQuestion;
      asked(question, request.headers);
      const told = answers(question);
      return told instanceof Response
        ? told
        : HttpResponse.json({ answers: told, versions: {}, elapsed_ms: 1 });
    }),
  );
  return { asked, opened };
}

const onSearch = vi.fn();

function open(props: Partial<Parameters<typeof SharedPage>[0]> = {}) {
  return show(<SharedPage search={{}} onSearch={onSearch} {...props} />);
}

const figures = () => screen.getAllByRole("region", { name: "figures1" })[0];

beforeEach(() => {
  onSearch.mockClear();
  window.history.replaceState(null, "", "/shared#token=aloftly_share_secret");
});
afterEach(() => {
  window.sessionStorage.clear();
  window.history.replaceState(null, "", "/");
});

it("shows a dashboard with the figures that the link answers, all asked for at once and without a cookie", async () => {
  const { asked, opened } = link(sharedOf(), () => ANSWERS);
  open();
  expect(await screen.findByRole("heading", { name: "Morning", level: 1 })).toBeInTheDocument();
  await waitFor(() => expect(figures()).toHaveTextContent("42.50"));
  expect(screen.getByRole("region", { name: "orders1" })).toHaveTextContent("7");
  expect(screen.getByTestId("grid")).toHaveAttribute("data-timezone", "America/New_York");
  expect(screen.getByText(/^Last 7 days: .* vs previous period$/)).toBeInTheDocument();
  expect(asked).toHaveBeenCalledTimes(1);
  const [question, headers] = asked.mock.calls[0] ?? [];
  expect(question).toEqual({ widgets: ["figures1", "orders1"], revision: 7, known: {} });
  expect(headers?.get("authorization")).toBe("Bearer aloftly_share_secret");
  expect(headers?.has("share-embed-key")).toBe(false);
  expect(opened).toHaveBeenCalledTimes(1);
  expect(opened.mock.calls[0]?.[1]).toBe("omit");
});

it("asks nothing for what the link does not answer", async () => {
  const { asked } = link(sharedOf(), () => ANSWERS);
  open();
  await waitFor(() => expect(figures()).toHaveTextContent("42.50"));
  const other = screen.getAllByRole("region", { name: "figures1" })[1];
  expect(other).toHaveTextContent("A link shows the figures of its dashboard, and these are not among them.");
  expect(asked).toHaveBeenCalledTimes(1);
});

it("has one widget fail alone", async () => {
  const failed = { status: 422, problem: { code: "mixed_currencies", detail: "several" } };
  link(sharedOf(), () => ({ figures1: failed as BatchAnswer, orders1: good("7") }));
  open();
  await waitFor(() => expect(figures()).toHaveTextContent("more than one currency"));
  expect(screen.getByRole("region", { name: "orders1" })).toHaveTextContent("7");
});

it("asks again after half a minute, and is not sent what it has", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const answers = vi
    .fn<(question: SharedQuestion) => Record<string, BatchAnswer>>()
    .mockReturnValueOnce({ figures1: good("42.50"), orders1: good("7", 'W/"2"') })
    .mockReturnValueOnce({ figures1: good("85.00", 'W/"3"'), orders1: { status: 304, etag: 'W/"2"' } });
  const { asked, opened } = link(sharedOf(), answers);
  open();
  await waitFor(() => expect(figures()).toHaveTextContent("42.50"));
  act(() => void vi.advanceTimersByTime(30_000));
  await waitFor(() => expect(figures()).toHaveTextContent("85.00"));
  expect(screen.getByRole("region", { name: "orders1" })).toHaveTextContent("7");
  expect(asked.mock.calls[1]?.[0].known).toEqual({ figures1: 'W/"1"', orders1: 'W/"2"' });
  expect(opened).toHaveBeenCalledTimes(1);
});

it("says that a link shows nothing any more, from the beginning and once it does", async () => {
  network.use(http.get("/api/shared", () => problem(410, "link_expired")));
  const { unmount } = open();
  expect(
    await screen.findByRole("heading", { name: "This link shows nothing any more" }),
  ).toBeInTheDocument();
  unmount();
  let over = false;
  network.use(
    http.get("/api/shared", () => (over ? problem(410, "link_expired") : HttpResponse.json(sharedOf()))),
    http.post("/api/shared/data", () => {
      over = true;
      return problem(410, "link_expired");
    }),
  );
  open();
  expect(await screen.findByTestId("grid")).toBeInTheDocument();
  expect(
    await screen.findByRole("heading", { name: "This link shows nothing any more" }),
  ).toBeInTheDocument();
  expect(screen.queryByTestId("grid")).not.toBeInTheDocument();
});

it("shows the dashboard as it is by now where it has changed, which is no other view", async () => {
  const opened: (string | null)[] = [];
  network.use(
    http.get("/api/shared", ({ request }) => {
      opened.push(new URL(request.url).searchParams.get("again"));
      return HttpResponse.json(sharedOf({ revision: opened.length }));
    }),
    http.post("/api/shared/data", async ({ request }) => {
      const { revision } = (await request.json()) as SharedQuestion;
      if (revision !== 2) return problem(409, "dashboard_changed");
      return HttpResponse.json({
        answers: ANSWERS,
        versions: {},
        elapsed_ms: 1,
      });
    }),
  );
  open();
  await waitFor(() => expect(opened).toEqual([null, "true"]));
  await waitFor(() => expect(figures()).toHaveTextContent("42.50"));
});

it("says what is missing where the address was cut off", () => {
  window.history.replaceState(null, "", "/shared");
  open();
  expect(screen.getByRole("heading", { name: "This address is not complete" })).toBeInTheDocument();
});

it("asks for the password, says when it is wrong, and asks for it once", async () => {
  const tried = vi.fn();
  network.use(
    http.get("/api/shared", ({ request }) =>
      request.headers.get("share-ticket") === "ticket"
        ? HttpResponse.json(sharedOf())
        : problem(403, "password_wanted"),
    ),
    http.post("/api/shared/unlock", async ({ request }) => {
      const { password } = (await request.json()) as { password: string };
      tried(password, request.headers.get("authorization"));
      return password === "a good password"
        ? HttpResponse.json({ ticket: "ticket", expires_at: "2026-11-22T00:00:00Z" })
        : problem(403, "wrong_password");
    }),
    http.post("/api/shared/data", () =>
      HttpResponse.json({
        answers: ANSWERS,
        versions: {},
        elapsed_ms: 1,
      }),
    ),
  );
  const { user, unmount } = open();
  expect(await screen.findByRole("heading", { name: "This link wants a password" })).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Open" }));
  expect(screen.getByText("Enter the password.")).toBeInTheDocument();
  expect(tried).not.toHaveBeenCalled();
  const field = screen.getByLabelText("Password");
  await user.type(field, "a wrong password{Enter}");
  expect(await screen.findByText("This is not the link’s password.")).toBeInTheDocument();
  await user.clear(field);
  await user.type(field, "a good password{Enter}");
  expect(await screen.findByTestId("grid")).toBeInTheDocument();
  expect(tried).toHaveBeenLastCalledWith("a good password", "Bearer aloftly_share_secret");
  unmount();
  open();
  expect(await screen.findByTestId("grid")).toBeInTheDocument();
  expect(tried).toHaveBeenCalledTimes(2);
});

it("asks for the password once more when the ticket is good no more", async () => {
  let isGood = true;
  const asked = vi.fn();
  network.use(
    http.get("/api/shared", ({ request }) =>
      request.headers.has("share-ticket") && isGood
        ? HttpResponse.json(sharedOf())
        : problem(403, "password_wanted"),
    ),
    http.post("/api/shared/unlock", () =>
      HttpResponse.json({ ticket: "ticket", expires_at: "2026-11-22T00:00:00Z" }),
    ),
    http.post("/api/shared/data", ({ request }) => {
      asked(request.headers.get("share-ticket"));
      isGood = false;
      return problem(403, "password_wanted");
    }),
  );
  const { user } = open();
  await user.type(await screen.findByLabelText("Password"), "a good password{Enter}");
  await waitFor(() => expect(asked).toHaveBeenCalledWith("ticket"));
  expect(await screen.findByLabelText("Password")).toHaveValue("");
  expect(window.sessionStorage).toHaveLength(0);
});

it("tells the frame that it is shown in, and leaves the bar to the page around it", async () => {
  const { asked, opened } = link(sharedOf(), () => ANSWERS);
  open({ embedKey: "key" });
  await waitFor(() => expect(figures()).toHaveTextContent("42.50"));
  expect(opened.mock.calls[0]?.[0].get("share-embed-key")).toBe("key");
  expect(asked.mock.calls[0]?.[1].get("share-embed-key")).toBe("key");
  expect(screen.queryByRole("banner")).not.toBeInTheDocument();
});

it("lets one choose other days where the link does, and asks for these", async () => {
  const shared = sharedOf({ may_change_range: true });
  const { asked } = link(shared, () => ANSWERS);
  const { user } = open({ search: { range: "last_30_days", compare: "none" } });
  await waitFor(() => expect(figures()).toHaveTextContent("42.50"));
  expect(asked.mock.calls[0]?.[0]).toMatchObject({ range: "last_30_days", compare: "none" });
  await user.click(screen.getByRole("button", { name: /^Date range: Last 30 days/ }));
  await user.click(within(await screen.findByRole("dialog")).getByText("Yesterday"));
  expect(onSearch).toHaveBeenCalledWith({ range: "yesterday", compare: "none" });
});

it("keeps to its own days whatever the address says, where it does not", async () => {
  const { asked } = link(sharedOf(), () => ANSWERS);
  open({ search: { range: "today" } });
  await waitFor(() => expect(figures()).toHaveTextContent("42.50"));
  expect(asked.mock.calls[0]?.[0]).toEqual({ widgets: ["figures1", "orders1"], revision: 7, known: {} });
  expect(screen.queryByRole("button", { name: /^Date range/ })).not.toBeInTheDocument();
});

it("says which figures are made up, whose pages these are, and until when", async () => {
  const [store] = sharedOf().dashboard?.stores ?? [];
  const shared = sharedOf({ stores: store ? [{ ...store, has_sample_data: true }] : [] });
  const brand = { name: "Lund & Co" };
  link({ ...shared, brand, expires_at: "2026-12-01T12:00:00Z" }, () => ({
    figures1: good("42.50"),
    orders1: good("7"),
  }));
  open();
  expect(await screen.findByRole("note")).toHaveTextContent("The figures of Northwind are made up.");
  expect(screen.getByRole("banner")).toHaveTextContent("Lund & Co");
  expect(screen.getByText(/This link shows it until/)).toHaveTextContent("Dec 1");
  await waitFor(() => expect(document.title).toBe("Morning · Lund & Co"));
});

it("shows the answer to a question as a table", async () => {
  const answer = metricResponse("shopify.revenue");
  network.use(
    http.get("/api/shared", () =>
      HttpResponse.json({ name: "November", expires_at: null, brand: {}, answer }),
    ),
  );
  open();
  const table = await screen.findByRole("table");
  expect(within(table).getByText("$23,356.78")).toBeInTheDocument();
});
