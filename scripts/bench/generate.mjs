import { stat } from "node:fs/promises";
import path from "node:path";
import { bar, baseline, ourBar } from "./chart.mjs";
import {
  alternate,
  download,
  folderSize,
  heyApi,
  inFolder,
  openapiTypescript,
  packageFile,
  runNode,
} from "./run.mjs";
import { row, runs } from "./table.mjs";

/** Our command line against others, all as whole processes, on the description as it is downloaded. */
export function measureGenerate(/** @type {number} */ rounds) {
  return inFolder(async (folder) => {
    const cli = packageFile("@upvest-sdk/codegen", "bin/upvest-codegen.js");
    const results = await alternate(rounds, {
      ours: async (round) => {
        const out = path.join(folder, `ours-${round}`);
        const run = await runNode([cli, "generate", download, "--out", out], folder);
        return { ...run, bytes: await folderSize(out) };
      },
      theirs: async (round) => {
        const out = path.join(folder, `theirs-${round}.ts`);
        const run = await openapiTypescript(download, out);
        return { ...run, bytes: (await stat(out)).size };
      },
      heyApi: async (round) => {
        const out = path.join(folder, `hey-${round}`);
        const run = await heyApi(download, out);
        return { ...run, bytes: await folderSize(out) };
      },
    });
    /** @param {"ours" | "heyApi"} which @param {"wallMs" | "userMs" | "bytes" | "peakMb"} figure */
    const against = (which, figure) =>
      /** @type {const} */ ([
        results[which].map((run) => run[figure]),
        results.theirs.map((run) => run[figure]),
      ]);
    const wall = row("wall time", "ms", ...against("ours", "wallMs"), { of: "ratio", atMost: 1 });
    const bytes = row("generated TypeScript, bytes", "bytes", ...against("ours", "bytes"), {
      of: "ratio",
      atMost: 0.4,
    });
    const heyWall = row("  @hey-api/openapi-ts, wall time", "ms", ...against("heyApi", "wallMs"));
    const heyBytes = row("  @hey-api/openapi-ts, bytes", "bytes", ...against("heyApi", "bytes"));
    /** @param {string} title @param {import("./table.mjs").Row} ours @param {import("./table.mjs").Row} hey */
    const chart = (title, ours, hey) => ({
      title,
      better: /** @type {const} */ ("less"),
      bars: [
        baseline("openapi-typescript"),
        ourBar("@upvest-sdk/codegen", ours),
        bar("@hey-api/openapi-ts, types only", hey),
      ],
    });
    return {
      title: "Code generation: the downloaded description (1.9.0), whole processes",
      against: "openapi-typescript 7; @hey-api/openapi-ts writes its types only",
      runs: `${runs(rounds)} of each, by turns`,
      peers: ["openapi-typescript", "@hey-api/openapi-ts"],
      rows: [
        wall,
        heyWall,
        row("user CPU time", "ms", ...against("ours", "userMs")),
        row("  @hey-api/openapi-ts, user CPU time", "ms", ...against("heyApi", "userMs")),
        bytes,
        heyBytes,
        row("peak memory", "MB", ...against("ours", "peakMb"), { of: "measured", atMost: 512 }),
        row("  @hey-api/openapi-ts, peak memory", "MB", ...against("heyApi", "peakMb")),
      ],
      charts: [
        chart("Generating TypeScript from the description: time", wall, heyWall),
        chart("Generated TypeScript: bytes", bytes, heyBytes),
      ],
    };
  });
}
