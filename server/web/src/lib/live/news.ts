import type { Sync } from "@/lib/api/types";

/** What the server pushes about a store. News are hints: the API says what is so. */
export type StoreNews =
  | {
      type: "dashboard:update";
      store_id: string;
      /** The store's version now. Told first of all, and whenever figures may have changed. */
      version: number;
      /** When that version was committed; null while nothing was, or where it is not known. */
      committed_at?: string | null;
    }
  | { type: "sync:progress"; store_id: string; sync: Sync };

/** Reads a message; null where it is none that this page knows. */
export function newsIn(message: unknown): StoreNews | null {
  if (typeof message !== "string") return null;
  let parsed: unknown;
  try {
    parsed = JSON.parse(message);
  } catch {
    return null;
  }
  return isNews(parsed) ? parsed : null;
}

function isNews(value: unknown): value is StoreNews {
  if (!isObject(value) || typeof value.store_id !== "string") return false;
  switch (value.type) {
    case "dashboard:update":
      return typeof value.version === "number";
    case "sync:progress":
      return isObject(value.sync) && typeof value.sync.id === "string";
    default:
      // A newer server may have more to tell.
      return false;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
