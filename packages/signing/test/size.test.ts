import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { bundle as bundleIn, fileName } from "./support/bundle.js";

const source = fileURLToPath(new URL("../src", import.meta.url));

const bundle = (code: string) => bundleIn(code, source);

// Bytes, minified and gzipped; what reads structured fields is part of it. The aims are 4,000 for signing and 5,500 for
// verifying. The second is met without the reading of public keys. Until the others are, nothing may grow.
test.each([
  ["signing", 5_550, 'export { createSigner } from "./index.js";'],
  ["verification", 5_050, 'export { verifyRequest } from "./index.js";'],
  [
    "verification with reading public keys",
    6_550,
    'export { verifyRequest, importPublicKeys } from "./index.js";',
  ],
])("%s alone, portable, has at most %d bytes", async (_, most, code) => {
  const { size } = await bundle(code);
  expect(size).toBeLessThanOrEqual(most);
});

test("the portable entries need no Node built-in", async () => {
  const { text, files } = await bundle('export * from "./index.js"; export * from "./noble.js";');
  expect(text).not.toMatch(/node:|\bBuffer\b|\bprocess\b|\brequire\b/);
  expect(files.filter((file) => file.includes("src/node"))).toEqual([]);
});

test("each part can be left out: signing has nothing that only verifying needs, and the other way round", async () => {
  const names = async (code: string) => (await bundle(code)).files.map(fileName);
  const signing = await names('export { createSigner } from "./index.js";');
  const verifying = await names('export { verifyRequest, importPublicKeys } from "./index.js";');
  for (const name of ["verify.ts", "structured-fields.ts", "public-keys.ts"]) {
    expect(signing).not.toContain(name);
    expect(verifying).toContain(name);
  }
  for (const name of [
    "signer.ts",
    "import-private-key.ts",
    "pbes2.ts",
    "explain.ts",
    "uncovered-headers.ts",
  ]) {
    expect(verifying).not.toContain(name);
    expect(signing).toContain(name);
  }
});
