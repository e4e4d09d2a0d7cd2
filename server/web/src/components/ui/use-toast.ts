import { createContext, use } from "react";

export interface ToastInput {
  title: string;
  description?: string;
  tone?: "good" | "bad";
  /** What can be done about it at once, such as taking it back. */
  action?: { title: string; run: () => void };
}

interface Toasts {
  show: (toast: ToastInput) => void;
}

export const ToastContext = createContext<Toasts | null>(null);

export function useToast(): Toasts {
  const toasts = use(ToastContext);
  if (!toasts) throw new Error("useToast needs a ToastProvider above it");
  return toasts;
}
