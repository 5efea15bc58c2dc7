import { build } from "esbuild";

/** One file for any runtime: with one of Node's modules in it, it is not made, unless that is `external`. */
export const bundle = (entry, outfile, { external = [] } = {}) =>
  build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    mainFields: ["module", "main"],
    external,
  });
