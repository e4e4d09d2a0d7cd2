import { http, HttpResponse } from "msw";
import { vi } from "vitest";
import { ApiError } from "@/lib/api/error";
import type { QueryRequest, QueryResponse } from "@/lib/api/types";
import { answerBatches, batchLine } from "@/test/batches";
import { network, problem } from "@/test/network";
import { metricResponse } from "@/test/responses";
import { askTogether, forgetAnswers } from "./batcher";

const about = (metric: string): QueryRequest => ({ metrics: [metric], time_range: "today", stores: ["s"] });

/** An answer that says what was asked. */
function told(question: QueryRequest): QueryResponse {
  const [metric = ""] = question.metrics as string[];
  return metricResponse(metric);
}

const totalsOf = (response: QueryResponse) => Object.keys(response.totals);

/** A batch whose answers a test tells line by line. */
function heldBack() {
  const encoder = new TextEncoder();
  let control: ReadableStreamDefaultController<Uint8Array> | undefined;
  const ended = vi.fn();
  const body = new ReadableStream<Uint8Array>({ start: (given) => void (control = given) });
  network.use(
    http.post("/api/metrics/batch", ({ request }) => {
      request.signal.addEventListener("abort", ended);
      return new HttpResponse(body, { headers: { "content-type": "application/x-ndjson" } });
    }),
  );
  return {
    ended,
    say: (text: string) => control?.enqueue(encoder.encode(text)),
    breakOff: () => control?.error(new TypeError("network error")),
    close: () => control?.close(),
  };
}

it("asks what is asked at the same moment in one request, and tells each its own answer", async () => {
  const asked = answerBatches(told);
  const answers = await Promise.all(["a", "b", "c"].map((metric) => askTogether(about(metric))));
  expect(answers.map(totalsOf)).toEqual([["a"], ["b"], ["c"]]);
  expect(asked.map(({ queries }) => Object.values(queries))).toEqual([["a", "b", "c"].map(about)]);
  await askTogether(about("d"));
  expect(asked).toHaveLength(2);
});

it("asks no more at once than the server takes", async () => {
  const asked = answerBatches(told);
  const metrics = Array.from({ length: 51 }, (_, number) => `m${number}`);
  const answers = await Promise.all(metrics.map((metric) => askTogether(about(metric))));
  expect(answers.map(totalsOf)).toEqual(metrics.map((metric) => [metric]));
  expect(asked.map(({ queries }) => Object.keys(queries).length).sort()).toEqual([1, 50]);
});

it("lets a question fail alone, in the words of its own problem", async () => {
  const document = (await problem(422, "missing_rate", {
    detail: "there is no rate for SEK",
  }).json()) as never;
  answerBatches((question) =>
    question.metrics?.[0] === "b" ? { status: 422, problem: document } : told(question),
  );
  const [a, b] = await Promise.allSettled([askTogether(about("a")), askTogether(about("b"))]);
  expect(a.status).toBe("fulfilled");
  expect(b).toMatchObject({
    status: "rejected",
    reason: { status: 422, code: "missing_rate", message: "There is no rate for SEK." },
  });
});

it("tells each as soon as its line is there, wherever the line is cut into pieces", async () => {
  const batch = heldBack();
  const [a, b] = [askTogether(about("a")), askTogether(about("b"))];
  const settled = vi.fn();
  void b.then(settled);
  const line = batchLine("0", told(about("a")));
  await vi.waitFor(() => batch.say(line.slice(0, 40)));
  batch.say(line.slice(40));
  expect(totalsOf(await a)).toEqual(["a"]);
  expect(settled).not.toHaveBeenCalled();
  batch.say(batchLine("1", told(about("b"))));
  expect(totalsOf(await b)).toEqual(["b"]);
});

it.each([
  ["breaks off", (batch: ReturnType<typeof heldBack>) => batch.breakOff()],
  ["ends too early", (batch: ReturnType<typeof heldBack>) => batch.close()],
  [
    "ends in the middle of a line",
    (batch: ReturnType<typeof heldBack>) => {
      batch.say('{"name":"1","status":20');
      batch.close();
    },
  ],
])("fails only what is not answered yet where the answer %s", async (_, end) => {
  const batch = heldBack();
  const [a, b] = [askTogether(about("a")), askTogether(about("b"))];
  batch.say(batchLine("0", told(about("a"))));
  expect(totalsOf(await a)).toEqual(["a"]);
  end(batch);
  await expect(b).rejects.toMatchObject({ status: 0, code: "unreachable" });
});

it("fails everything where the request as a whole is refused", async () => {
  network.use(http.post("/api/metrics/batch", () => problem(503, "too_busy")));
  const all = await Promise.allSettled([askTogether(about("a")), askTogether(about("b"))]);
  for (const one of all) expect(one).toMatchObject({ reason: { status: 503, code: "too_busy" } });
  expect(all.every((one) => one.status === "rejected" && one.reason instanceof ApiError)).toBe(true);
});

it("forgets a question that nobody waits for any more, and ends the request with the last", async () => {
  const batch = heldBack();
  const [first, second] = [new AbortController(), new AbortController()];
  const a = askTogether(about("a"), first.signal);
  const b = askTogether(about("b"), second.signal);
  // It is on its way.
  await new Promise((resolve) => setTimeout(resolve, 20));
  first.abort();
  await expect(a).rejects.toMatchObject({ name: "AbortError" });
  expect(batch.ended).not.toHaveBeenCalled();
  second.abort();
  await expect(b).rejects.toMatchObject({ name: "AbortError" });
  await vi.waitFor(() => expect(batch.ended).toHaveBeenCalled());
});

it("does not ask what was given up before", async () => {
  const asked = answerBatches(told);
  const controller = new AbortController();
  const a = askTogether(about("a"), controller.signal);
  const b = askTogether(about("b"));
  controller.abort();
  await expect(a).rejects.toMatchObject({ name: "AbortError" });
  await expect(askTogether(about("c"), controller.signal)).rejects.toMatchObject({ name: "AbortError" });
  expect(totalsOf(await b)).toEqual(["b"]);
  expect(asked.map(({ queries }) => Object.values(queries))).toEqual([[about("b")]]);
});

it("gives back what it has where that is still the answer, and forgets it when it is told to", async () => {
  const asked = answerBatches((question, known) => (known ? { status: 304, etag: known } : told(question)));
  const first = await askTogether(about("a"));
  expect(await askTogether(about("a"))).toBe(first);
  expect(asked.map(({ known }) => known)).toEqual([{}, { "0": 'W/"0"' }]);
  forgetAnswers();
  expect(await askTogether(about("a"))).not.toBe(first);
  expect(asked.at(-1)?.known).toEqual({});
});
