import createClient from "openapi-fetch";
import { errorFrom, unreachable } from "./error";
import type { paths } from "./schema";

export const api = createClient<paths>({
  baseUrl: window.location.origin,
  credentials: "same-origin",
  // Looked up at each call, so that tests can stand in for the network.
  fetch: (request) => globalThis.fetch(request),
});

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The data of a call, or an `ApiError` thrown. */
export async function answer<T>(call: Promise<Answer<T>>): Promise<T> {
  let result: Answer<T>;
  try {
    result = await call;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw unreachable();
  }
  const { data, error, response } = result;
  if (!response.ok) throw errorFrom(response.status, error, response.headers.get("x-request-id"));
  return data as T;
}
