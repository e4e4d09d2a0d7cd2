import { isLeftOut, svgImage } from "./svg";
import { paintSvgTexts, paintText, type Origin } from "./text";

function isSeen(element: Element, style: CSSStyleDeclaration, box: DOMRect): boolean {
  if (style.display === "none" || style.visibility === "hidden" || style.opacity === "0") return false;
  // What only those hear who do not see the page is a pixel large.
  return box.width > 1 && box.height > 1 && !isLeftOut(element);
}

function radiusOf(style: CSSStyleDeclaration, box: DOMRect): number[] {
  const most = Math.min(box.width, box.height) / 2;
  return [
    style.borderTopLeftRadius,
    style.borderTopRightRadius,
    style.borderBottomRightRadius,
    style.borderBottomLeftRadius,
  ].map((radius) => Math.min(Number.parseFloat(radius) || 0, most));
}

const SIDES = ["top", "right", "bottom", "left"] as const;

/** The ground and the borders of a box. */
function paintBox(
  context: CanvasRenderingContext2D,
  style: CSSStyleDeclaration,
  box: DOMRect,
  at: Origin,
): void {
  const { left, top } = at;
  context.fillStyle = style.backgroundColor;
  context.beginPath();
  context.roundRect(left, top, box.width, box.height, radiusOf(style, box));
  context.fill();
  const borders = SIDES.map((side) => ({
    width: Number.parseFloat(style.getPropertyValue(`border-${side}-width`)) || 0,
    colour: style.getPropertyValue(`border-${side}-color`),
    dashed: style.getPropertyValue(`border-${side}-style`) === "dashed",
  }));
  const [first] = borders;
  if (first && first.width > 0 && borders.every(({ width }) => width === first.width)) {
    context.strokeStyle = first.colour;
    context.lineWidth = first.width;
    const inset = first.width / 2;
    context.beginPath();
    context.roundRect(
      left + inset,
      top + inset,
      box.width - first.width,
      box.height - first.width,
      radiusOf(style, box),
    );
    context.stroke();
    return;
  }
  for (const [index, { width, colour, dashed }] of borders.entries()) {
    if (width === 0) continue;
    const side = SIDES[index];
    const isUpright = side === "left" || side === "right";
    const x = left + (side === "right" ? box.width - width / 2 : isUpright ? width / 2 : 0);
    const y = top + (side === "bottom" ? box.height - width / 2 : isUpright ? 0 : width / 2);
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.setLineDash(dashed ? [3, 2] : []);
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(isUpright ? x : left + box.width, isUpright ? top + box.height : y);
    context.stroke();
    context.setLineDash([]);
  }
}

/** Paints an element of the page and all that is in it, as it is shown now. */
export async function paint(
  context: CanvasRenderingContext2D,
  element: Element,
  origin: Origin,
): Promise<void> {
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  // A box of no height may hold what is higher; one that is not shown holds nothing.
  const isLine = box.width > 0 && box.height <= 1 && style.overflow === "visible" && !isLeftOut(element);
  if (!isSeen(element, style, box) && !(isLine && style.display !== "none")) return;
  const at = { left: box.left - origin.left, top: box.top - origin.top };
  context.save();
  context.globalAlpha *= Number.parseFloat(style.opacity) || 1;
  if (element instanceof SVGSVGElement) {
    const image = await svgImage(element, box.width, box.height);
    context.drawImage(image, at.left, at.top, box.width, box.height);
    paintSvgTexts(context, element, origin);
    context.restore();
    return;
  }
  paintBox(context, style, box, at);
  if (style.overflow !== "visible") {
    context.beginPath();
    context.rect(at.left, at.top, box.width, box.height);
    context.clip();
  }
  for (const child of element.childNodes) {
    if (child instanceof Text) paintText(context, child, origin);
    else if (child instanceof Element) await paint(context, child, origin);
  }
  context.restore();
}
