import { defineConfig } from "@playwright/test";

import stories from "../playwright.config";

// The same browser as for the stories. `bin/chaos` starts this and ends it; by itself it has no server.
export default defineConfig({
  ...stories,
  testDir: "./browsers",
  outputDir: "../test-results/chaos",
  timeout: 0,
  workers: 1,
  use: { ...stories.use, trace: "off" },
});
