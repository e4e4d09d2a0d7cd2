const WORDS: Record<string, string> = {
  sign_in_expired: "The way through Google took too long. Try again.",
  other_browser: "The way through Google was begun in another browser or window. Try again in this one.",
  google_declined: "Google did not say who you are. Try again, or sign in another way.",
  google_unverified: "Google has not checked the address of this account. Sign in another way.",
  google_unavailable: "Google cannot be reached now. Try again in a while, or sign in another way.",
  google_other_account:
    "There is an account with this address. Sign in with your password or a link first, then connect Google under Settings → Security.",
  google_unproved:
    "Google does not run this address, so it may be somebody else's by now. Sign up with the address first, then connect Google under Settings → Security.",
  sign_up_closed: "There is no account with this address, and new ones are only made by invitation.",
};

/** Why signing in with Google did not work, for the person at the screen. */
export function wordsForProblem(code: string): string {
  const words = Object.hasOwn(WORDS, code) ? WORDS[code] : undefined;
  return words ?? "Signing in with Google did not work. Try again, or sign in another way.";
}
