import { useEffect, useSyncExternalStore } from "react";
import type { Branding } from "@/lib/api/types";
import { accentsOf } from "@/lib/colour";

/*
 * Whose pages these are: the name, the logo, the accent and the icon of an organisation in place of the program's. One page has one
 * brand; `styles/brand.css` has its colours take the place of the tokens.
 */

const NONE: Branding = {};
const NAME = "Aloftly";

let current = NONE;
const listeners = new Set<() => void>();
/** The icon of the page as it was served. */
let icon: { href: string; type: string } | null = null;

function paint(accent: string | null | undefined): void {
  const root = document.documentElement;
  const accents = accent ? accentsOf(accent) : null;
  root.toggleAttribute("data-brand", accents !== null);
  for (const theme of ["light", "dark"] as const) {
    for (const part of ["accent", "foreground", "soft"] as const) {
      const name = `--brand-${theme}-${part}`;
      if (accents) root.style.setProperty(name, accents[theme][part]);
      else root.style.removeProperty(name);
    }
  }
}

function showIcon(favicon: string | null | undefined): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (!link) return;
  icon ??= { href: link.href, type: link.type };
  link.href = favicon ?? icon.href;
  // What it is says the address of the data itself.
  if (favicon) link.removeAttribute("type");
  else link.type = icon.type;
}

/** Has the page look as somebody's own, or as the program's. */
export function setBrand(brand: Branding): void {
  if (JSON.stringify(brand) === JSON.stringify(current)) return;
  current = brand;
  paint(brand.accent);
  showIcon(brand.favicon);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** How the page looks. */
export function useBrand(): Branding {
  return useSyncExternalStore(subscribe, () => current);
}

/** What stands in titles and for the logo. */
export function useBrandName(): string {
  return useBrand().name ?? NAME;
}

/** Has the page look so for as long as what asks for it is there, and as the program's own before it is known. */
export function useBrandOf(brand: Branding | undefined): void {
  useEffect(() => {
    if (!brand) return;
    setBrand(brand);
    return () => setBrand(NONE);
  }, [brand]);
}
