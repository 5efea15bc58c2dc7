import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { alternate, download, inFolder, openapiTypescript, packageFile, runNode } from "./run.mjs";
import { row, runs } from "./table.mjs";

/** Our command line against openapi-typescript's, both as whole processes, on the description as it is downloaded. */
export function measureGenerate(/** @type {number} */ rounds) {
  return inFolder(async (folder) => {
    const cli = packageFile("@upvest-sdk/codegen", "bin/upvest-codegen.js");
    const { ours, theirs } = await alternate(rounds, {
      ours: async (round) => {
        const out = path.join(folder, `ours-${round}`);
        const run = await runNode([cli, "generate", download, "--out", out], folder);
        return { ...run, bytes: await size(out) };
      },
      theirs: async (round) => {
        const out = path.join(folder, `theirs-${round}.ts`);
        const run = await openapiTypescript(download, out);
        return { ...run, bytes: (await stat(out)).size };
      },
    });
    const each = (/** @type {"wallMs" | "userMs" | "bytes" | "peakMb"} */ figure) =>
      /** @type {const} */ ([ours.map((run) => run[figure]), theirs.map((run) => run[figure])]);
    return {
      title: "Code generation: the downloaded description (1.9.0), whole processes",
      against: "openapi-typescript 7",
      runs: `${runs(rounds)} of each, by turns`,
      rows: [
        row("wall time", "ms", ...each("wallMs"), { of: "ratio", atMost: 1 }),
        row("user CPU time", "ms", ...each("userMs")),
        row("generated TypeScript, bytes", "bytes", ...each("bytes"), { of: "ratio", atMost: 0.4 }),
        row("peak memory", "MB", ...each("peakMb"), { of: "ours", atMost: 512 }),
      ],
    };
  });
}

async function size(/** @type {string} */ folder) {
  const sizes = (await readdir(folder)).map(async (name) => (await stat(path.join(folder, name))).size);
  return (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0);
}
