import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, it } from "vitest";

// In a process of its own, for its garbage collection can be asked for. A fifth by default; all with
// UPVEST_SDK_SIGNATURES=100000.
const signatures = Number(process.env["UPVEST_SDK_SIGNATURES"] ?? 20_000);

const program = `
import { createSigner, generateKeyPair, importPublicKeys, verifyRequest } from "./node.js";
const { privateKeyPem, publicKeyPem } = await generateKeyPair("ed25519");
const signer = await createSigner({ keyId: "k", privateKey: privateKeyPem });
const keys = await importPublicKeys(publicKeyPem, { keyId: "k" });
const request = { method: "POST", url: "https://h.example/a?b=c", headers: { "content-type": "application/json" }, body: "x".repeat(300) };
const heap = () => { gc(); gc(); return process.memoryUsage().heapUsed; };
const sign = async (count) => { for (let i = 0; i < count; i++) await signer.headers({ ...request, url: request.url + i }); };
await sign(5000);
await verifyRequest({ ...request, headers: await signer.headers(request) }, { keys, version: 15 });
const before = heap();
await sign(${signatures} - 5000);
const after = heap();
console.log(JSON.stringify({ before, after, external: process.memoryUsage().external }));
`;

it(`${signatures} signatures do not grow the heap`, async () => {
  const folder = mkdtempSync(join(tmpdir(), "upvest-sdk-memory-"));
  try {
    const outfile = join(folder, "program.mjs");
    await build({
      stdin: {
        contents: program,
        resolveDir: fileURLToPath(new URL("../src", import.meta.url)),
        loader: "js",
      },
      bundle: true,
      format: "esm",
      platform: "node",
      outfile,
      logLevel: "error",
    });
    const { stdout, stderr, status } = spawnSync(process.execPath, ["--expose-gc", outfile], {
      encoding: "utf8",
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const { before, after } = JSON.parse(stdout);
    // A single byte kept of each would be more than what comes and goes by itself.
    console.info(`heap after 5000: ${before} bytes, after ${signatures}: ${after}`);
    expect(after - before).toBeLessThan(Math.max(200_000, signatures * 4));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
