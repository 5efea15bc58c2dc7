// The same code bundled by each bundler as for a browser, from the packages as they are published.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { rollup } from "rollup";
import { build as viteBuild } from "vite";
import webpack from "webpack";

/** Where the packages are looked for. */
const folder = fileURLToPath(new URL("..", import.meta.url));
const target = "es2022";
/** What only Node has: left out, and not counted. */
const builtIns = ["constants", "crypto"];
const entry = "upvest-bench-entry.js";

/**
 * Each gives what it makes of the code, which esbuild has minified and the others not; undefined if it does not read all of it.
 *
 * @type {Record<"esbuild" | "rollup" | "webpack" | "Vite", (code: string) => Promise<string | undefined>>}
 */
const bundle = {
  esbuild: async (code) => (await withEsbuild(code)).text,
  rollup: withRollup,
  webpack: withWebpack,
  Vite: withVite,
};

/** @typedef {keyof typeof bundle} Bundler */

export const bundlers = /** @type {Bundler[]} */ (Object.keys(bundle));

/**
 * What the bundler makes of the code, minified. All share one minifier, so that what differs is what they leave out.
 *
 * @param {Bundler} bundler
 * @param {string} code an ES module
 * @returns {Promise<string | undefined>} undefined if something in it is of a kind that the bundler does not read
 * @throws if something cannot be found
 */
export async function bundled(bundler, code) {
  const text = await bundle[bundler](code);
  // As its users have it, in one step: names that are chosen in two are a few bytes longer.
  if (text === undefined || bundler === "esbuild") return text;
  const options = /** @type {const} */ ({ format: "esm", minify: true, target, legalComments: "none" });
  // webpack marks what is not used, and leaves it to the minifier to drop it.
  return (await esbuild.transform(text, { ...options, treeShaking: bundler === "webpack" })).code;
}

/** In bytes, as they are sent. @param {string} text */
export const gzipped = (text) => gzipSync(text, { level: 9 }).length;

/** @param {string} code */
async function withEsbuild(code) {
  const { outputFiles, metafile } = await esbuild.build({
    stdin: { contents: code, resolveDir: folder, sourcefile: entry },
    absWorkingDir: folder,
    bundle: true,
    platform: "browser",
    format: "esm",
    target,
    minify: true,
    legalComments: "none",
    external: builtIns,
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  return { text: outputFiles[0]?.text ?? "", inputs: metafile.inputs };
}

/** Without plugins it reads ES modules only, and finds nothing by itself: each import is the file that esbuild found. */
async function withRollup(/** @type {string} */ code) {
  const { inputs } = await withEsbuild(code);
  /** @type {Map<string, Map<string, string>>} */
  const found = new Map();
  for (const [file, { imports, format }] of Object.entries(inputs)) {
    if (format === "cjs") return undefined;
    const targets = imports.map(
      ({ original = "", path: to }) => /** @type {const} */ ([original, path.join(folder, to)]),
    );
    found.set(file === entry ? entry : path.join(folder, file), new Map(targets));
  }
  const build = await rollup({
    input: entry,
    plugins: [
      {
        name: "packages",
        resolveId: async (id, importer) => {
          if (importer === undefined) return id;
          const file = found.get(importer)?.get(id);
          if (file === undefined) throw new Error(`rollup: ${id} is not found from ${importer}`);
          return { id: file, moduleSideEffects: await hasSideEffects(file) };
        },
        load: (id) => (id === entry ? code : readFile(id, "utf8")),
      },
    ],
  });
  const { output } = await build.generate({ format: "es" });
  await build.close();
  return output[0].code;
}

/** What the package says, as @rollup/plugin-node-resolve does: `false`, or else true. */
async function hasSideEffects(/** @type {string} */ file) {
  let at = path.dirname(file);
  while (!existsSync(path.join(at, "package.json"))) at = path.dirname(at);
  const { sideEffects } = JSON.parse(await readFile(path.join(at, "package.json"), "utf8"));
  return sideEffects !== false;
}

/** @param {string} code @returns {Promise<string>} */
function withWebpack(code) {
  /** @type {string[]} */
  const files = [];
  const compiler = webpack({
    mode: "production",
    context: folder,
    target: ["web", target],
    entry: `data:text/javascript,${encodeURIComponent(code)}`,
    experiments: { outputModule: true },
    optimization: { minimize: false },
    output: { library: { type: "module" }, path: "/", filename: "bundle.js" },
    externals: Object.fromEntries(builtIns.map((name) => [name, `module ${name}`])),
    performance: false,
  });
  if (!compiler) throw new Error("webpack refuses its options");
  compiler.outputFileSystem = /** @type {any} */ ({
    mkdir: (/** @type {string} */ _, /** @type {() => void} */ done) => done(),
    stat: (/** @type {string} */ _, /** @type {(error: Error) => void} */ done) => done(new Error("ENOENT")),
    writeFile: (/** @type {string} */ _, /** @type {Buffer} */ content, /** @type {() => void} */ done) => {
      files.push(content.toString());
      done();
    },
  });
  return new Promise((resolve, reject) => {
    compiler.run((error, stats) => {
      compiler.close(() => {});
      if (error ?? stats?.hasErrors()) reject(error ?? new Error(stats?.toString()));
      else resolve(files.join("\n"));
    });
  });
}

async function withVite(/** @type {string} */ code) {
  const id = path.join(folder, entry);
  const result = await viteBuild({
    root: folder,
    configFile: false,
    logLevel: "silent",
    plugins: [
      {
        name: "entry",
        resolveId: (source) => (source === id ? id : null),
        load: (source) => (source === id ? code : null),
      },
    ],
    build: {
      write: false,
      minify: false,
      target,
      lib: { entry: id, formats: ["es"] },
      rollupOptions: { external: builtIns },
    },
  });
  const [output] = [result].flat();
  if (!output || !("output" in output)) throw new Error("Vite gave no bundle");
  return output.output[0].code;
}
