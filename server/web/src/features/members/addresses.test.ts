import { addressesIn } from "./addresses";

it("takes addresses however they are put apart, each once", () => {
  expect(addressesIn("kim@example.com, robin@example.com;Kim@Example.com\n ana@example.com ")).toEqual({
    valid: ["Kim@Example.com", "robin@example.com", "ana@example.com"],
    invalid: [],
  });
});

it("takes what a mail program writes", () => {
  expect(addressesIn('"Robin Hale" <robin@example.com>, Kim <kim@example.com>')).toEqual({
    valid: ["robin@example.com", "kim@example.com"],
    invalid: [],
  });
});

it("tells what is no address", () => {
  expect(addressesIn("kim@example, robin")).toEqual({ valid: [], invalid: ["kim@example", "robin"] });
  expect(addressesIn("   ")).toEqual({ valid: [], invalid: [] });
});
