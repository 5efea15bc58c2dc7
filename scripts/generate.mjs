// Generates packages/types from the description in openapi/. `--check` only says whether that is up to date.
import { run } from "./run.mjs";

await run("node", [
  "packages/codegen/bin/upvest-codegen.js",
  "generate",
  "openapi/upvest-investment-api.yaml",
  "--names",
  "openapi/names.yaml",
  "--out",
  "packages/types/src/generated",
  ...process.argv.slice(2),
]);
