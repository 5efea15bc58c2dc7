import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";

/** What the tests of all packages are run on, as npm packages: by the name of its folder. */
const runtimes = {
  "node-20": "node@20.20.2",
  "node-22": "node@22.23.3",
  "node-24": "node@24.21.0",
  deno: "deno@2.9.6",
  bun: "bun@1.4.5",
  workerd: "workerd@1.20261117.1",
};

/** The file to run. What is not in the folder in this version is installed there: never in the workspace, where `node` would put itself first on the path. */
export function findRuntime(name, kept) {
  const wanted = runtimes[name];
  const [packageName, version] = wanted.split("@");
  if (packageName === "node" && process.versions.node.split(".")[0] === version.split(".")[0])
    return process.execPath;
  const folder = join(resolve(kept), name);
  const manifest = join(folder, "node_modules", packageName, "package.json");
  if (!existsSync(manifest) || JSON.parse(readFileSync(manifest, "utf8")).version !== version) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
    execFileSync("npm", ["install", "--save-exact", "--no-audit", "--no-fund", "--loglevel=error", wanted], {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"],
    });
  }
  return realpathSync(join(folder, "node_modules", ".bin", packageName));
}
