import type { Account } from "@/lib/api/types";
import { needed, type FieldRules } from "@/lib/use-fields";

/** What the server asks of a password. */
const LEAST = 10;

/** How much is missing, in words. */
export function shortage(password: string): string | null {
  // Characters as a person counts them, not UTF-16 units.
  const missing = LEAST - Array.from(password).length;
  if (missing <= 0) return null;
  return missing === 1 ? "One more character is needed." : `${missing} more characters are needed.`;
}

export const PASSWORD_HINT = "Ten characters or more.";

/** Of the field in which somebody proves who they are. */
export function passwordRule({ has_password }: Pick<Account, "has_password">): FieldRules {
  return {
    ...(has_password && { check: needed("Enter your password.") }),
    pointer: "/password",
    wording: "This is not your password.",
  };
}
