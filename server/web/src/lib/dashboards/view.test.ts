import { documentOf } from "@/test/dashboards";
import type { DashboardFilter, DashboardSettings } from "./document";
import {
  isSameView,
  parseDashboardSearch,
  readSearch,
  searchOf,
  viewOf,
  writeSearch,
  type ViewSearch,
} from "./view";

const US = "0192a000-0000-7000-8000-00000000000a";
const EU = "0192a000-0000-7000-8000-00000000000b";
const DE = "0192a000-0000-7000-8000-00000000000c";

const stores = [
  { id: US, currency: "USD", week_start: "sunday", timezone: "America/New_York" },
  { id: EU, currency: "EUR", week_start: "monday", timezone: "Europe/Berlin" },
  { id: DE, currency: "EUR", week_start: "monday", timezone: "Europe/Berlin" },
];

const country: DashboardFilter = { dimension: "country", operator: "in", values: ["US", "CA"] };
const known: DashboardFilter = { dimension: "channel", operator: "set", values: [] };

function settings(parts: Partial<DashboardSettings> = {}): DashboardSettings {
  return documentOf([], parts).settings;
}

describe("reading an address", () => {
  it("keeps what it understands and leaves out the rest", () => {
    const search = parseDashboardSearch({
      range: "last_7_days",
      compare: "previous_year",
      stores: `${US},nonsense,${EU}`,
      f: [
        ["country", "in", "US", "CA"],
        ["channel", "set"],
        ["country", "in"],
        ["country", "equals", "US", "CA"],
        ["country", "like", "US"],
        "country",
        7,
      ],
      currency: "EUR",
      view: DE,
      edit: true,
      widget: "abc123",
      show: "history",
      other: "x",
    });
    expect(search).toEqual({
      range: "last_7_days",
      compare: "previous_year",
      stores: `${US},${EU}`,
      f: [
        ["country", "in", "US", "CA"],
        ["channel", "set"],
      ],
      currency: "EUR",
      view: DE,
      edit: true,
      widget: "abc123",
      show: "history",
    });
  });

  it("takes nothing from an address of nonsense", () => {
    const search = {
      range: "soon",
      compare: "x",
      stores: "me",
      f: "US",
      currency: "euro",
      view: 1,
      edit: 1,
      show: "all",
    };
    expect(parseDashboardSearch(search)).toEqual({});
  });

  it("names a widget only while the dashboard is changed", () => {
    expect(parseDashboardSearch({ widget: "abc123" })).toEqual({});
  });
});

describe("the view of an address", () => {
  it("is as the settings have it where the address says nothing", () => {
    const own = settings({ range: "last_90_days", compare: "none", stores: [EU, DE], filters: [country] });
    expect(viewOf(own, {}, stores)).toEqual({
      range: "last_90_days",
      compare: "none",
      stores: [EU, DE],
      currency: null,
      filters: [country],
    });
  });

  it("has all stores where none is named, and where none of those that are named is there", () => {
    expect(viewOf(settings(), {}, stores).stores).toEqual([US, EU, DE]);
    expect(viewOf(settings({ stores: ["gone"] }), {}, stores).stores).toEqual([US, EU, DE]);
    expect(viewOf(settings({ stores: [EU] }), { stores: "all" }, stores).stores).toEqual([US, EU, DE]);
  });

  it("keeps stores in one order, whichever they are named in", () => {
    expect(viewOf(settings(), { stores: `${DE},${US}` }, stores).stores).toEqual([US, DE]);
  });

  it("has the hours of the first store where they are in several zones", () => {
    expect(viewOf(settings(), {}, stores).timezone).toBe("America/New_York");
    expect(viewOf(settings(), { stores: `${EU},${DE}` }, stores)).not.toHaveProperty("timezone");
  });

  it("begins weeks as the first store does where they begin on different days", () => {
    expect(viewOf(settings(), {}, stores).week_start).toBe("sunday");
    expect(viewOf(settings(), { stores: `${EU},${DE}` }, stores)).not.toHaveProperty("week_start");
  });

  it("tells amounts of several currencies in that of most stores, unless one is named", () => {
    expect(viewOf(settings(), {}, stores).currency).toBe("EUR");
    expect(viewOf(settings(), { stores: `${US},${EU}` }, stores).currency).toBe("EUR");
    expect(viewOf(settings(), { currency: "GBP" }, stores).currency).toBe("GBP");
    expect(viewOf(settings(), { stores: US }, stores).currency).toBeNull();
    expect(viewOf(settings({ currency: "GBP" }), { stores: US }, stores).currency).toBe("GBP");
    expect(
      viewOf(settings({ currency: "GBP" }), { stores: US, currency: "own" }, stores).currency,
    ).toBeNull();
  });

  it("has the filters of the address in place of those of the settings, also none", () => {
    const own = settings({ filters: [country] });
    expect(viewOf(own, { f: [["channel", "set"]] }, stores).filters).toEqual([known]);
    expect(viewOf(own, { f: [] }, stores).filters).toEqual([]);
  });
});

describe("writing a view into the address", () => {
  const own = settings({ range: "last_90_days", stores: [EU], currency: "EUR", filters: [country] });

  it("leaves out what is as the settings have it", () => {
    const same = {
      range: "last_90_days",
      compare: "previous_period",
      stores: [EU],
      currency: "EUR",
      filters: [country],
    } as const;
    const search = searchOf(own, { ...same, stores: [EU], filters: [country] }, stores);
    expect(Object.values(search).every((value) => value === undefined)).toBe(true);
  });

  it("says what is not, and of that only what was changed", () => {
    expect(searchOf(own, { range: "yesterday" }, stores)).toEqual({ range: "yesterday" });
    expect(searchOf(own, { stores: [US, EU, DE] }, stores)).toEqual({ stores: "all" });
    expect(searchOf(own, { stores: [US, EU] }, stores)).toEqual({ stores: `${US},${EU}` });
    expect(searchOf(own, { currency: null }, stores)).toEqual({ currency: "own" });
    expect(searchOf(own, { filters: [] }, stores)).toEqual({ f: [] });
    expect(searchOf(own, { filters: [known] }, stores)).toEqual({ f: [["channel", "set"]] });
  });

  it("is read again as it was, whatever was changed", () => {
    const views = [
      {
        range: "2026-10-01..2026-10-31",
        compare: "none",
        stores: [US, DE],
        currency: "JPY",
        filters: [known, country],
      },
      { range: "all_time", compare: "previous_year", stores: [US], currency: null, filters: [] },
      {
        range: "last_90_days",
        compare: "previous_period",
        stores: [EU],
        currency: "EUR",
        filters: [country],
      },
    ] as const;
    for (const view of views) {
      const wanted = { ...view, stores: [...view.stores], filters: [...view.filters] };
      const text = writeSearch(searchOf(own, wanted, stores));
      expect(viewOf(own, readSearch(text), stores)).toMatchObject(wanted);
    }
  });
});

describe("saved views", () => {
  it("keep values that look like something else", () => {
    const search: ViewSearch = { f: [["product", "in", "true", "12", "a&b=c", "“x”", "null"]], stores: EU };
    expect(readSearch(writeSearch(search))).toEqual(search);
  });

  it("are the same whatever comes first in them, and hold nothing but the view", () => {
    expect(writeSearch(readSearch("compare=none&range=today"))).toBe(
      writeSearch(readSearch("range=today&compare=none")),
    );
    expect(writeSearch(readSearch("range=today&edit=true&view=1"))).toBe("range=today");
    expect(isSameView({}, { range: undefined })).toBe(true);
    expect(isSameView({}, { f: [] })).toBe(false);
  });
});
