// One and the same suite in every runtime: `node conformance/run.mjs <folder> [--headers] [--install] [name...]`; see the README.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { findRuntime } from "./find-runtime.mjs";
import { runChromium } from "./runners/chromium.mjs";
import { runCommand } from "./runners/command.mjs";
import { runWorkerd } from "./runners/workerd.mjs";

const timeout = 300_000;
const chromium = process.env.UPVEST_SDK_CHROMIUM ?? "/usr/bin/chromium";

const here = fileURLToPath(new URL(".", import.meta.url));
const runCommandOfDeno = (options) =>
  runCommand({
    ...options,
    args: [
      "run",
      "--no-prompt",
      "--no-config",
      "--no-lock",
      `--allow-read=${here},${options.folder}`,
      "--allow-net=127.0.0.1",
    ],
  });

const both = ["portable", "node"];
const runtimes = [
  { name: "Node 20", runtime: "node-20", run: runCommand, entries: both },
  { name: "Node 22", runtime: "node-22", run: runCommand, entries: both },
  { name: "Node 24", runtime: "node-24", run: runCommand, entries: both },
  { name: "Deno", runtime: "deno", run: runCommandOfDeno, entries: both },
  { name: "Bun", runtime: "bun", run: runCommand, entries: both },
  { name: "workerd", runtime: "workerd", run: runWorkerd, entries: ["portable"] },
  { name: "Chromium", run: runChromium, entries: ["portable"] },
];

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { headers: { type: "boolean", default: false }, install: { type: "boolean", default: false } },
});
const isName = (word) => runtimes.some(({ name }) => name === word);
const kept = positionals.find((word) => !isName(word)) ?? process.env.UPVEST_SDK_RUNTIMES;
const only = positionals.filter(isName);
if (kept === undefined) {
  console.error(
    "Say where to keep the runtimes, outside of the workspace: an argument, or UPVEST_SDK_RUNTIMES.",
  );
  process.exit(2);
}
const wanted = runtimes.filter(({ name }) => only.length === 0 || only.includes(name));

/** The file to run; installs what is not there. */
function findBinary({ runtime }) {
  if (runtime !== undefined) return findRuntime(runtime, kept);
  if (!existsSync(chromium))
    execFileSync("apt-get", ["install", "-y", "--no-install-recommends", "chromium"]);
  return chromium;
}

if (flags.install) {
  for (const runtime of wanted) console.log(`${runtime.name}: ${findBinary(runtime)}`);
  process.exit();
}

const folder = realpathSync(mkdtempSync(join(tmpdir(), "upvest-sdk-conformance-")));
let failed = false;
try {
  const bundled = (name, options = {}) =>
    build({
      entryPoints: [join(here, `${name}.ts`)],
      outfile: join(folder, `${name}.mjs`),
      bundle: true,
      format: "esm",
      target: "es2022",
      platform: "neutral",
      mainFields: ["module", "main"],
      external: ["node:*"],
      ...options,
    });
  for (const name of ["portable", "node", "wire"]) await bundled(name);
  const { startWireServer, judge, sortHeaders, caseOf, caseNames } = await import(
    pathToFileURL(join(folder, "wire.mjs"))
  );

  for (const runtime of wanted) {
    for (const entry of runtime.entries) {
      const label = entry === "node" ? `${runtime.name} (/node)` : runtime.name;
      const server = await startWireServer();
      try {
        const binary = findBinary(runtime);
        const bundle = join(folder, `${entry}.mjs`);
        const { report, unsent } = await runtime.run({
          binary,
          bundle,
          origin: server.origin,
          folder,
          timeout,
        });
        for (const message of unsent) report.failures.push({ name: "on the wire", message });
        const seen = new Set(server.received.map(caseOf));
        for (const name of caseNames()) {
          if (!seen.has(name) && !unsent.some((message) => message.startsWith(name)))
            report.failures.push({ name: `on the wire: ${name}`, message: "never came" });
        }
        for (const request of server.received) {
          const message = await judge(request);
          if (message === undefined) report.passed++;
          else report.failures.push({ name: `on the wire: ${caseOf(request)}`, message });
        }
        console.log(`${label}: ${report.passed} passed, ${report.failures.length} failed`);
        for (const { name, message } of report.failures) console.log(`  ${name}: ${message}`);
        if (flags.headers) printHeaders(server.received, report.notes, sortHeaders, caseOf);
        failed ||= report.failures.length > 0;
      } catch (error) {
        console.log(`${label}: 0 passed, 1 failed\n  it did not run: ${error}`);
        failed = true;
      } finally {
        await server.close();
      }
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;

function printHeaders(received, notes, sortHeaders, caseOf) {
  for (const note of notes) console.log(`  ${note}`);
  for (const request of received) {
    const { covered, listed } = sortHeaders(request);
    console.log(`  ${caseOf(request)}\n    covered: ${covered.join(" ")}\n    not: ${listed.join(" ")}`);
  }
}
