import type { ReactNode } from "react";

interface PageHeaderProps {
  title: string;
  /** What the page is about, in a sentence. */
  children?: ReactNode;
  /** What can be done with the page as a whole. */
  action?: ReactNode;
}

/** What a page is called, and what it is for. */
export function PageHeader({ title, children, action }: PageHeaderProps) {
  return (
    <div className="flex flex-wrap items-end justify-between gap-x-4 gap-y-3">
      <div className="min-w-0 flex-1 basis-72">
        <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
        {children && <p className="text-muted-foreground">{children}</p>}
      </div>
      {action && <div className="flex flex-wrap gap-2">{action}</div>}
    </div>
  );
}
