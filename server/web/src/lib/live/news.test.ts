import { newsIn } from "./news";

it("reads what the server says", () => {
  const version = { type: "dashboard:update", store_id: "s", version: 7 };
  expect(newsIn(JSON.stringify(version))).toEqual(version);
  const progress = { type: "sync:progress", store_id: "s", sync: { id: "y", records: 3 } };
  expect(newsIn(JSON.stringify(progress))).toEqual(progress);
});

it.each([
  "",
  "null",
  "[]",
  "hello",
  '{"type":"dashboard:update","store_id":"s"}',
  '{"type":"dashboard:update","version":7}',
  '{"type":"dashboard:update","store_id":"s","version":"7"}',
  '{"type":"sync:progress","store_id":"s","sync":null}',
  '{"type":"something:new","store_id":"s"}',
  new ArrayBuffer(8),
])("makes nothing of %j", (message) => {
  expect(newsIn(message)).toBeNull();
});
