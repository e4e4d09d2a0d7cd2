/** A file on its way to the server. Once the server has it, the import tells the rest. */
export interface Upload {
  key: string;
  storeId: string;
  /** Kept, so that it can be sent once more. */
  file: File;
  state:
    | { phase: "waiting" }
    | { phase: "sending"; sent: number; total: number }
    | { phase: "accepted"; importId: string }
    | { phase: "refused"; error: Error }
    /** It may be with the server or not. */
    | { phase: "unanswered"; error: Error };
}

/** Whether its bytes are not all with the server yet: they would be lost with the page. */
export function isOnItsWay({ state }: Upload): boolean {
  return state.phase === "waiting" || state.phase === "sending";
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
      return uploads.filter((upload) => upload.storeId !== action.storeId || isOnItsWay(upload));
  }
}

/** The share of a file's bytes that has been sent. */
export function uploadShare(upload: Upload): number | null {
  if (upload.state.phase !== "sending") return null;
  return upload.state.total > 0 ? upload.state.sent / upload.state.total : null;
}
