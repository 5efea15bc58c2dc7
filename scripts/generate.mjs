// Generates packages/types from the description in openapi/. `--check` only says whether that is up to date.
import { generateInto } from "./run.mjs";

try {
  await generateInto("packages/types/src/generated", ...process.argv.slice(2));
} catch {
  // It has said what is wrong.
  process.exitCode = 1;
}
