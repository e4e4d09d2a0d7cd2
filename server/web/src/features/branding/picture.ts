/** The longest picture that the server takes, as it is sent. */
const LONGEST = 48 * 1024;

const KINDS: Record<string, string> = {
  png: "image/png",
  webp: "image/webp",
  svg: "image/svg+xml",
  ico: "image/x-icon",
};

/** What the browser's choice of files offers. */
export const ACCEPTED = Object.keys(KINDS)
  .map((ending) => `.${ending}`)
  .join(",");

/** A file as a data URL, or why it is none that can be shown. */
export async function pictureOf(file: File): Promise<{ url: string } | { problem: string }> {
  const ending = file.name.toLowerCase().split(".").at(-1) ?? "";
  const kind = KINDS[ending];
  if (kind === undefined) return { problem: "Choose a PNG, WebP, SVG or ICO file." };
  // What the system takes a file for differs: what is sent says what its ending does.
  const url = await read(new Blob([file], { type: kind }));
  if (url === null) return { problem: "The file could not be read." };
  return url.length > LONGEST ? { problem: "The file is too large: 36 KB are the most." } : { url };
}

function read(blob: Blob): Promise<string | null> {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(typeof reader.result === "string" ? reader.result : null);
    reader.onerror = () => resolve(null);
    reader.readAsDataURL(blob);
  });
}
