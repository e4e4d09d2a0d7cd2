import { targetId, type Target } from "./targets";

/** Goes on from the handle of what was moved, which is another element once it is in another section. */
export function focusHandle(target: Target): void {
  requestAnimationFrame(() =>
    document.querySelector<HTMLElement>(`[data-handle="${targetId(target)}"]`)?.focus(),
  );
}
