import { pretty } from "./pretty";

it("gives each thing a line", () => {
  const text = '{"id":7,"lines":[{"sku":"a:b, {c}","tags":[]},{}],"note":"say \\"hi\\"","paid":true}';
  expect(pretty(text)).toBe(
    [
      "{",
      '  "id": 7,',
      '  "lines": [',
      "    {",
      '      "sku": "a:b, {c}",',
      '      "tags": []',
      "    },",
      "    {}",
      "  ],",
      '  "note": "say \\"hi\\"",',
      '  "paid": true',
      "}",
    ].join("\n"),
  );
});

it("is as the language does it, for what it reads exactly", () => {
  const value = [[], {}, [[1, -2.5], "", " [ ", null, false], { a: { b: ["\\", "ü\n"] } }];
  for (const space of [0, 1, 4]) {
    expect(pretty(JSON.stringify(value, null, space))).toBe(JSON.stringify(value, null, 2));
  }
});

it("leaves numbers as they were written", () => {
  expect(pretty('{"total":12.50,"id":612003456789012345678,"e":1E+2}')).toBe(
    '{\n  "total": 12.50,\n  "id": 612003456789012345678,\n  "e": 1E+2\n}',
  );
});

it.each(["", "gone", "{", '{"a":}', "<xml/>", '{"a":1}{'])("leaves %j, which is no JSON, alone", (text) => {
  expect(pretty(text)).toBe(text);
});
