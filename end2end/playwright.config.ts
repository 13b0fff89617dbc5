import { defineConfig, devices } from "@playwright/test";

// There is no `webServer`: each story's fixture starts its own server on port 0 with its own data
// folder, so that stories run side by side and may stop and start their server.
export default defineConfig({
  testDir: "./tests",
  outputDir: "./test-results",
  fullyParallel: true,
  workers: 2,
  forbidOnly: Boolean(process.env.CI),
  // A story that fails now and then is a bug.
  retries: 0,
  // The longest story waits out the 1-2-4-8-16 s of reconnecting. A machine may be three times slower
  // than the one it was written on.
  timeout: 240_000,
  expect: { timeout: 15_000 },
  reporter: "list",
  use: { trace: "retain-on-failure" },
  projects: [
    {
      name: "chromium",
      use: {
        ...devices["Desktop Chrome"],
        launchOptions: {
          // The system's Chromium; bin/setup downloads none.
          executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
          args: [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
          ],
        },
      },
    },
  ],
});
