import { vi } from "vitest";

/** Has every element be as large as that, which a browser's layout would do. Restore it with `vi.restoreAllMocks`. */
export function giveSize(width: number, height: number): void {
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(width);
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(height);
}
