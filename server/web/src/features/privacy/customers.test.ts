import { countsOf, customersInWords, idsCheck, idsIn, rowsInWords } from "./customers";

it("reads an ID from each line, once, whatever is around it", () => {
  expect(idsIn(" 7199823410 \r\n\n7199823411\n7199823410\n a b ")).toEqual([
    "7199823410",
    "7199823411",
    "a b",
  ]);
});

it("wants one to a thousand of them", () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => String(index)).join("\n");
  expect(idsCheck(" \n ")).toBe("Enter the ID of a customer.");
  expect(idsCheck("1")).toBeNull();
  expect(idsCheck(many(1000))).toBeNull();
  expect(idsCheck(many(1001))).toBe("At most 1,000 customers at once.");
});

it("counts what an export holds", () => {
  const file = { store_id: "s", customer_ids: ["1", "2"], datasets: { orders: [{}, {}], customers: [{}] } };
  expect(countsOf(JSON.stringify(file))).toEqual({ customers: 2, rows: 3 });
});

it("says numbers of them in words", () => {
  expect([1, 1000].map(customersInWords)).toEqual(["1 customer", "1,000 customers"]);
  expect([0, 1, 1234].map(rowsInWords)).toEqual(["0 rows", "1 row", "1,234 rows"]);
});
