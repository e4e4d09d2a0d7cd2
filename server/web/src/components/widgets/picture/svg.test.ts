import { svgSource } from "./svg";

const NS = "http://www.w3.org/2000/svg";

function drawing(content: string): SVGSVGElement {
  const svg = document.createElementNS(NS, "svg");
  svg.innerHTML = content;
  svg.setAttribute("class", "size-full");
  document.body.append(svg);
  return svg;
}

it("writes the looks of a drawing into it, as style sheets do not reach into images", () => {
  const svg = drawing('<path d="M0,0" style="fill: rgb(1, 2, 3); stroke-width: 2px" class="x"></path>');
  const source = svgSource(svg, 300, 200);
  const copy = new DOMParser().parseFromString(source, "image/svg+xml").documentElement;
  const path = copy.querySelector("path");
  expect(path?.getAttribute("fill")).toBe("rgb(1, 2, 3)");
  expect(path?.getAttribute("stroke-width")).toBe("2px");
  expect(path?.hasAttribute("class")).toBe(false);
  expect(path?.hasAttribute("style")).toBe(false);
  expect([copy.getAttribute("width"), copy.getAttribute("height")]).toEqual(["300", "200"]);
  expect(source).not.toContain("<style");
});

it("leaves out texts, which get the page's typeface, and what follows the pointer", () => {
  const svg = drawing('<text>Oct 1</text><line data-picture="skip"></line><rect></rect>');
  const copy = new DOMParser().parseFromString(svgSource(svg, 10, 10), "image/svg+xml").documentElement;
  expect([...copy.children].map(({ tagName }) => tagName)).toEqual(["rect"]);
  // The drawing of the page stays as it is.
  expect(svg.querySelectorAll("text, line")).toHaveLength(2);
});
