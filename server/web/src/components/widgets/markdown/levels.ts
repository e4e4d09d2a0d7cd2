import type { Token } from "marked";

/**
 * The level of each heading on the page: below what is above the text, in the order of the text's own levels, and never two
 * deeper than the one before, whatever levels the text leaves out.
 */
export function headingLevels(tokens: readonly Token[], above: number): Map<Token, number> {
  const headings = tokens.filter((token) => token.type === "heading");
  const depths = [...new Set(headings.map((token) => depthOf(token)))].sort((a, b) => a - b);
  const levels = new Map<Token, number>();
  let before = above;
  for (const token of headings) {
    const level = Math.min(above + 1 + depths.indexOf(depthOf(token)), before + 1, 6);
    levels.set(token, level);
    before = level;
  }
  return levels;
}

function depthOf(token: Token): number {
  return "depth" in token && typeof token.depth === "number" ? token.depth : 1;
}
