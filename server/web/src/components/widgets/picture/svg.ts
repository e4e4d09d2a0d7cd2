/** What a drawing's looks are made of, as attributes; style sheets do not reach into an image. */
const LOOKS = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-opacity",
  "stroke-dasharray",
  "stroke-linecap",
  "stroke-linejoin",
  "opacity",
  "stop-color",
  "stop-opacity",
] as const;

/** Whether something is no part of the picture, such as what follows the pointer. */
export function isLeftOut(element: Element): boolean {
  return element.getAttribute("data-picture") === "skip";
}

/**
 * A drawing as an image by itself: its looks written on each part of it. Without its texts, as an image cannot have the
 * page's typeface.
 */
export function svgSource(svg: SVGSVGElement, width: number, height: number): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const parts = [...svg.querySelectorAll("*")];
  const copies = [...copy.querySelectorAll("*")];
  for (const [index, part] of parts.entries()) {
    const target = copies[index];
    if (!target) continue;
    const style = getComputedStyle(part);
    for (const look of LOOKS) {
      const value = style.getPropertyValue(look);
      if (value !== "") target.setAttribute(look, value);
    }
    target.removeAttribute("class");
    target.removeAttribute("style");
  }
  for (const one of copies) if (one.tagName === "text" || isLeftOut(one)) one.remove();
  const own = getComputedStyle(svg);
  for (const look of ["fill", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin"]) {
    const value = own.getPropertyValue(look);
    if (value !== "") copy.setAttribute(look, value);
  }
  copy.removeAttribute("class");
  copy.removeAttribute("style");
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  return new XMLSerializer().serializeToString(copy);
}

/** The drawing, ready to be painted. */
export async function svgImage(svg: SVGSVGElement, width: number, height: number): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgSource(svg, width, height))}`;
  await image.decode();
  return image;
}
