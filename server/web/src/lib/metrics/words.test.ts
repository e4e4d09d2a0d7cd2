import { answerOf, count, group } from "@/test/answers";
import { registry } from "@/test/widgets";
import { filterWords } from "./filter-words";
import { groupOf, valueTitle } from "./groups";

describe("filters in words", () => {
  it("say what holds, in the names of the registry", () => {
    const filters = {
      and: [
        { dimension: "channel", operator: "in", values: ["web", "pos", "app"] },
        { dimension: "country", operator: "notSet" },
        { metric: "shopify.orders", operator: "gte", values: [10] },
      ],
    };
    expect(filterWords(filters, registry)).toEqual([
      "Channel is web, pos or app",
      "Country is not known",
      "Orders is at least 10",
    ]);
  });

  it("know the short form, alternatives and what is not so", () => {
    expect(filterWords({ country: "US", channel: ["web", "pos"] }, registry)).toEqual([
      "Country is US",
      "Channel is web or pos",
    ]);
    expect(filterWords({ or: [{ country: "US" }, { channel: "web" }] }, registry)).toEqual([
      "Country is US, or Channel is web",
    ]);
    expect(filterWords({ not: { country: "US" } }, registry)).toEqual(["not: Country is US"]);
  });

  it("say nothing where there are none", () => {
    expect(filterWords(null, registry)).toEqual([]);
    expect(filterWords({}, undefined)).toEqual([]);
  });
});

describe("what rows are about", () => {
  const country = group("country", "Country");

  it("is called as people call it", () => {
    expect(valueTitle(country, "US", [])).toBe("United States");
    expect(valueTitle(country, "ZZZ", [])).toBe("ZZZ");
    expect(valueTitle(country, null, [])).toBe("No country");
    expect(valueTitle({ key: "customer_type", title: "Customer type" }, "new", [])).toBe("New");
    expect(valueTitle({ key: "rating", title: "Stars" }, "1", [])).toBe("1 star");
  });

  it("tells what has no value from what is left", () => {
    const answer = answerOf([country, count()], []);
    expect(groupOf({ country: null }, country, answer)).toMatchObject({
      isOther: false,
      title: "No country",
    });
    expect(groupOf({ country: null, other: true }, country, answer)).toMatchObject({ title: "All others" });
  });
});
