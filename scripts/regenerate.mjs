// pnpm regenerate <file|url> [--force]: takes a newer description, and does all that follows from it.
import { parseArgs } from "node:util";
import { build, root } from "./run.mjs";

const usage = `pnpm regenerate <file|url|-> [--force]

Puts the description at openapi/, generates packages/types from it, writes what changed to openapi/changes/,
and a changeset. Does nothing when nothing changed; refuses an older version unless forced.
`;

/** @returns {{ source: string, force: boolean } | undefined} */
function readArgs() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { force: { type: "boolean", default: false } },
    });
    const [source, ...more] = positionals;
    return source === undefined || more.length > 0 ? undefined : { source, force: values.force };
  } catch {
    return undefined;
  }
}

const args = readArgs();
if (args === undefined) {
  process.stderr.write(usage);
  process.exitCode = 2;
} else {
  await build();
  const { regenerate } = await import("./regenerate/regenerate.mjs");
  try {
    const { changed, from, to, files, summary, unused } = await regenerate(args.source, {
      root,
      force: args.force,
    });
    console.log(
      changed
        ? `From ${from} to ${to}\n\n${summary}\n\nWritten:\n${files.map((file) => `  ${file}`).join("\n")}`
        : summary,
    );
    if (unused.length > 0) {
      console.log(
        `\nopenapi/names.yaml renames models that this description does not have: ${unused.join(", ")}.`,
      );
    }
    if (changed) {
      await build();
      console.log("\nNext: read openapi/changes/, run pnpm test, commit.");
    }
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "CodegenError") throw error;
    console.error(`regenerate: ${error.message}`);
    process.exitCode = 1;
  }
}
