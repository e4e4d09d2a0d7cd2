import { http, HttpResponse } from "msw";
import type { BatchAnswer, BatchRequest, QueryRequest, QueryResponse } from "@/lib/api/types";
import { network } from "./network";

/** What a batch is told of one question: an answer, or what became of it. */
type Told = QueryResponse | BatchAnswer;

/** One line of a batch's answers. */
export function batchLine(name: string, told: Told): string {
  const became = "meta" in told ? { status: 200, etag: `W/"${name}"`, answer: told } : told;
  return `${JSON.stringify({ name, ...became })}\n`;
}

/** Answers the questions of batches, each by itself. What is given back has every request. */
export function answerBatches(
  answer: (question: QueryRequest, known: string | undefined) => Told,
): BatchRequest[] {
  const asked: BatchRequest[] = [];
  network.use(
    http.post("/api/metrics/batch", async ({ request }) => {
      const batch = (await request.json()) as BatchRequest;
      asked.push(batch);
      const lines = Object.entries(batch.queries).map(([name, question]) =>
        batchLine(name, answer(question, batch.known?.[name])),
      );
      const last = JSON.stringify({ done: true, versions: {}, elapsed_ms: 1 });
      return new HttpResponse(`${lines.join("")}${last}\n`, {
        headers: { "content-type": "application/x-ndjson" },
      });
    }),
  );
  return asked;
}
