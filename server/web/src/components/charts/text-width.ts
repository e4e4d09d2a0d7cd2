/** How wide characters of the app's typeface are, in parts of the size of the type. Figures are all equally wide. */
const WIDTHS: [characters: RegExp, width: number][] = [
  [/[\d$€£¥+−<>=~]/, 0.63],
  [/[.,:;'’|!iljt()[\]/\-·\s]/, 0.31],
  [/[mwMW%@…—]/, 0.88],
  [/[A-Z&]/, 0.69],
];

const OTHERS = 0.57;

/**
 * About how wide a text is. An estimate is enough to leave room for it, needs no layout, and is the same in every browser.
 */
export function textWidth(text: string, size: number): number {
  let width = 0;
  for (const character of text) {
    const known = WIDTHS.find(([characters]) => characters.test(character));
    width += known ? known[1] : character > "\u2e80" ? 1 : OTHERS;
  }
  return width * size;
}

/** The text, or as much of its beginning as there is room for. */
export function shortened(text: string, size: number, room: number): string {
  if (textWidth(text, size) <= room) return text;
  const characters = [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
  while (characters.length > 1 && textWidth(`${characters.join("")}…`, size) > room) characters.pop();
  return `${characters.join("").trimEnd()}…`;
}
