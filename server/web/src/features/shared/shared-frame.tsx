import type { ReactNode } from "react";
import { LogoMark } from "@/components/logo";
import { Time } from "@/components/ui/time";
import { useBrandName } from "@/lib/brand";
import { usePageTitle } from "@/lib/page-title";

/** What is said of a link around what it shows. */
export interface Frame {
  name: string;
  /** When it ends by itself; null where it does not. */
  expiresAt: string | null;
  /** Whether it is shown within another page, which has a bar of its own. */
  isEmbedded: boolean;
}

interface SharedFrameProps {
  frame: Frame;
  /** Which days are shown, and what can be done about that. */
  days?: ReactNode;
  tools?: ReactNode;
  children: ReactNode;
}

/** The page around what a link shows: whose it is, what it is called, and until when it is there. */
export function SharedFrame({ frame, days, tools, children }: SharedFrameProps) {
  const { name, expiresAt, isEmbedded } = frame;
  const brand = useBrandName();
  usePageTitle(name);
  return (
    <>
      {!isEmbedded && (
        <header className="border-b bg-card print:border-none">
          <div className="mx-auto flex w-full max-w-7xl items-center gap-3 px-3 py-2 sm:px-6">
            <LogoMark />
            <span className="truncate font-medium">{brand}</span>
            <div className="ml-auto flex items-center gap-1 print:hidden">{tools}</div>
          </div>
        </header>
      )}
      <main className="mx-auto flex w-full max-w-7xl flex-col gap-4 px-3 py-5 sm:px-6 sm:py-6">
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
          <h1 className="min-w-0 text-xl font-semibold tracking-tight break-words">{name}</h1>
          {days}
        </div>
        {children}
        {expiresAt && (
          <p className="text-sm text-muted-foreground">
            This link shows it until <Time instant={expiresAt} />.
          </p>
        )}
      </main>
    </>
  );
}
