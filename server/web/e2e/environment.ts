function wanted(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`set ${name}: the browser tests run against a server that is up`);
  return value;
}

export const EMAIL = wanted("ALOFTLY_EMAIL");
export const PASSWORD = wanted("ALOFTLY_PASSWORD");
/** An orders export that the server has not seen; it goes into a store of its currency. */
export const SAMPLE_CSV = wanted("ALOFTLY_SAMPLE_CSV");
export const SESSION = "test-results/session.json";
