/** The origins of the pages that somebody names, one a line or between commas, and what names none. */
export function originsIn(text: string): { origins: string[]; wrong: string[] } {
  const names = text.split(/[\s,]+/).filter((name) => name !== "");
  const wrong: string[] = [];
  const origins = names.flatMap((name) => {
    const origin = originOf(name);
    if (origin === null) wrong.push(name);
    return origin === null ? [] : [origin];
  });
  return { origins: [...new Set(origins)], wrong };
}

/** Over HTTPS, or of this machine, where pages are made; a name alone is one over HTTPS. */
function originOf(name: string): string | null {
  let url: URL;
  try {
    url = new URL(name.includes("://") ? name : `https://${name}`);
  } catch {
    return null;
  }
  const isLocal = url.protocol === "http:" && ["localhost", "127.0.0.1"].includes(url.hostname);
  const isWhole = url.username === "" && url.password === "" && !url.hostname.includes("*");
  return (url.protocol === "https:" || isLocal) && isWhole ? url.origin : null;
}
