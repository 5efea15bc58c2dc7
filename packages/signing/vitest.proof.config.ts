import { defineConfig } from "vitest/config";

// What takes long, or wants a quiet machine: `pnpm --filter @upvest-sdk/signing proof`.
export default defineConfig({
  test: { include: ["test/**/*.proof.ts"], testTimeout: 600_000 },
});
