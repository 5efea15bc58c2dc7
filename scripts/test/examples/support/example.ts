import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");

export const folderOf = (example: string): string =>
  fileURLToPath(new URL(`../../../../examples/${example}/`, import.meta.url));

export interface Ended {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** Runs a program to its end, with nothing in its environment but what is given. */
export async function runToEnd(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): Promise<Ended> {
  const options = { cwd, env: { PATH: process.env["PATH"], ...env } };
  return promisify(execFile)(command, args, options).then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout, errors: stderr }),
    // Anything but a number: it could not be started, or was killed.
    ({ code, stdout, stderr, message }) => ({
      code: typeof code === "number" ? code : -1,
      output: stdout ?? "",
      errors: stderr || message,
    }),
  );
}

/** Compiles an example as its README says; gives what the compiler had to say. */
export async function compile(example: string): Promise<string> {
  const { output, errors } = await runToEnd(
    process.execPath,
    [tsc, "-p", ".", "--outDir", "dist"],
    folderOf(example),
  );
  return output + errors;
}
