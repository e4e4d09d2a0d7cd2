import { CircleAlert, CircleCheck, X } from "lucide-react";
import { Toast as ToastPrimitive } from "radix-ui";
import { useCallback, useMemo, useState, type ReactNode } from "react";
import { Button } from "./button";
import { ToastContext, type ToastInput } from "./use-toast";

interface ToastEntry extends ToastInput {
  key: number;
}

let nextKey = 0;

/** Shows short news at the edge of the page. Anything that must not be missed belongs on the page itself. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<ToastEntry[]>([]);
  const show = useCallback((toast: ToastInput) => {
    nextKey += 1;
    // Read now: the update may run after another toast has taken the next one.
    const key = nextKey;
    setToasts((all) => [...all.slice(-2), { ...toast, key }]);
  }, []);
  const remove = (key: number) => setToasts((all) => all.filter((toast) => toast.key !== key));
  const context = useMemo(() => ({ show }), [show]);

  return (
    <ToastContext value={context}>
      <ToastPrimitive.Provider duration={8000}>
        {children}
        {toasts.map((toast) => (
          <ToastItem key={toast.key} toast={toast} onGone={() => remove(toast.key)} />
        ))}
        <ToastPrimitive.Viewport className="fixed right-0 bottom-0 z-60 flex w-full flex-col gap-2 p-4 outline-none sm:w-96" />
      </ToastPrimitive.Provider>
    </ToastContext>
  );
}

function ToastItem({ toast, onGone }: { toast: ToastEntry; onGone: () => void }) {
  const bad = toast.tone === "bad";
  const Icon = bad ? CircleAlert : CircleCheck;
  return (
    <ToastPrimitive.Root
      onOpenChange={(open) => {
        if (!open) onGone();
      }}
      className="flex animate-appear items-start gap-3 rounded-lg border bg-popover p-3 shadow-(--shadow-float)"
    >
      <Icon
        aria-hidden
        className={bad ? "mt-0.5 size-4 shrink-0 text-bad" : "mt-0.5 size-4 shrink-0 text-good"}
      />
      <div className="min-w-0 flex-1">
        <ToastPrimitive.Title className="font-medium">{toast.title}</ToastPrimitive.Title>
        {toast.description && (
          <ToastPrimitive.Description className="text-sm text-muted-foreground">
            {toast.description}
          </ToastPrimitive.Description>
        )}
      </div>
      {toast.action && (
        <ToastPrimitive.Action asChild altText={toast.action.title}>
          <Button size="sm" className="-my-1" onClick={toast.action.run}>
            {toast.action.title}
          </Button>
        </ToastPrimitive.Action>
      )}
      <ToastPrimitive.Close asChild>
        <Button variant="ghost" size="icon-sm" className="-m-1" aria-label="Dismiss">
          <X />
        </Button>
      </ToastPrimitive.Close>
    </ToastPrimitive.Root>
  );
}
