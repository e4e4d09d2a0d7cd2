import { isEmail } from "@/lib/use-fields";

/** The addresses in what was typed or pasted, such as a row of a mail program: each once, and those that are none apart. */
export function addressesIn(text: string): { valid: string[]; invalid: string[] } {
  const parts = text
    .split(/[\s,;]+/)
    // "Robin <robin@example.com>" is how mail programs write it.
    .map((part) => part.replace(/^[<"'(]+|[>"')]+$/g, ""))
    .filter((part) => part !== "");
  const named = text.includes("<");
  const valid = new Map<string, string>();
  const invalid: string[] = [];
  for (const part of parts) {
    if (isEmail(part)) valid.set(part.toLowerCase(), part);
    // Beside an address in angle brackets stands a name.
    else if (!named || part.includes("@")) invalid.push(part);
  }
  return { valid: [...valid.values()], invalid };
}
