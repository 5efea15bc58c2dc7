// The main job, from the description to a program that runs: builds, generates, compiles a consumer, runs it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { build, generateInto, root, run } from "./run.mjs";

const step = (/** @type {string} */ text) => console.log(`\n── ${text}`);

step("Building the packages");
await build();

step("Generating types from openapi/upvest-investment-api.yaml");
const scratch = await mkdtemp(path.join(tmpdir(), "upvest-demo-"));
try {
  await generateInto(path.join(scratch, "generated"));

  step("Compiling a program that uses them (examples/types/main.ts)");
  const tsc = path.join(root, "node_modules/typescript/bin/tsc");
  await run("node", [tsc, "-p", path.join(root, "examples/types"), "--outDir", "examples/types/dist"]);
  console.log("It compiles.");

  step("Running it");
  await run("node", [path.join(root, "examples/types/dist/main.js")]);

  step("From nothing to a filled order, against a local Upvest (examples/first-order)");
  await run("node", [
    tsc,
    "-p",
    path.join(root, "examples/first-order"),
    "--outDir",
    "examples/first-order/dist",
  ]);
  await run("node", [path.join(root, "examples/first-order/dist/main.js")]);
} finally {
  await rm(scratch, { recursive: true, force: true });
}

step("Done. Next: README.md shows the same with a call of your own.");
