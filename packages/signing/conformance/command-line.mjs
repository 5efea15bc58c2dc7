import process from "node:process";
import { parseArgs } from "node:util";
import { findBinary, runtimes } from "./runtimes.mjs";

/**
 * Reads `<folder> [--install] [name...]` and the flags of the suite itself, and gives the runtimes that are wanted. With
 * `--install` it only installs them and ends.
 */
export function readCommandLine(flags = []) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: Object.fromEntries(
      ["install", ...flags].map((name) => [name, { type: "boolean", default: false }]),
    ),
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
  if (values.install) {
    for (const runtime of wanted) console.log(`${runtime.name}: ${findBinary(runtime, kept)}`);
    process.exit();
  }
  return { wanted, kept, flags: values };
}

/** A line that counts, and what failed beneath it; with a failure, this process ends with 1. */
export function tell(label, { passed, failures }) {
  console.log(`${label}: ${passed} passed, ${failures.length} failed`);
  for (const { name, message } of failures) console.log(`  ${name}: ${message}`);
  if (failures.length > 0) process.exitCode = 1;
}

/** The same for a runtime that gave no report. */
export function tellNotRun(label, error) {
  tell(label, { passed: 0, failures: [{ name: "it did not run", message: String(error) }] });
}
