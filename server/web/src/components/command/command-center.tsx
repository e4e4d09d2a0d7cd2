import { lazy, Suspense, useMemo, useState, type ReactNode } from "react";
import { CommandCenterContext, useCommands, type Command } from "./commands";
import { useKeyCommands } from "./use-key-commands";

const Palette = lazy(() => import("./palette"));
const ShortcutsDialog = lazy(() => import("./shortcuts-dialog"));

interface CommandCenterProps {
  children: ReactNode;
  /** Offers commands that take asking for, while the palette is open. */
  whileOpen?: ReactNode;
}

/** Hears the keys, and has the palette and the list of all keys. */
export function CommandCenter({ children, whileOpen }: CommandCenterProps) {
  const [open, setOpen] = useState<"palette" | "shortcuts" | null>(null);
  const center = useMemo(
    () => ({ openPalette: () => setOpen("palette"), openShortcuts: () => setOpen("shortcuts") }),
    [],
  );
  const commands = useMemo<Command[]>(
    () => [
      {
        id: "palette",
        title: "Search and commands",
        group: "Help",
        keys: "mod+k",
        whileTyping: true,
        unlisted: true,
        run: center.openPalette,
      },
      {
        id: "shortcuts",
        title: "Keyboard shortcuts",
        group: "Help",
        keys: "?",
        words: "keys help",
        run: center.openShortcuts,
      },
    ],
    [center],
  );
  useCommands(commands);
  useKeyCommands();
  const close = () => setOpen(null);
  return (
    <CommandCenterContext value={center}>
      {children}
      <Suspense fallback={null}>
        {open === "palette" && (
          <>
            {whileOpen}
            <Palette onClose={close} />
          </>
        )}
        {open === "shortcuts" && <ShortcutsDialog onClose={close} />}
      </Suspense>
    </CommandCenterContext>
  );
}
