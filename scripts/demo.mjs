// The main job, from the description to a program that runs: builds, generates, compiles a consumer, runs it.
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { build, root, run } from "./run.mjs";

const step = (/** @type {string} */ text) => console.log(`\n── ${text}`);

step("Building the packages");
await build();

step("Generating types from openapi/upvest-investment-api.yaml");
// Inside the repository, so that the program below finds the package as any workspace program would.
const scratch = await mkdtemp(path.join(root, "scripts/node_modules/.demo-"));
try {
  await run("node", [
    "packages/codegen/bin/upvest-codegen.js",
    "generate",
    "openapi/upvest-investment-api.yaml",
    "--names",
    "openapi/names.yaml",
    "--out",
    path.join(scratch, "generated"),
  ]);

  step("Compiling a program that uses them (scripts/demo/consumer.ts)");
  await mkdir(path.join(scratch, "src"));
  await cp(path.join(root, "scripts/demo/consumer.ts"), path.join(scratch, "src/consumer.ts"));
  await writeFile(path.join(scratch, "package.json"), JSON.stringify({ type: "module" }));
  await writeFile(
    path.join(scratch, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        strict: true,
        exactOptionalPropertyTypes: true,
        module: "nodenext",
        target: "es2022",
        lib: ["es2022"],
        types: ["node"],
        outDir: "dist",
      },
      include: ["src"],
    }),
  );
  await run("node", [path.join(root, "node_modules/typescript/bin/tsc"), "-p", scratch]);
  console.log("It compiles.");

  step("Running it");
  await run("node", [path.join(scratch, "dist/consumer.js")]);
} finally {
  await rm(scratch, { recursive: true, force: true });
}

step("Done. Next: README.md shows the same with a call of your own.");
