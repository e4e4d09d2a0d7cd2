import type { Share, ShareChange, Sharing } from "@/lib/api/types";
import { originsIn } from "./origins";

/** What somebody says of a link in its form. */
export interface LinkValues {
  name: string;
  /** In how many days it ends; `never`, or `keep` for when it ends already. */
  ends: string;
  asksPassword: boolean;
  password: string;
  mayChangeRange: boolean;
  origins: string;
}

export const KEEP = "keep";
export const NEVER = "never";

export const ENDS: [days: string, words: string][] = [
  ["7", "In a week"],
  ["30", "In 30 days"],
  ["90", "In 90 days"],
  ["365", "In a year"],
  [NEVER, "Never"],
];

const DAY = 86_400_000;

function endOf(ends: string): string | null {
  return ends === NEVER ? null : new Date(Date.now() + Number(ends) * DAY).toISOString();
}

/** What a form begins with: what a link has, or what a new one of that name is to have. */
export function valuesOf(share: Share | null, name: string): LinkValues {
  return {
    name: share?.name ?? name,
    ends: share ? KEEP : "90",
    asksPassword: share?.has_password ?? false,
    password: "",
    mayChangeRange: share?.may_change_range ?? false,
    origins: share?.origins.join("\n") ?? "",
  };
}

/** A new link, as it is sent. */
export function newLink(dashboardId: string, stores: string[] | null, values: LinkValues): Sharing {
  return {
    name: values.name.trim(),
    dashboard_id: dashboardId,
    ...(stores && { store_ids: stores }),
    expires_at: endOf(values.ends),
    ...(values.asksPassword && { password: values.password }),
    origins: originsIn(values.origins).origins,
    may_change_range: values.mayChangeRange,
  };
}

/** What is different about a link, as it is sent. */
export function changeOf(share: Share, values: LinkValues): ShareChange {
  const { origins } = originsIn(values.origins);
  const name = values.name.trim();
  const endsPassword = share.has_password && !values.asksPassword;
  return {
    ...(name !== share.name && { name }),
    ...(values.ends !== KEEP && { expires_at: endOf(values.ends) }),
    ...(endsPassword && { password: null }),
    ...(values.asksPassword && values.password !== "" && { password: values.password }),
    ...(origins.join(" ") !== share.origins.join(" ") && { origins }),
    ...(values.mayChangeRange !== share.may_change_range && { may_change_range: values.mayChangeRange }),
  };
}
