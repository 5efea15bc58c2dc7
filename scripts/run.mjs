import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The root of the repository, with a slash at the end. */
export const root = fileURLToPath(new URL("../", import.meta.url));

/**
 * Runs a program to its end, in view of whoever runs the script.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} [cwd]
 * @returns {Promise<void>} rejected when the program fails
 */
export function run(command, args, cwd = root) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1" };
    const child = spawn(command, args, { cwd, env, stdio: "inherit", shell: process.platform === "win32" });
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ${args.join(" ")} ended with ${signal ?? code}`));
    });
  });
}

/** Builds all packages. */
export function build() {
  return run("node", ["node_modules/turbo/bin/turbo", "run", "build", "--output-logs=errors-only"]);
}

/**
 * Generates types from the shipped description.
 *
 * @param {string} folder
 * @param {...string} more further arguments of `upvest-codegen generate`
 */
export function generateInto(folder, ...more) {
  const description = "openapi/upvest-investment-api.yaml";
  const cli = "packages/codegen/bin/upvest-codegen.js";
  return run("node", [
    cli,
    "generate",
    description,
    "--names",
    "openapi/names.yaml",
    "--out",
    folder,
    ...more,
  ]);
}
