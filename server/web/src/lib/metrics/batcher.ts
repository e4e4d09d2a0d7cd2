import { answer, api } from "@/lib/api/client";
import { ApiError, errorFrom, unreachable } from "@/lib/api/error";
import { jsonLines } from "@/lib/api/json-lines";
import type { BatchLine, QueryRequest, QueryResponse } from "@/lib/api/types";
import type { AskTogether, WidgetAnswer } from "./data-source";

/** The questions that the server takes at once. */
const MOST = 50;
/** The answers that are kept, so that those which still hold are not sent again. */
const HELD = 200;

/** One question, and who waits for its answer. */
interface Question {
  body: QueryRequest;
  signal: AbortSignal | undefined;
  resolve: (response: QueryResponse) => void;
  reject: (reason: Error) => void;
}

const held = new Map<string, WidgetAnswer>();
let waiting: Question[] = [];

/** Asks one question together with all others of the same moment. Each is settled as soon as its own answer is there, and fails alone. */
export const askTogether: AskTogether = (body, signal) =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(aborted());
      return;
    }
    waiting.push({ body, signal, resolve, reject });
    // What is drawn at once asks at once; whoever comes later asks with those who come then.
    if (waiting.length === 1) setTimeout(send);
  });

/** Forgets every answer, as when somebody else signs in. */
export function forgetAnswers(): void {
  held.clear();
}

function send(): void {
  const questions = waiting.filter(({ signal, reject }) => {
    if (signal?.aborted) reject(aborted());
    return !signal?.aborted;
  });
  waiting = [];
  for (let first = 0; first < questions.length; first += MOST) {
    void new Batch(questions.slice(first, first + MOST)).run();
  }
}

/** Questions that are asked in one request, until each is settled. */
class Batch {
  private readonly controller = new AbortController();
  private readonly open = new Map<string, Question>();
  /** The answers that were kept when it was asked, by the names of their questions. */
  private readonly known = new Map<string, WidgetAnswer>();

  constructor(questions: Question[]) {
    for (const [number, question] of questions.entries()) {
      const name = String(number);
      this.open.set(name, question);
      const kept = held.get(keyOf(question.body));
      if (kept) this.known.set(name, kept);
      question.signal?.addEventListener("abort", () => this.drop(name), { once: true });
    }
  }

  async run(): Promise<void> {
    try {
      for await (const line of jsonLines(await this.ask())) this.settle(line as BatchLine);
      this.fail(unreachable());
    } catch (error) {
      this.fail(error instanceof ApiError ? error : unreachable());
    }
  }

  private async ask(): Promise<ReadableStream<Uint8Array>> {
    const queries = Object.fromEntries([...this.open].map(([name, { body }]) => [name, body]));
    const known = Object.fromEntries([...this.known].map(([name, { etag }]) => [name, etag]));
    const body = await answer(
      api.POST("/api/metrics/batch", {
        body: { queries, known },
        headers: { Accept: "application/x-ndjson" },
        parseAs: "stream",
        signal: this.controller.signal,
      }),
    );
    if (!body) throw unreachable();
    return body;
  }

  private settle(line: BatchLine): void {
    if (!("name" in line)) return;
    const { name, status, etag, problem } = line;
    const question = this.open.get(name);
    this.open.delete(name);
    if (!question) return;
    const known = this.known.get(name);
    if (status === 200 && line.answer) {
      if (etag) keep(question.body, { response: line.answer, etag });
      question.resolve(line.answer);
    } else if (status === 304 && known) {
      keep(question.body, known);
      question.resolve(known.response);
    } else {
      question.reject(errorFrom(status, problem, null));
    }
  }

  /** Nobody waits for that answer any more, or for any. */
  private drop(name: string): void {
    this.open.get(name)?.reject(aborted());
    this.open.delete(name);
    if (this.open.size === 0) this.controller.abort();
  }

  private fail(error: ApiError): void {
    for (const question of this.open.values()) question.reject(error);
    this.open.clear();
  }
}

/** Keeps an answer, and gives up the one that was not asked for the longest. */
function keep(question: QueryRequest, answered: WidgetAnswer): void {
  const key = keyOf(question);
  held.delete(key);
  held.set(key, answered);
  const [oldest] = held.keys();
  if (held.size > HELD && oldest !== undefined) held.delete(oldest);
}

function keyOf(question: QueryRequest): string {
  return JSON.stringify(question);
}

function aborted(): DOMException {
  return new DOMException("Nobody waits for the answer any more.", "AbortError");
}
