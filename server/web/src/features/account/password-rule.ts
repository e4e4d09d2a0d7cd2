import type { Account } from "@/lib/api/types";
import { needed, type FieldRules } from "@/lib/use-fields";

/** Of the field in which somebody proves who they are. */
export function passwordRule({ has_password }: Account): FieldRules {
  return {
    ...(has_password && { check: needed("Enter your password.") }),
    pointer: "/password",
    wording: "This is not your password.",
  };
}
