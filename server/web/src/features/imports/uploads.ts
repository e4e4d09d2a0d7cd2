import type { ApiError } from "@/lib/api/error";

/** A file on its way to the server. Once the server has it, the import tells the rest. */
export interface Upload {
  key: string;
  storeId: string;
  fileName: string;
  state:
    | { phase: "waiting" }
    | { phase: "sending"; sent: number; total: number }
    | { phase: "accepted"; importId: string }
    | { phase: "refused"; error: ApiError | Error };
}

export type UploadAction =
  | { type: "added"; uploads: Upload[] }
  | { type: "changed"; key: string; state: Upload["state"] }
  | { type: "cleared"; storeId: string };

export function uploadsReducer(uploads: Upload[], action: UploadAction): Upload[] {
  switch (action.type) {
    case "added":
      return [...uploads, ...action.uploads];
    case "changed":
      return uploads.map((upload) =>
        upload.key === action.key ? { ...upload, state: action.state } : upload,
      );
    case "cleared":
      return uploads.filter(
        ({ storeId, state }) =>
          storeId !== action.storeId || state.phase === "waiting" || state.phase === "sending",
      );
  }
}

/** The share of all bytes under way that has been sent, for one number over several files. */
export function uploadShare(upload: Upload): number | null {
  if (upload.state.phase !== "sending") return null;
  return upload.state.total > 0 ? upload.state.sent / upload.state.total : null;
}
