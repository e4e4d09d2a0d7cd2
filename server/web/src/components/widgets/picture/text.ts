/** Where a picture begins, in the window's pixels. */
export interface Origin {
  left: number;
  top: number;
}

interface Line {
  text: string;
  box: DOMRect;
}

/** The lines that a text was broken into. */
function linesOf(node: Text): Line[] {
  const range = document.createRange();
  range.selectNodeContents(node);
  const boxes = [...range.getClientRects()];
  const [only] = boxes;
  if (only && boxes.every((box) => Math.abs(box.top - only.top) < 2)) {
    return [{ text: node.data, box: range.getBoundingClientRect() }];
  }
  const lines: Line[] = [];
  for (let at = 0; at < node.length; at += 1) {
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    const box = range.getBoundingClientRect();
    const last = lines.at(-1);
    if (last && Math.abs(last.box.top - box.top) < 2) last.text += node.data.charAt(at);
    else if (box.width > 0) lines.push({ text: node.data.charAt(at), box });
  }
  return lines;
}

/** As much of a text as fits, where its box cuts it short. */
function cutShort(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room + 1) return text;
  let end = text.length;
  while (end > 1 && context.measureText(`${text.slice(0, end)}…`).width > room) end -= 1;
  return `${text.slice(0, end).trimEnd()}…`;
}

function typeOf(context: CanvasRenderingContext2D, style: CSSStyleDeclaration): void {
  context.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  if ("letterSpacing" in context) {
    context.letterSpacing = style.letterSpacing === "normal" ? "0px" : style.letterSpacing;
  }
}

/** Writes a text of the page where it stands, in the page's typeface. */
export function paintText(context: CanvasRenderingContext2D, node: Text, origin: Origin): void {
  const parent = node.parentElement;
  if (!parent || node.data.trim() === "") return;
  const style = getComputedStyle(parent);
  typeOf(context, style);
  context.fillStyle = style.color;
  const isCut = style.textOverflow === "ellipsis" && parent.scrollWidth > parent.clientWidth;
  for (const { text, box } of linesOf(node)) {
    // Space between two pieces of a line belongs to them; what begins or ends a line has none.
    const written = text.replaceAll(/\s+/g, " ");
    const shown = isCut ? cutShort(context, written, parent.clientWidth) : written;
    const { fontBoundingBoxAscent: above, fontBoundingBoxDescent: below, width } = context.measureText(shown);
    const baseline = box.top - origin.top + (box.height - above - below) / 2 + above;
    // Figures are a little narrower here than on the page: what stands at the right keeps to it.
    const isRight = style.textAlign === "right" || style.textAlign === "end";
    const left = box.left - origin.left + (isRight && !isCut ? box.width - width : 0);
    context.fillText(shown, left, baseline);
    if (style.textDecorationLine.includes("line-through")) {
      context.fillRect(left, baseline - above * 0.3, width, 1);
    }
  }
}

/** Writes the texts of a drawing where they stand. */
export function paintSvgTexts(context: CanvasRenderingContext2D, svg: SVGSVGElement, origin: Origin): void {
  for (const text of svg.querySelectorAll("text")) {
    const matrix = text.getScreenCTM();
    if (!matrix || text.getNumberOfChars() === 0) continue;
    const at = text.getStartPositionOfChar(0).matrixTransform(matrix);
    const style = getComputedStyle(text);
    typeOf(context, style);
    context.fillStyle = style.fill;
    context.fillText(text.textContent, at.x - origin.left, at.y - origin.top);
  }
}
