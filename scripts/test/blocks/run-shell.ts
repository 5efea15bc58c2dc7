import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "./find-blocks.js";

const commands = fileURLToPath(new URL("commands.mjs", import.meta.url));
const names = ["npm", "npx", "pnpm", "openssl", "upvest", "upvest-codegen", "upvest-sandbox"];

/** What pages leave open, as in `<file>`. */
const placeholders: Readonly<Record<string, string>> = {
  "<file|url>": "description.yaml",
  "<file>": "description.yaml",
  "<dir>": "out",
  "<folder>": "out",
};

/** Runs a text of bash in a folder; commands of the pages are those of `commands.mjs`. Gives all that it printed. */
export function runShell(
  text: string,
  page: string,
  folder: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<{ code: number; output: string }> {
  const path = join(folder, "commands");
  mkdirSync(path, { recursive: true });
  for (const name of names)
    writeFileSync(join(path, name), `#!/bin/sh\nexec "${process.execPath}" "${commands}" ${name} "$@"\n`, {
      mode: 0o755,
    });
  let filled = text;
  for (const [open, given] of Object.entries(placeholders)) filled = filled.replaceAll(open, given);
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("UPVEST_"));
  return new Promise((resolve) => {
    execFile(
      "bash",
      // One stream, as on a screen.
      ["-euc", `exec 2>&1\n${filled}`],
      {
        cwd: folder,
        timeout: 100_000,
        env: {
          ...Object.fromEntries(own),
          PATH: `${path}${delimiter}${process.env["PATH"]}`,
          PAGE_FOLDER: join(root, dirname(page)),
          ...environment,
        },
      },
      (error, stdout) => resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout }),
    );
  });
}
