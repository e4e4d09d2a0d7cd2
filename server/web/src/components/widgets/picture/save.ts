import type { QueryResponse } from "@/lib/api/types";
import { formatPeriod } from "@/lib/format/date";
import { saveBlob } from "@/lib/download";
import { fileName } from "../csv";
import { paint } from "./paint";

/** Twice as many points as on the page, so that it stays sharp in print. */
const SCALE = 2;
const FOOT = 28;

/** What a picture says of itself, once it is no longer on its page: which days, of which stores. */
function captionOf(response: QueryResponse | undefined): string {
  if (!response) return "";
  const names = response.meta.stores.map(({ name }) => name);
  const stores = names.length > 3 ? `${names.length} stores` : names.join(", ");
  return [stores, formatPeriod(response.meta.range)].filter((part) => part !== "").join(" · ");
}

/** The element as it is shown now, with a line below that says what it is of. */
export async function pictureOf(element: HTMLElement, caption: string): Promise<Blob> {
  // What is drawn follows a size by a frame.
  await document.fonts.ready;
  const box = element.getBoundingClientRect();
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(box.width * SCALE);
  canvas.height = Math.ceil((box.height + (caption === "" ? 0 : FOOT)) * SCALE);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("the browser has no canvas to paint on");
  const page = getComputedStyle(document.body);
  context.scale(SCALE, SCALE);
  context.fillStyle = page.backgroundColor;
  context.fillRect(0, 0, box.width, box.height + FOOT);
  await paint(context, element, box);
  if (caption !== "") {
    const muted = getComputedStyle(document.documentElement).getPropertyValue("--muted-foreground");
    context.font = `400 12px ${page.fontFamily}`;
    context.fillStyle = muted;
    context.fillText(caption, 16, box.height + 18);
  }
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(new Error("the browser could not make a picture"));
    }, "image/png");
  });
}

export async function savePicture(
  title: string,
  element: HTMLElement,
  response: QueryResponse | undefined,
): Promise<void> {
  saveBlob(fileName(title, response, "png"), await pictureOf(element, captionOf(response)));
}
