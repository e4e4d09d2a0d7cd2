import { ApiError, errorFrom, unreachable } from "./error";
import type { Import } from "./types";

/*
 * The one request that is not made by the generated client: `fetch` cannot tell how much of a body has been sent.
 */

export interface UploadInput {
  storeId: string;
  kind: Import["kind"];
  file: File;
  onProgress: (sent: number, total: number) => void;
  signal: AbortSignal;
}

/** Sends a file for import and answers with the queued import. Throws an `ApiError`; see `isUnanswered`. */
export function uploadImport({ storeId, kind, file, onProgress, signal }: UploadInput): Promise<Import> {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    form.append("store_id", storeId);
    form.append("kind", kind);
    // Last, so that the server knows where the rows belong before they arrive.
    form.append("file", file, file.name);

    const request = new XMLHttpRequest();
    request.open("POST", "/api/imports");
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(event.loaded, event.total);
    });
    let sent = false;
    request.upload.addEventListener("load", () => {
      sent = true;
    });
    request.addEventListener("load", () => {
      const { status } = request;
      const body = parse(request.responseText);
      const taken = status >= 200 && status < 300;
      if (taken && body !== null) {
        resolve(body as Import);
        return;
      }
      const refusal = errorFrom(status, body, request.getResponseHeader("x-request-id"));
      reject(taken || leavesOpen(status) ? unanswered(status, refusal.requestId) : refusal);
    });
    request.addEventListener("error", () => reject(sent ? unanswered(0, null) : unreachable()));
    request.addEventListener("abort", () =>
      reject(new DOMException("The upload was cancelled", "AbortError")),
    );
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(form);
  });
}

const UNANSWERED = "unanswered";

/** Whether the file may be with the server, because no answer says what became of it. */
export function isUnanswered(error: Error): boolean {
  return error instanceof ApiError && error.code === UNANSWERED;
}

function unanswered(status: number, requestId: string | null): ApiError {
  const cause =
    status === 0 ? "The connection broke before the server answered." : "The server failed while answering.";
  const advice =
    "If the file arrived, the list of imports shows it. Sending it again is safe: nothing is counted twice.";
  return new ApiError(status, UNANSWERED, `${cause} ${advice}`, requestId);
}

/** A server that fails, or a gateway that does not wait for it, may have the file; one whose storage is full has not. */
function leavesOpen(status: number): boolean {
  return status >= 500 && status !== 507;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
