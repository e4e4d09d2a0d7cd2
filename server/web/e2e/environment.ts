function wanted(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`set ${name}: the browser tests run against a server that is up`);
  return value;
}

export const EMAIL = wanted("ALOFTLY_EMAIL");
export const PASSWORD = wanted("ALOFTLY_PASSWORD");
/** An orders export that the server has not seen; it goes into a store of its currency. */
export const SAMPLE_CSV = wanted("ALOFTLY_SAMPLE_CSV");
/** Somebody who is a member of the same organisation and owns another. */
export const COLLEAGUE = {
  email: wanted("ALOFTLY_COLLEAGUE_EMAIL"),
  name: wanted("ALOFTLY_COLLEAGUE_NAME"),
  password: wanted("ALOFTLY_COLLEAGUE_PASSWORD"),
  organization: wanted("ALOFTLY_COLLEAGUE_ORGANIZATION"),
};
/** Where a demo server, which sends no mail, writes down the link of each. */
export const SERVER_LOG = wanted("ALOFTLY_SERVER_LOG");
/** The server's binary, which makes accounts at the terminal as well. */
export const BINARY = wanted("ALOFTLY_BINARY");
/** Shopify and Google as programs of this machine play them, and a shop that there is. */
export const SHOPIFY = wanted("ALOFTLY_SHOPIFY_URL");
export const GOOGLE = wanted("ALOFTLY_GOOGLE_URL");
export const SHOP = wanted("ALOFTLY_SHOPIFY_SHOP");
/** The demo's store that has no data before it is connected. */
export const EMPTY_STORE = "Wren & Kettle";
export const SESSION = "test-results/session.json";
