import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { bundle as bundleIn } from "../../signing/test/support/bundle.js";

const source = fileURLToPath(new URL("../src", import.meta.url));

const bundle = (code: string) => bundleIn(code, source);

const receiver = 'export { createWebhookReceiver, staticKeys } from "./index.js";';

// Bytes, minified and gzipped; what verifies is most of it. The aim is 8,000; until it is met, nothing may grow.
test("a receiver with static keys has at most 9,100 bytes", async () => {
  const { size } = await bundle(receiver);
  expect(size).toBeLessThanOrEqual(9_100);
});

test("the portable entry needs no Node built-in", async () => {
  const { text, files } = await bundle('export * from "./index.js";');
  expect(text).not.toMatch(/node:|\bBuffer\b|\bprocess\b|\brequire\b/);
  expect(files.filter((file) => file.endsWith("src/node.ts"))).toEqual([]);
});

test("what is not used is left out", async () => {
  const parts = {
    "src/redis-deduplication.ts": 'export { redisDeduplication } from "./index.js";',
    "src/remote-keys.ts": 'export { remoteKeys } from "./index.js";',
    "generated/events.js": 'export { isKnownEvent } from "./index.js";',
    "generated/operations.js": 'export { remoteKeys } from "./index.js";',
  };
  const without = await bundle(receiver);
  for (const [file, code] of Object.entries(parts)) {
    const has = ({ files }: { files: readonly string[] }) => files.some((one) => one.endsWith(file));
    expect(has(without), file).toBe(false);
    expect(has(await bundle(code)), file).toBe(true);
  }
  expect(without.text).not.toContain("ORDER.FILLED");
});

test("of the operations only the one that is called comes along", async () => {
  const { text } = await bundle('export { remoteKeys } from "./index.js";');
  expect(text).toContain("/auth/verify_keys");
  expect(text.match(/\bscopes:/g)).toHaveLength(1);
});

test("events are parsed and told apart without what verifies", async () => {
  const { files } = await bundle('export { isKnownEvent, parseEvent } from "./index.js";');
  expect(files.filter((file) => file.includes("signing"))).toEqual([]);
});
