import { http, HttpResponse } from "msw";
import { setupServer } from "msw/node";
import type { Problem, QueryRequest, QueryResponse } from "@/lib/api/types";

/** Stands in for the network in unit tests; every request that a test does not expect fails it. */
export const network = setupServer(
  http.get("/api/metrics", () => HttpResponse.json({ metrics: [], dimensions: [], sources: [] })),
  http.get("/api/auth/methods", () => HttpResponse.json({ sign_up: true, mail: true, google: false })),
);

/** As a server answers that has no way to send mail. */
export function sendNoMail() {
  network.use(
    http.get("/api/auth/methods", () => HttpResponse.json({ sign_up: false, mail: false, google: false })),
  );
}

export function answerQueries(answer: (query: QueryRequest) => QueryResponse | Response | Promise<Response>) {
  network.use(
    http.post("/api/metrics/query", async ({ request }) => {
      const result = await answer((await request.json()) as QueryRequest);
      return result instanceof Response ? result : HttpResponse.json(result);
    }),
  );
}

export function problem(status: number, code: string, extra: Partial<Problem> = {}): Response {
  return HttpResponse.json(
    {
      type: `urn:aloftly:problem:${code}`,
      title: "It went wrong",
      detail: "It went wrong.",
      status,
      code,
      request_id: "req-42",
      ...extra,
    },
    { status, headers: { "content-type": "application/problem+json" } },
  );
}
