import type { QueryResponse } from "@/lib/api/types";
import { sentence } from "@/lib/format/text";

const ABOUT_DATA = ["no_data", "begins_before_data", "data_ends", "source_behind"];

/** Why there is no figure: in the server's words where it knows, else that nothing was measured. */
export function whyMissing(response: QueryResponse): string {
  const known = response.meta.warnings.find(({ code }) => ABOUT_DATA.includes(code));
  return known ? sentence(known.detail) : "Nothing was measured in these days.";
}
