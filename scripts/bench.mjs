// Measures generator and types against openapi-typescript, signing and client against the bare primitives: node scripts/bench.mjs --help
import { existsSync } from "node:fs";
import { cpus } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { measureClient } from "./bench/client.mjs";
import { measureClientTypes } from "./bench/client-types.mjs";
import { measureGenerate } from "./bench/generate.mjs";
import { measureLinear } from "./bench/linear.mjs";
import { download, packageFile, root, shipped } from "./bench/run.mjs";
import { measureSandbox } from "./bench/sandbox.mjs";
import { measureShippedBytes } from "./bench/shipped-bytes.mjs";
import { measureSigning } from "./bench/signing.mjs";
import { table } from "./bench/table.mjs";
import { measureTypecheck } from "./bench/typecheck.mjs";
import { measureWebhooks } from "./bench/webhooks.mjs";

/** @type {Record<string, { needs: string, runs: number, quick: number, measure: (runs: number) => Promise<import("./bench/table.mjs").Section> }>} */
const measurements = {
  generate: { needs: download, runs: 7, quick: 1, measure: measureGenerate },
  linear: { needs: download, runs: 2, quick: 1, measure: measureLinear },
  typecheck: { needs: shipped, runs: 7, quick: 1, measure: measureTypecheck },
  bytes: { needs: shipped, runs: 1, quick: 1, measure: measureShippedBytes },
  // Its rounds take some milliseconds.
  signing: { needs: shipped, runs: 300, quick: 100, measure: measureSigning },
  client: { needs: shipped, runs: 200, quick: 50, measure: measureClient },
  webhooks: { needs: shipped, runs: 200, quick: 50, measure: measureWebhooks },
  sandbox: { needs: shipped, runs: 200, quick: 10, measure: measureSandbox },
  "client-types": { needs: shipped, runs: 1, quick: 1, measure: measureClientTypes },
};

const usage = `node scripts/bench.mjs [--quick] [--json] [--only <name>]
  --quick        fewer runs of each: fast, and noisy
  --json         the figures for machines
  --only <name>  one of ${Object.keys(measurements).join(", ")}; can be repeated
Exit codes: 0 no target missed, 1 a target missed, 2 wrong usage or nothing built.
`;

process.exitCode = await main(process.argv.slice(2));

async function main(/** @type {string[]} */ args) {
  let options;
  try {
    options = parseArgs({
      args,
      options: {
        quick: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        only: { type: "string", multiple: true, default: Object.keys(measurements) },
        help: { type: "boolean", short: "h", default: false },
      },
    }).values;
  } catch (error) {
    return wrong(`${/** @type {Error} */ (error).message}\n\n${usage}`);
  }
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  const unknown = options.only.find((name) => !Object.hasOwn(measurements, name));
  if (unknown !== undefined) return wrong(`There is no measurement ${JSON.stringify(unknown)}.\n\n${usage}`);
  if (!isBuilt()) return wrong("The packages are not built: run `pnpm build` first.\n");

  const sections = [];
  const skipped = [];
  for (const [name, { needs, runs, quick, measure }] of Object.entries(measurements)) {
    if (!options.only.includes(name)) continue;
    if (!existsSync(needs)) skipped.push({ name, missing: path.relative(root, needs) });
    else {
      if (process.stderr.isTTY) process.stderr.write(`measuring ${name} ...\n`);
      sections.push(await measure(options.quick ? quick : runs));
    }
  }
  const missed = sections.flatMap(({ rows }) => rows).filter(({ met }) => met === false).length;
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ node: process.version, cores: cpus().length, missed, skipped, sections }, null, 2)}\n`
      : report(sections, skipped, missed),
  );
  return missed === 0 ? 0 : 1;
}

function wrong(/** @type {string} */ message) {
  process.stderr.write(message);
  return 2;
}

function isBuilt() {
  return [
    packageFile("@upvest-sdk/codegen", "dist/cli.js"),
    packageFile("@upvest-sdk/types", "dist/index.d.ts"),
    packageFile("@upvest-sdk/signing", "dist/node.js"),
    packageFile("@upvest-sdk/client", "dist/index.js"),
    packageFile("@upvest-sdk/webhooks", "dist/index.js"),
  ].every((file) => existsSync(file));
}

/**
 * @param {import("./bench/table.mjs").Section[]} sections
 * @param {{ name: string, missing: string }[]} skipped
 * @param {number} missed
 */
function report(sections, skipped, missed) {
  return [
    ...(sections.length === 0 ? [] : [table(sections)]),
    ...skipped.map(({ name, missing }) => `SKIPPED: ${name}, because there is no ${missing}`),
    `Node ${process.version}, ${cpus().length} cores. Figures are medians; a ratio is the median of the rounds' ratios.`,
    missed === 0
      ? "No measured target is missed."
      : `${missed} ${missed === 1 ? "target is" : "targets are"} MISSED.`,
    "",
  ].join("\n");
}
