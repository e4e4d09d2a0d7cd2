import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

const browsers = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/*
 * Runs against a server that is up: ALOFTLY_URL, ALOFTLY_EMAIL and ALOFTLY_PASSWORD say which and who, ALOFTLY_SAMPLE_CSV
 * names an orders export to import; e2e/environment.ts has the rest. The browser is the system's.
 */
export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  reporter: [["list"]],
  // One server with one set of stores: tests that import would disturb one another's numbers.
  workers: 1,
  forbidOnly: process.env.CI !== undefined,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    baseURL: process.env.ALOFTLY_URL ?? "http://127.0.0.1:8080",
    locale: "en-US",
    // Far from every store, so that a day shifted by the browser's zone is seen.
    timezoneId: "Pacific/Auckland",
    viewport: { width: 1280, height: 900 },
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH ?? browsers.find((path) => existsSync(path)),
      args: ["--no-sandbox", "--headless", "--disable-background-networking"],
    },
  },
  projects: [
    { name: "session", testMatch: "session.setup.ts" },
    {
      name: "browser",
      dependencies: ["session"],
      testMatch: "*.spec.ts",
      use: { storageState: "test-results/session.json" },
    },
  ],
});
