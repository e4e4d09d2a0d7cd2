import { createContext, use } from "react";
import type { Upload } from "./uploads";

interface Uploads {
  uploads: Upload[];
  /** Sends files one after the other. */
  start: (storeId: string, files: File[]) => void;
  /** Sends a file once more that was not taken, or perhaps not. */
  retry: (upload: Upload) => void;
  /** Forgets the uploads of a store that have been dealt with. */
  clear: (storeId: string) => void;
}

export const UploadsContext = createContext<Uploads | null>(null);

export function useUploads(): Uploads {
  const uploads = use(UploadsContext);
  if (!uploads) throw new Error("useUploads needs an UploadsProvider above it");
  return uploads;
}
