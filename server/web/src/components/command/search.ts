import type { Command } from "./commands";

function plainOf(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .toLowerCase();
}

/** How well a word fits: 0 at the start of the title, 1 at the start of one of its words, more the farther off; null for not at all. */
function fit(word: string, title: string, more: string): number | null {
  if (title.startsWith(word)) return 0;
  const starts = (text: string) => text.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(word));
  if (starts(title)) return 1;
  if (title.includes(word)) return 2;
  if (starts(more)) return 3;
  return more.includes(word) ? 4 : null;
}

/** The commands that have every word of a text, the best first; all of them, as they are, for no text. */
export function findCommands(commands: readonly Command[], text: string): Command[] {
  const words = plainOf(text).split(/\s+/).filter(Boolean);
  const listed = commands.filter(({ unlisted }) => !unlisted);
  if (words.length === 0) return listed;
  return listed
    .map((command, index) => {
      const title = plainOf(command.title);
      const more = plainOf([command.group, command.hint, command.words].filter(Boolean).join(" "));
      const fits = words.map((word) => fit(word, title, more));
      const known = fits.filter((rank) => rank !== null);
      const rank = known.length < words.length ? null : known.reduce((sum, part) => sum + part, 0);
      return { command, rank, index };
    })
    .filter((found): found is typeof found & { rank: number } => found.rank !== null)
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map(({ command }) => command);
}

/** What is listed together, in the order in which the first of each comes. */
export function grouped<T extends { group: string }>(
  entries: readonly T[],
): { group: string; entries: T[] }[] {
  const groups = new Map<string, T[]>();
  for (const entry of entries) {
    const list = groups.get(entry.group);
    if (list) list.push(entry);
    else groups.set(entry.group, [entry]);
  }
  return [...groups].map(([group, list]) => ({ group, entries: list }));
}
