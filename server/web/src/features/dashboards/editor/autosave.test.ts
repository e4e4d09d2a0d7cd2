import { http, HttpResponse } from "msw";
import { documentOf, dashboardOf, sectionOf, widgetOf } from "@/test/dashboards";
import { network, problem } from "@/test/network";
import type { Dashboard, DashboardChange } from "@/lib/dashboards/document";
import { loadDashboard } from "@/lib/dashboards/queries";
import { saveDashboard } from "../queries";
import { asChange, Autosave, type SaveState } from "./autosave";

const start = dashboardOf(documentOf([sectionOf("sales0", [widgetOf("aaaaa1")])]));
const PATH = `/api/dashboards/${start.id}`;

/** A server that keeps one dashboard, as the real one does: only over what was seen. */
class Server {
  kept: Dashboard = start;
  readonly saves: { name: string; ifMatch: string | null }[] = [];
  /** What the next saves are answered with, in place of being kept. */
  readonly answers: (() => Response | Promise<Response>)[] = [];

  constructor() {
    network.use(
      http.put(PATH, async ({ request }) => {
        const change = (await request.json()) as DashboardChange;
        const ifMatch = request.headers.get("if-match");
        this.saves.push({ name: change.name, ifMatch });
        const answer = this.answers.shift();
        if (answer) return answer();
        return this.keep(change, ifMatch);
      }),
      http.get(PATH, () => HttpResponse.json(this.kept)),
    );
  }

  keep(change: DashboardChange, ifMatch: string | null): Response {
    if (ifMatch !== "*" && ifMatch !== `"r${this.kept.revision}"`) return problem(412, "stale");
    this.kept = { ...this.kept, ...change, revision: this.kept.revision + 1 };
    return HttpResponse.json(this.kept);
  }

  /** As somebody else saves. */
  change(parts: Partial<Dashboard>): void {
    this.kept = { ...this.kept, ...parts, revision: this.kept.revision + 1 };
  }
}

function begun(options: { delay?: number } = {}) {
  const server = new Server();
  const saved: number[] = [];
  const autosave = new Autosave(
    {
      save: (change, ifMatch) => saveDashboard(start.id, change, ifMatch),
      load: () => loadDashboard(start.id),
    },
    start,
    { delay: 10, retryDelay: () => 10, onSaved: ({ revision }) => saved.push(revision), ...options },
  );
  const phases: SaveState["phase"][] = [];
  autosave.subscribe(() => phases.push(autosave.current().phase));
  const name = (text: string) => autosave.change({ ...asChange(start), name: text });
  return { server, autosave, phases, saved, name };
}

async function settles(autosave: Autosave, phase: SaveState["phase"]): Promise<SaveState> {
  await vi.waitFor(() => expect(autosave.current().phase).toBe(phase));
  return autosave.current();
}

it("waits for a pause, saves once, and over what was seen", async () => {
  const { server, autosave, phases, saved, name } = begun();
  name("A");
  name("AB");
  name("ABC");
  await settles(autosave, "saved");
  expect(server.saves).toEqual([{ name: "ABC", ifMatch: '"r4"' }]);
  expect(server.kept.name).toBe("ABC");
  expect(phases.filter((phase, index) => phases[index - 1] !== phase)).toEqual([
    "waiting",
    "saving",
    "saved",
  ]);
  expect(saved).toEqual([5]);
  name("D");
  await settles(autosave, "saved");
  expect(server.saves.at(-1)).toEqual({ name: "D", ifMatch: '"r5"' });
});

it("saves nothing where what was changed was changed back", async () => {
  const { server, autosave, name } = begun({ delay: 1000 });
  name("A");
  expect(autosave.isUnsaved).toBe(true);
  name(start.name);
  expect(autosave.isUnsaved).toBe(false);
  expect(await autosave.flush()).toBe(true);
  expect(server.saves).toEqual([]);
});

it("sends one request at a time, and what was changed meanwhile after it", async () => {
  const { server, autosave, name } = begun();
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  server.answers.push(async () => {
    await held;
    return server.keep({ ...asChange(start), name: "first" }, '"r4"');
  });
  name("first");
  await vi.waitFor(() => expect(server.saves).toHaveLength(1));
  name("second");
  name("third");
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(server.saves).toHaveLength(1);
  release();
  await settles(autosave, "saved");
  expect(server.saves.map((save) => save.name)).toEqual(["first", "third"]);
  expect(server.saves[1]?.ifMatch).toBe('"r5"');
});

it("keeps what could not be saved and tries again by itself", async () => {
  const { server, autosave, phases, name } = begun();
  server.answers.push(
    () => problem(503, "unavailable"),
    () => HttpResponse.error(),
    () => problem(429, "too_many_requests"),
  );
  name("A");
  await settles(autosave, "saved");
  expect(server.saves).toHaveLength(4);
  expect(server.kept.name).toBe("A");
  expect(phases.filter((phase) => phase === "away")).toHaveLength(3);
});

it("tries at once when the network is back", async () => {
  const { server, autosave, name } = begun();
  const waiting = new Autosave(
    {
      save: (change, ifMatch) => saveDashboard(start.id, change, ifMatch),
      load: () => loadDashboard(start.id),
    },
    start,
    { delay: 1, retryDelay: () => 60_000 },
  );
  const leave = waiting.attach();
  server.answers.push(() => HttpResponse.error());
  waiting.change({ ...asChange(start), name: "A" });
  await settles(waiting, "away");
  window.dispatchEvent(new Event("online"));
  await settles(waiting, "saved");
  expect(server.kept.name).toBe("A");
  leave();
  name(start.name);
  expect(autosave.isUnsaved).toBe(false);
});

it("knows its own change again where only the answer was lost", async () => {
  const { server, autosave, phases, name } = begun();
  server.answers.push(() => {
    server.keep({ ...asChange(start), name: "A" }, '"r4"');
    return HttpResponse.error();
  });
  name("A");
  await settles(autosave, "saved");
  expect(server.kept).toMatchObject({ name: "A", revision: 5 });
  expect(phases).not.toContain("conflict");
  name("B");
  await settles(autosave, "saved");
  expect(server.kept).toMatchObject({ name: "B", revision: 6 });
});

it("knows its own change again where the answer was lost and more was changed since", async () => {
  const { server, autosave, phases, saved, name } = begun();
  server.answers.push(
    () => {
      server.keep({ ...asChange(start), name: "A" }, '"r4"');
      name("B");
      return HttpResponse.error();
    },
    // What was sent after it comes to nothing, before it is found out what the server has.
    () => {
      name("C");
      return problem(503, "unavailable");
    },
  );
  name("A");
  await settles(autosave, "saved");
  expect(phases).not.toContain("conflict");
  expect(server.saves).toEqual([
    { name: "A", ifMatch: '"r4"' },
    { name: "B", ifMatch: '"r4"' },
    { name: "C", ifMatch: '"r4"' },
    { name: "C", ifMatch: '"r5"' },
  ]);
  expect(server.kept).toMatchObject({ name: "C", revision: 6 });
  expect(saved).toEqual([5, 6]);
});

it("asks where somebody else has saved over what was sent without an answer", async () => {
  const { server, autosave, name } = begun();
  server.answers.push(() => {
    server.keep({ ...asChange(start), name: "A" }, '"r4"');
    server.change({ name: "theirs" });
    return HttpResponse.error();
  });
  name("A");
  const state = await settles(autosave, "conflict");
  expect(state).toMatchObject({ theirs: { name: "theirs", revision: 6 } });
});

it("does not save what the server refuses again and again, but what is changed then", async () => {
  const { server, autosave, name } = begun();
  server.answers.push(() => problem(422, "invalid_request"));
  name("bad");
  await settles(autosave, "refused");
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(server.saves).toHaveLength(1);
  expect(autosave.isUnsaved).toBe(true);
  name("good");
  await settles(autosave, "saved");
  expect(server.kept.name).toBe("good");
});

describe("when somebody else saves meanwhile", () => {
  it("asks, and sends nothing before it is decided", async () => {
    const { server, autosave, name } = begun();
    server.change({ name: "theirs" });
    name("mine");
    const state = await settles(autosave, "conflict");
    expect(state).toMatchObject({ theirs: { name: "theirs", revision: 5 } });
    name("mine, too");
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(server.saves).toHaveLength(1);
    expect(server.kept.name).toBe("theirs");
    expect(await autosave.flush()).toBe(false);
  });

  it("puts mine over theirs, with all that was changed since", async () => {
    const { server, autosave, name } = begun();
    server.change({ name: "theirs", visibility: "private" });
    name("mine");
    await settles(autosave, "conflict");
    name("mine, too");
    await autosave.keepMine();
    expect(server.saves.at(-1)).toEqual({ name: "mine, too", ifMatch: '"r5"' });
    // Who sees it was decided elsewhere, and stays so.
    expect(server.kept).toMatchObject({ name: "mine, too", visibility: "private", revision: 6 });
    expect(autosave.current().phase).toBe("saved");
  });

  it("asks again where yet another was saved before mine is there", async () => {
    const { server, autosave, name } = begun();
    server.change({ name: "theirs" });
    name("mine");
    await settles(autosave, "conflict");
    server.answers.push(() => {
      server.change({ name: "another" });
      return HttpResponse.error();
    });
    await autosave.keepMine();
    const state = await settles(autosave, "conflict");
    expect(state).toMatchObject({ theirs: { name: "another", revision: 6 } });
    expect(server.kept.name).toBe("another");
    await autosave.keepMine();
    expect(server.kept).toMatchObject({ name: "mine", revision: 7 });
  });

  it("sends what was there before as well, where mine was not taken", async () => {
    const { server, autosave, name } = begun();
    server.change({ name: "theirs" });
    name("mine");
    await settles(autosave, "conflict");
    server.answers.push(() => problem(422, "invalid_request"));
    await autosave.keepMine();
    expect(autosave.current().phase).toBe("refused");
    name(start.name);
    await settles(autosave, "saved");
    expect(server.kept).toMatchObject({ name: start.name, revision: 6 });
  });

  it("goes on from theirs", async () => {
    const { server, autosave, name } = begun();
    server.change({ name: "theirs" });
    name("mine");
    const state = await settles(autosave, "conflict");
    if (state.phase === "conflict") autosave.adopt(state.theirs);
    expect(autosave.isUnsaved).toBe(false);
    name("after theirs");
    await settles(autosave, "saved");
    expect(server.saves.at(-1)).toEqual({ name: "after theirs", ifMatch: '"r5"' });
  });
});

it("sends at once what is waiting when it is flushed, and when it ends", async () => {
  const { server, autosave, name } = begun({ delay: 60_000 });
  name("A");
  expect(await autosave.flush()).toBe(true);
  expect(server.kept.name).toBe("A");
  const leave = autosave.attach();
  name("B");
  leave();
  await vi.waitFor(() => expect(server.kept.name).toBe("B"));
});
