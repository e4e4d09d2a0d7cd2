/** Numbers and dates are written as the browser's language writes them. */
export function locale(): string {
  return navigator.language || "en-US";
}
