import { Link, type LinkProps } from "@tanstack/react-router";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { sessionQuery } from "@/features/auth/session";
import { may, type Permission } from "@/lib/permissions";

interface Page {
  to: LinkProps["to"];
  title: string;
  /** Who may not do that is not shown the page. */
  wants?: Permission;
}

const GROUPS: { title: string; pages: Page[] }[] = [
  {
    title: "Organisation",
    pages: [
      { to: "/settings/members", title: "Members" },
      { to: "/settings/api-keys", title: "API keys" },
      { to: "/settings/privacy", title: "Privacy", wants: "manage_privacy" },
      { to: "/settings/audit", title: "Audit log" },
      { to: "/settings/branding", title: "Branding", wants: "manage_branding" },
      { to: "/settings/organization", title: "Organisation" },
    ],
  },
  {
    title: "You",
    pages: [
      { to: "/settings/account", title: "Account" },
      { to: "/settings/security", title: "Security" },
    ],
  },
];

const entry =
  "inline-flex h-8 items-center rounded-md px-2 text-sm whitespace-nowrap text-muted-foreground hover:text-foreground data-[status=active]:bg-muted data-[status=active]:font-medium data-[status=active]:text-foreground sm:px-2.5 sm:text-base lg:flex";

/** The pages of the settings: a column beside them, or a row above them that scrolls where the screen is narrow. */
export function SettingsNav() {
  const nav = useRef<HTMLElement>(null);
  const { data: session } = useSuspenseQuery(sessionQuery);
  useEffect(() => {
    // Whoever comes by an address sees where they are, also when that entry is off the screen.
    nav.current
      ?.querySelector('[aria-current="page"]')
      ?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, []);
  return (
    <nav
      ref={nav}
      aria-label="Settings"
      className="-mx-3 flex shrink-0 gap-1 overflow-x-auto px-3 py-1 sm:-mx-6 sm:px-6 lg:mx-0 lg:w-44 lg:flex-col lg:gap-6 lg:overflow-visible lg:px-0 lg:py-0"
    >
      {GROUPS.map(({ title, pages }) => (
        <div key={title} className="flex gap-1 lg:flex-col lg:gap-0.5">
          <p className="hidden px-2.5 pb-1 text-sm text-muted-foreground lg:block">{title}</p>
          {pages
            .filter(({ wants }) => !wants || may(session, wants))
            .map((page) => (
              <Link key={page.to} to={page.to} activeOptions={{ includeSearch: false }} className={entry}>
                {page.title}
              </Link>
            ))}
        </div>
      ))}
    </nav>
  );
}
