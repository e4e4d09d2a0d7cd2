import { X } from "lucide-react";
import { Dialog as DialogPrimitive } from "radix-ui";
import { useRef, type ComponentProps } from "react";
import { cn } from "@/lib/cn";
import { Button } from "./button";

export const Dialog = DialogPrimitive.Root;

/*
 * The backdrop is a plain element and not Radix's overlay, which would lock scrolling by writing a style element into the
 * page; the content security policy forbids that. `app.css` locks scrolling by a selector.
 */
interface DialogContentProps extends ComponentProps<typeof DialogPrimitive.Content> {
  /** Where to go on once it is closed, where what had the focus before is gone; such as the button of a menu. */
  returnTo?: (() => HTMLElement | null) | undefined;
  /** False where it takes a decision to leave: no cross, and neither Escape nor a click beside it closes. */
  closable?: boolean;
}

export function DialogContent({
  className,
  children,
  returnTo,
  closable = true,
  ...props
}: DialogContentProps) {
  const before = useRef<Element | null>(null);
  return (
    <DialogPrimitive.Portal>
      <div aria-hidden className="fixed inset-0 z-40 animate-appear bg-overlay" />
      <DialogPrimitive.Content
        data-modal=""
        // By itself Radix goes back to a trigger only, and most dialogs here are opened by the page's state.
        onOpenAutoFocus={() => {
          before.current = document.activeElement;
        }}
        onCloseAutoFocus={(event) => {
          event.preventDefault();
          // One dialog may follow another, and has the focus by now.
          if (document.querySelector('[data-modal][data-state="open"]')) return;
          const goal = returnTo?.() ?? before.current;
          if (goal instanceof HTMLElement) goal.focus();
        }}
        className={cn(
          "fixed inset-x-3 top-[max(1rem,8vh)] z-50 mx-auto flex max-h-[84vh] max-w-xl animate-appear flex-col rounded-lg border bg-popover shadow-(--shadow-float) focus:outline-none",
          className,
        )}
        {...props}
      >
        {children}
        {closable && (
          <DialogPrimitive.Close asChild>
            <Button variant="ghost" size="icon-sm" className="absolute top-3 right-3" aria-label="Close">
              <X />
            </Button>
          </DialogPrimitive.Close>
        )}
      </DialogPrimitive.Content>
    </DialogPrimitive.Portal>
  );
}

export function DialogTitle({ className, ...props }: ComponentProps<typeof DialogPrimitive.Title>) {
  return <DialogPrimitive.Title className={cn("text-lg font-semibold", className)} {...props} />;
}

export function DialogDescription({
  className,
  ...props
}: ComponentProps<typeof DialogPrimitive.Description>) {
  return <DialogPrimitive.Description className={cn("text-muted-foreground", className)} {...props} />;
}
