const STEP = "  ";

/**
 * JSON with a line for each thing in it, and the text itself where it is none. Only the space between things is another: numbers
 * are as they were written, however many digits they have.
 */
export function pretty(text: string): string {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  let depth = 0;
  let lines = "";
  let before = "";
  // What is between quotes, a mark of the language, or a number or a word: all of JSON but the space.
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g)) {
    const isEnd = token === "}" || token === "]";
    if (isEnd) depth -= 1;
    const opened = before === "{" || before === "[";
    if (before === "," || (opened && !isEnd) || (isEnd && !opened)) lines += `\n${STEP.repeat(depth)}`;
    lines += token === ":" ? ": " : token;
    if (token === "{" || token === "[") depth += 1;
    before = token;
  }
  return lines;
}
