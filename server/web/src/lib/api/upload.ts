import { errorFrom, unreachable, type ApiError } from "./error";
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

/** Sends a file for import and answers with the import that the server queued. Throws an `ApiError`. */
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
    request.addEventListener("load", () => {
      const body = parse(request.responseText);
      if (request.status >= 200 && request.status < 300) resolve(body as Import);
      else reject(errorFrom(request.status, body, request.getResponseHeader("x-request-id")));
    });
    request.addEventListener("error", () => reject(unreachable() satisfies ApiError));
    request.addEventListener("abort", () =>
      reject(new DOMException("The upload was cancelled", "AbortError")),
    );
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(form);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
