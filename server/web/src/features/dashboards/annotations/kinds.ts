import type { AnnotationKind } from "@/lib/api/types";

export const KIND_TITLES: Record<AnnotationKind, string> = {
  note: "Note",
  sale: "Sale",
  campaign: "Campaign",
  test: "Test",
  release: "Release",
  sync_gap: "Source not read",
  stock_out: "Out of stock",
};

/** The kinds that people give; the others are found. */
export const OWN_KINDS = ["note", "sale", "campaign", "test", "release"] as const;

export type OwnKind = (typeof OWN_KINDS)[number];

export function isOwnKind(kind: string): kind is OwnKind {
  return (OWN_KINDS as readonly string[]).includes(kind);
}
