import { sentence } from "@/lib/format/text";
import type { FieldProblem, Problem } from "./types";

/** What the server said went wrong, or that it could not be reached (status 0). */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    readonly code: string,
    /** One plain sentence for the person at the screen. */
    message: string,
    readonly requestId: string | null = null,
    private readonly fields: readonly FieldProblem[] = [],
  ) {
    super(message);
  }

  get isUnauthenticated(): boolean {
    // A wrong password, code or invitation is answered with 401, too.
    return this.status === 401 && this.code === "unauthenticated";
  }

  /** What is wrong at a place of what was sent, as a JSON pointer such as `/new_password`; null when that place is right. */
  at(pointer: string): string | null {
    return this.fields.find((field) => field.pointer === pointer)?.detail ?? null;
  }

  /** Whether the same request would only be refused again. */
  get isLasting(): boolean {
    return [403, 404, 410, 413, 415, 422].includes(this.status);
  }
}

/** Problems that the server describes to whoever writes queries, in the words of whoever owns a store. */
const PLAIN: Record<string, string> = {
  mixed_currencies:
    "The orders of these days are in more than one currency, so their amounts cannot be added up. Every order is kept and nothing is lost; choose days with one currency.",
};

export function unreachable(): ApiError {
  return new ApiError(
    0,
    "unreachable",
    "The server could not be reached. Check the connection and try again.",
  );
}

/** What went wrong, for the person at the screen. */
export function messageOf(error: Error): string {
  return error instanceof ApiError ? error.message : "Something unexpected happened in the page.";
}

/** Reads a problem document; anything else (a proxy's page, nothing at all) becomes a plain sentence. */
export function errorFrom(status: number, body: unknown, requestIdHeader: string | null): ApiError {
  if (!isProblem(body)) {
    return new ApiError(status, "unexpected_answer", sentenceFor(status), requestIdHeader);
  }
  const message = PLAIN[body.code] ?? sentence(body.detail);
  return new ApiError(status, body.code, message, body.request_id || requestIdHeader, body.errors);
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "detail" in body && "code" in body;
}

function sentenceFor(status: number): string {
  if (status >= 500) return "The server failed while answering. Your data is safe.";
  if (status === 413) return "That is larger than the server accepts.";
  if (status === 429) return "Too many requests at once. Wait a moment and try again.";
  return "The server gave an answer that was not understood.";
}
