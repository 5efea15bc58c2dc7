import { spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** A real description as it can be downloaded. It is not part of the repository, so it may be missing. */
export const download = path.join(root, "../shared/reference/upvest-1.9.0.downloaded.yaml");

/** The description that the repository ships. */
export const shipped = path.join(root, "openapi/upvest-investment-api.yaml");

const require = createRequire(import.meta.url);
const usageHook = new URL("usage-hook.mjs", import.meta.url).href;

/** @typedef {{ wallMs: number, userMs: number, peakMb: number, stdout: string }} Run What one process cost, and said. */

/** The path of a file in an installed package, whether it exports that file or not. */
export function packageFile(/** @type {string} */ name, /** @type {string} */ file) {
  const folders = (require.resolve.paths(name) ?? []).map((folder) => path.join(folder, name));
  const folder = folders.find((one) => existsSync(path.join(one, "package.json")));
  if (folder === undefined) throw new Error(`${name} is not installed.`);
  return path.join(realpathSync(folder), file);
}

/**
 * Runs a Node program to its end. A child begins with the memory of its parent counted as its own peak, so the process
 * that calls this has to stay small: whatever parses or compiles is run in a child as well.
 *
 * @param {string[]} args
 * @param {string} cwd
 * @returns {Promise<Run>}
 * @throws if the program fails
 */
export function runNode(args, cwd) {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(process.execPath, ["--import", usageHook, ...args], {
      cwd,
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });
    const [, out, err, usage] = child.stdio.map((stream) => {
      /** @type {Buffer[]} */
      const chunks = [];
      stream?.on("data", (chunk) => chunks.push(chunk));
      return chunks;
    });
    let wallMs = 0;
    child.on("exit", () => {
      wallMs = performance.now() - start;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      const [stdout, stderr, figures] = [out, err, usage].map((chunks) =>
        Buffer.concat(chunks ?? []).toString(),
      );
      if (code !== 0) reject(new Error(`node ${args.join(" ")} ended with ${code}:\n${stdout}${stderr}`));
      else resolve({ ...JSON.parse(figures ?? ""), wallMs, stdout: stdout ?? "" });
    });
  });
}

/**
 * Runs the tasks by turns (A B A B ...), so that whatever else the machine does meets all of them alike.
 *
 * @template T
 * @template {string} Name
 * @param {number} rounds
 * @param {Record<Name, (round: number) => Promise<T>>} tasks
 * @returns {Promise<Record<Name, T[]>>} for each task, the result of each round
 */
export async function alternate(rounds, tasks) {
  const names = /** @type {Name[]} */ (Object.keys(tasks));
  /** @type {Partial<Record<Name, T[]>>} */
  const results = {};
  for (const name of names) results[name] = [];
  for (let round = 0; round < rounds; round++) {
    for (const name of names) results[name]?.push(await tasks[name](round));
  }
  return /** @type {Record<Name, T[]>} */ (results);
}

/** @param {readonly number[]} values */
export function median(values) {
  if (values.length === 0) throw new RangeError("There is no median of nothing.");
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[sorted.length / 2 - 1] ?? 0) + upper) / 2;
}

/**
 * The median of the rounds' ratios, which a load that comes and goes disturbs less than the ratio of two medians.
 *
 * @param {readonly number[]} values
 * @param {readonly number[]} others as many
 * @returns {number | undefined} undefined if there is nothing to divide by
 */
export function ratio(values, others) {
  if (values.length !== others.length) throw new RangeError("Each value needs one to be divided by.");
  const ratios = values.flatMap((value, round) => {
    const other = others[round] ?? 0;
    return other > 0 ? [value / other] : [];
  });
  return ratios.length === 0 ? undefined : median(ratios);
}

/**
 * Gives a new folder to the task, and removes it afterwards.
 *
 * @template T
 * @param {(folder: string) => Promise<T>} task
 * @returns {Promise<T>}
 */
export async function inFolder(task) {
  const folder = await mkdtemp(path.join(tmpdir(), "upvest-bench-"));
  try {
    return await task(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** openapi-typescript's own output, the way its users get it. */
export async function openapiTypescript(/** @type {string} */ source, /** @type {string} */ file) {
  return runNode([packageFile("openapi-typescript", "bin/cli.js"), source, "-o", file], path.dirname(file));
}

/**
 * The types that @hey-api/openapi-ts writes. Its command is only a parent of this process, which is spared here.
 *
 * @param {string} source
 * @param {string} folder that it makes
 */
export async function heyApi(source, folder) {
  const program = packageFile("@hey-api/openapi-ts", "dist/run.mjs");
  const options = ["--plugins", "@hey-api/typescript", "--no-log-file"];
  return runNode([program, "-i", source, "-o", folder, ...options], path.dirname(folder));
}

/** Of the files in it, together. @param {string} folder */
export async function folderSize(folder) {
  const sizes = (await readdir(folder)).map(async (name) => (await stat(path.join(folder, name))).size);
  return (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0);
}
