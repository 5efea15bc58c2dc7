import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../../../", import.meta.url));

function run(command: string, args: readonly string[], cwd: string): void {
  const shell = process.platform === "win32";
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8", shell });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${error ?? ""}\n${stdout}\n${stderr}`);
}

/** Packs all packages as they are published, into a new folder. */
export function packInto(tarballs: string): void {
  mkdirSync(tarballs);
  // The pnpm that runs the tests, else the one that the repository asks for.
  const running = process.env["npm_execpath"];
  const args = ["-r", "--filter", "./packages/*", "pack", "--pack-destination", tarballs];
  if (running && /pnpm[^/\\]*\.[cm]?js$/.test(running)) run(process.execPath, [running, ...args], repository);
  else {
    const { packageManager } = JSON.parse(readFileSync(path.join(repository, "package.json"), "utf8"));
    run("npx", ["--yes", packageManager, ...args], repository);
  }
}

/** Packs all packages and unpacks them again: the folder of each, by its name below `packages`. */
export function packAll(scratch: string): Map<string, string> {
  const tarballs = path.join(scratch, "tarballs");
  packInto(tarballs);
  const unpacked = new Map<string, string>();
  for (const tarball of readdirSync(tarballs)) {
    const name = /^upvest-sdk-(.+)-\d+\.\d+\.\d+.*\.tgz$/.exec(tarball)?.[1];
    if (name === undefined) throw new Error(`${tarball} is no package of ours`);
    const folder = path.join(scratch, name);
    mkdirSync(folder);
    run("tar", ["-xzf", path.join(tarballs, tarball), "-C", folder, "--strip-components=1"], scratch);
    unpacked.set(name, folder);
  }
  return unpacked;
}

/** The files of a folder, by their path in it, with slashes. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/"));
}
