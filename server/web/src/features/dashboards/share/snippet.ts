import { embedAddress } from "@/lib/share-token";

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll('"', "&quot;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

/** What somebody puts into a page of theirs to show a dashboard there. */
export function snippetOf(name: string, embedKey: string, token: string): string {
  const address = escaped(embedAddress(embedKey, token));
  return `<iframe src="${address}" title="${escaped(name)}" width="100%" height="800" loading="lazy"></iframe>`;
}
