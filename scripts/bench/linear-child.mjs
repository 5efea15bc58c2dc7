// One process of the linearity measurement: prints what each size took, as JSON. Needs --expose-gc.
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { generate, readDescription } from "@upvest-sdk/codegen";
import { repeatPaths } from "./repeat-paths.mjs";

const [source = "", folder = "", ...sizes] = process.argv.slice(2);

/** The file of a size. A comment before JSON makes YAML of it, so that it takes the way of the original. */
const fileOf = (/** @type {string} */ size) => path.join(folder, `${size}.yaml`);

async function write() {
  const { document } = await readDescription(source);
  for (const size of sizes) {
    const repeated = repeatPaths(document, Number(size));
    await writeFile(fileOf(size), `# ${size} times\n${JSON.stringify(repeated, null, 2)}\n`);
  }
}

async function work(/** @type {string} */ size) {
  globalThis.gc?.();
  const cpu = process.cpuUsage();
  const start = performance.now();
  const { document, bytes } = await readDescription(fileOf(size));
  const { report } = await generate(document, { inputBytes: bytes });
  const wallMs = performance.now() - start;
  return { size, wallMs, userMs: process.cpuUsage(cpu).user / 1000, models: report.models };
}

await write();
// Not counted: the first run also compiles the code. Then up and down again, so that no size has the better turn.
await work(sizes[0] ?? "");
const results = [];
for (const size of [...sizes, ...[...sizes].reverse()]) results.push(await work(size));
process.stdout.write(JSON.stringify(results));
