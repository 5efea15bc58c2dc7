// One process of the measurement of sizes: prints what each bundler makes of each code, in bytes, minified and gzipped, as JSON.
import { bundled, bundlers, gzipped } from "./bundles.mjs";

/** @type {Record<string, string>} */
const codes = JSON.parse(process.argv[2] ?? "{}");
/** @type {Record<string, Record<string, number | null>>} */
const sizes = {};
for (const [name, code] of Object.entries(codes)) {
  sizes[name] = {};
  for (const bundler of bundlers) {
    const text = await bundled(bundler, code);
    sizes[name][bundler] = text === undefined ? null : gzipped(text);
  }
}
process.stdout.write(JSON.stringify(sizes));
