import { advance, begin, MERGE_MS, redo, STEPS, undo } from "./history";

it("keeps as many steps as it says, and forgets the oldest", () => {
  let history = begin(0);
  for (let step = 1; step <= STEPS + 20; step += 1) history = advance(history, step);
  for (let step = 0; step < STEPS + 20; step += 1) history = undo(history);
  expect(history.present).toBe(20);
  expect(history.past).toEqual([]);
});

it("forgets what was taken back once something else is done", () => {
  const back = undo(advance(advance(begin("a"), "b"), "c"));
  expect(back.present).toBe("b");
  const other = advance(back, "d");
  expect(redo(other)).toBe(other);
  expect(undo(other).present).toBe("b");
});

it("makes one step of a text that is typed, and another one after a pause", () => {
  let history = begin("");
  history = advance(history, "R", { key: "title", at: 0 });
  history = advance(history, "Re", { key: "title", at: 200 });
  history = advance(history, "Rev", { key: "title", at: 200 + MERGE_MS });
  history = advance(history, "Reve", { key: "title", at: 300 + 2 * MERGE_MS + 1 });
  expect(undo(history).present).toBe("Rev");
  expect(undo(undo(history)).present).toBe("");
});

it("makes steps of their own of what is typed elsewhere, and of what is typed after an undo", () => {
  let history = advance(begin("0"), "1", { key: "title", at: 0 });
  history = advance(history, "2", { key: "note", at: 10 });
  expect(undo(history).present).toBe("1");
  history = advance(undo(history), "3", { key: "title", at: 20 });
  expect(undo(history).present).toBe("1");
});

it("takes no step where nothing changes", () => {
  const history = begin("a");
  expect(advance(history, "a")).toBe(history);
  expect(undo(history)).toBe(history);
});
