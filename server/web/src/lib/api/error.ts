import { sentence } from "@/lib/format/text";
import type { Problem } from "./types";

/** What the server said went wrong, or that it could not be reached (status 0). */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    readonly code: string,
    /** One plain sentence for the person at the screen. */
    message: string,
    readonly requestId: string | null = null,
  ) {
    super(message);
  }

  get isUnauthenticated(): boolean {
    return this.status === 401 && this.code !== "invalid_credentials";
  }

  /** Whether the same request would only be refused again. */
  get isLasting(): boolean {
    return [403, 404, 413, 415, 422].includes(this.status);
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

/** Reads a problem document; anything else (a proxy's page, nothing at all) becomes a plain sentence. */
export function errorFrom(status: number, body: unknown, requestIdHeader: string | null): ApiError {
  if (!isProblem(body)) {
    return new ApiError(status, "unexpected_answer", sentenceFor(status), requestIdHeader);
  }
  const message = PLAIN[body.code] ?? sentence(body.detail);
  return new ApiError(status, body.code, message, body.request_id || requestIdHeader);
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
