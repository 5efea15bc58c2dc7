// Generates packages/types, and the description that the sandbox serves, from the description in openapi/. `--check` only
// says whether they are up to date.
import { generateInto, root } from "./run.mjs";
import { writeSandboxDescription } from "./sandbox-description.mjs";

const args = process.argv.slice(2);
try {
  await generateInto("packages/types/src/generated", ...args);
  await writeSandboxDescription(root, args.includes("--check"));
} catch (error) {
  // The first has said itself what is wrong.
  if (error instanceof Error && !error.message.startsWith("node ")) console.error(error.message);
  process.exitCode = 1;
}
