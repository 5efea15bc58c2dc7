// Measures this SDK beside others and beside the bare primitives: node scripts/bench.mjs --help
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { cpus } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { measureClient } from "./bench/client.mjs";
import { measureClientTypes } from "./bench/client-types.mjs";
import { measureGenerate } from "./bench/generate.mjs";
import { measureLinear } from "./bench/linear.mjs";
import { writeRecord } from "./bench/record.mjs";
import { missedIn, report } from "./bench/report.mjs";
import { download, packageFile, root, shipped } from "./bench/run.mjs";
import { measureSandbox } from "./bench/sandbox.mjs";
import { measureShippedBytes } from "./bench/shipped-bytes.mjs";
import { measureSigning } from "./bench/signing.mjs";
import { measureSizes } from "./bench/sizes.mjs";
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
  sizes: { needs: shipped, runs: 1, quick: 1, measure: measureSizes },
};

const usage = `node scripts/bench.mjs [--quick] [--json] [--only <name>] [--write]
  --quick        fewer runs of each: fast, and noisy
  --json         the figures for machines
  --only <name>  one of ${Object.keys(measurements).join(", ")}; can be repeated
  --write        keep the figures in docs/benchmarks.*, and the sizes in README.md; done anyway without --quick and --only
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
        only: { type: "string", multiple: true },
        write: { type: "boolean", default: false },
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
  const names = options.only ?? Object.keys(measurements);
  const unknown = names.find((name) => !Object.hasOwn(measurements, name));
  if (unknown !== undefined) return wrong(`There is no measurement ${JSON.stringify(unknown)}.\n\n${usage}`);
  if (!isBuilt()) return wrong("The packages are not built: run `pnpm build` first.\n");

  /** @type {import("./bench/record.mjs").Measured[]} */
  const measured = [];
  const skipped = [];
  const machine = `Node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} cores`;
  for (const [name, { needs, runs, quick, measure }] of Object.entries(measurements)) {
    if (!names.includes(name)) continue;
    if (!existsSync(needs)) skipped.push({ name, missing: path.relative(root, needs) });
    else {
      if (process.stderr.isTTY) process.stderr.write(`measuring ${name} ...\n`);
      const { peers = [], ...section } = await measure(options.quick ? quick : runs);
      const date = new Date().toISOString().slice(0, 10);
      measured.push({ name, date, machine, versions: await versionsOf(peers), section });
    }
  }
  const sections = measured.map(({ section }) => section);
  const missed = missedIn(sections);
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ machine, missed, skipped, measured }, null, 2)}\n`
      : report(machine, sections, skipped),
  );
  if (options.write || (!options.quick && options.only === undefined)) {
    const written = await writeRecord(measured, Object.keys(measurements));
    process.stderr.write(written.length === 0 ? "Nothing changed.\n" : `Wrote ${written.join(", ")}.\n`);
  }
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
    packageFile("@upvest-sdk/sandbox", "dist/index.js"),
  ].every((file) => existsSync(file));
}

/** @param {readonly string[]} packages */
async function versionsOf(packages) {
  const versions = packages.map(async (folder) => {
    const { name, version } = JSON.parse(await readFile(packageFile(folder, "package.json"), "utf8"));
    return `${name} ${version}`;
  });
  return (await Promise.all(versions)).join(", ");
}
