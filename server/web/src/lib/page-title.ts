import { useEffect } from "react";
import { useBrandName } from "@/lib/brand";

/** Names the page in the browser's tabs and history, the most particular part first. */
export function usePageTitle(...parts: string[]): void {
  const title = [...parts, useBrandName()].join(" · ");
  useEffect(() => {
    document.title = title;
  }, [title]);
}
