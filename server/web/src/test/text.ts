/** Makes the thin and unbreakable spaces of written numbers and dates plain ones. */
export function plain(text: string): string {
  return text.replace(/[\u00a0\u2009\u202f]/g, " ");
}
