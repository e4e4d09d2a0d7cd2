import { documentOf, dashboardOf, sectionOf, widgetOf } from "@/test/dashboards";
import { ApiError } from "@/lib/api/error";
import type { Dashboard, DashboardChange } from "@/lib/dashboards/document";
import { EditorStore } from "./store";

const start = dashboardOf(documentOf([sectionOf("sales0", [widgetOf("aaaaa1"), widgetOf("aaaaa2")])]));

function begun() {
  let kept: Dashboard = start;
  let failure: ApiError | null = null;
  const server = {
    save: (change: DashboardChange, ifMatch: string) => {
      if (failure) {
        const error = failure;
        failure = null;
        return Promise.reject(error);
      }
      if (ifMatch !== "*" && ifMatch !== `"r${kept.revision}"`) {
        return Promise.reject(new ApiError(412, "stale", "Somebody else was there."));
      }
      kept = { ...kept, ...change, revision: kept.revision + 1 };
      return Promise.resolve(kept);
    },
    load: () => Promise.resolve(kept),
  };
  const store = new EditorStore(server, start, undefined, { delay: 5 });
  return {
    store,
    kept: () => kept,
    /** Has the next save fail. */
    fail: (error: ApiError) => (failure = error),
    somebody: (parts: Partial<Dashboard>) => (kept = { ...kept, ...parts, revision: kept.revision + 1 }),
  };
}

it("shows a change at once and saves it by itself, and so is what is undone", async () => {
  const { store, kept } = begun();
  store.change({ type: "remove", id: "aaaaa1" });
  expect(store.current()).toMatchObject({ canUndo: true, canRedo: false });
  await vi.waitFor(() => expect(kept().document.sections[0]?.widgets).toHaveLength(1));
  store.undo();
  expect(store.current()).toMatchObject({
    canUndo: false,
    canRedo: true,
    content: { document: start.document },
  });
  await vi.waitFor(() => expect(kept().document).toEqual(start.document));
});

it("follows what somebody else saves while nothing of one's own is at stake", () => {
  const { store, somebody } = begun();
  const theirs = somebody({ name: "Theirs" });
  expect(store.follow(theirs)).toBe(true);
  expect(store.current()).toMatchObject({ content: { name: "Theirs" }, canUndo: false });
  expect(store.follow(theirs)).toBe(false);
});

it("does not lose what one is changing to what somebody else saves", async () => {
  const { store, kept, somebody } = begun();
  store.change({ type: "rename", name: "Mine" });
  const theirs = somebody({ name: "Theirs" });
  expect(store.follow(theirs)).toBe(false);
  expect(store.current().content.name).toBe("Mine");
  await vi.waitFor(() => expect(store.saveState().phase).toBe("conflict"));
  expect(kept().name).toBe("Theirs");
});

it("brings one's own back after theirs were taken", async () => {
  const { store, kept, somebody } = begun();
  store.change({ type: "rename", name: "Mine" });
  const theirs = somebody({ name: "Theirs" });
  await vi.waitFor(() => expect(store.saveState().phase).toBe("conflict"));
  store.takeTheirs(theirs);
  expect(store.current().content.name).toBe("Theirs");
  expect(store.saveState().phase).toBe("saved");
  store.undo();
  await vi.waitFor(() => expect(kept()).toMatchObject({ name: "Mine", revision: 6 }));
});

it("leaves who sees it as it was decided elsewhere, also while one's own is not there yet", async () => {
  const { store, kept, somebody, fail } = begun();
  store.change({ type: "rename", name: "Mine" });
  somebody({ name: "Theirs", visibility: "private" });
  await vi.waitFor(() => expect(store.saveState().phase).toBe("conflict"));
  fail(new ApiError(422, "invalid_request", "Not so."));
  await store.keepMine();
  expect(store.saveState().phase).toBe("refused");
  store.change({ type: "rename", name: "Mine, too" });
  await vi.waitFor(() => expect(kept()).toMatchObject({ name: "Mine, too", visibility: "private" }));
});

it("does not follow its own saves as if they were somebody else's", async () => {
  const { store, kept } = begun();
  store.change({ type: "rename", name: "Mine" });
  await vi.waitFor(() => expect(store.saveState().phase).toBe("saved"));
  expect(store.follow(kept())).toBe(false);
  expect(store.current().canUndo).toBe(true);
});
