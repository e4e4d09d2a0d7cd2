import type { ReactNode } from "react";
import { LogoMark } from "@/components/logo";
import { cn } from "@/lib/cn";
import { usePageTitle } from "@/lib/page-title";

interface AuthPageProps {
  title: string;
  /** What the page is for, where its title does not say it all. */
  lead?: ReactNode;
  children: ReactNode;
  /** Other ways, below the card. */
  footer?: ReactNode;
  wide?: boolean;
}

/** The frame of what is seen by who is not signed in. */
export function AuthPage({ title, lead, children, footer, wide = false }: AuthPageProps) {
  usePageTitle(title);
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center px-4 py-10">
      <div className={cn("w-full", wide ? "max-w-md" : "max-w-88")}>
        <div className="mb-6 flex flex-col items-center gap-3 text-center">
          <LogoMark className="size-9" />
          <div className="flex flex-col gap-1">
            <h1 className="text-xl font-semibold">{title}</h1>
            {lead && <p className="break-words text-muted-foreground">{lead}</p>}
          </div>
        </div>
        <div className="rounded-lg border bg-card p-6">{children}</div>
        {footer && (
          <div className="mt-5 flex flex-col items-center gap-2 text-center text-sm text-muted-foreground">
            {footer}
          </div>
        )}
      </div>
    </main>
  );
}
