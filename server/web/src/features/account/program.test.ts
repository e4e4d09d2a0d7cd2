import { programOf } from "./program";

const WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)";

it.each([
  [`Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} Chrome/142.0.0.0 Safari/537.36`, "Chrome on Linux"],
  [`Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} HeadlessChrome/142.0.0.0 Safari/537.36`, "Chrome on Linux"],
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0`,
    "Edge on Windows",
  ],
  [
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} Chrome/141.0.0.0 Safari/537.36 OPR/126.0.0.0`,
    "Opera on macOS",
  ],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
    "Safari on macOS",
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    "Safari on iPhone",
  ],
  [
    "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0 Mobile/15E148 Safari/604.1",
    "Chrome on iPad",
  ],
  ["Mozilla/5.0 (Android 15; Mobile; rv:144.0) Gecko/144.0 Firefox/144.0", "Firefox on Android"],
  [
    `Mozilla/5.0 (Linux; Android 15; SM-S931B) ${WEBKIT} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`,
    "Samsung Internet on Android",
  ],
])("says in words what calls itself %s", (userAgent, words) => {
  expect(programOf(userAgent).title).toBe(words);
});

it("leaves what it does not know as it calls itself", () => {
  expect(programOf("curl/7.88.1").title).toBe("curl/7.88.1");
  expect(programOf("Mozilla/5.0 (Plan 9) Mothra/1.0").title).toBe("Mozilla/5.0 (Plan 9) Mothra/1.0");
});

it("has a name, too, for what does not call itself anything", () => {
  for (const nothing of [undefined, null, "  "]) expect(programOf(nothing).title).toBe("Unknown program");
});

it("knows what is held in the hand", () => {
  expect(programOf("Mozilla/5.0 (iPhone) Version/18.6 Safari/604.1").isHandheld).toBe(true);
  expect(programOf("Mozilla/5.0 (X11; Linux x86_64) Firefox/144.0").isHandheld).toBe(false);
});
