import { createContext, use } from "react";

interface ImportCenterActions {
  /** Opens the dialog in which files are chosen. */
  open: () => void;
}

export const ImportCenterContext = createContext<ImportCenterActions | null>(null);

export function useImportCenter(): ImportCenterActions {
  const center = use(ImportCenterContext);
  if (!center) throw new Error("useImportCenter needs an ImportCenter above it");
  return center;
}
