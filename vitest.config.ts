import { defineConfig } from "vitest/config";

// `.ci/run` counts from this file.
const results = process.env["UPVEST_SDK_TEST_RESULTS"];

export default defineConfig({
  test: {
    include: ["packages/*/test/**/*.test.ts", "openapi/test/**/*.test.ts", "scripts/test/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 300_000,
    reporters: results === undefined ? ["default"] : ["default", ["json", { outputFile: results }]],
  },
});
