/** The settings by which a server is made known to a provider. */
const SETTINGS: Record<string, string[]> = {
  shopify: ["ALOFTLY_SHOPIFY_CLIENT_ID", "ALOFTLY_SHOPIFY_CLIENT_SECRET"],
  ga4: ["ALOFTLY_GOOGLE_CLIENT_ID", "ALOFTLY_GOOGLE_CLIENT_SECRET"],
};

/** What an operator has to set up before a provider can be connected; none where only they know. */
export function settingsOf(provider: string): string[] {
  return (Object.hasOwn(SETTINGS, provider) ? SETTINGS[provider] : undefined) ?? [];
}
