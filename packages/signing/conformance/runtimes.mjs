import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import process from "node:process";
import { findRuntime } from "./find-runtime.mjs";
import { runChromium } from "./runners/chromium.mjs";
import { runCommand, runDeno } from "./runners/command.mjs";
import { runWorkerd } from "./runners/workerd.mjs";

const chromium = process.env.UPVEST_SDK_CHROMIUM ?? "/usr/bin/chromium";

/** What suites run in, and what gives each of them a bundle. A `command` has Node's modules, and can listen. */
export const runtimes = [
  { name: "Node 20", runtime: "node-20", run: runCommand, kind: "command" },
  { name: "Node 22", runtime: "node-22", run: runCommand, kind: "command" },
  { name: "Node 24", runtime: "node-24", run: runCommand, kind: "command" },
  { name: "Deno", runtime: "deno", run: runDeno, kind: "command" },
  { name: "Bun", runtime: "bun", run: runCommand, kind: "command" },
  { name: "workerd", runtime: "workerd", run: runWorkerd, kind: "worker" },
  { name: "Chromium", run: runChromium, kind: "page" },
];

/** The file to run; installs what is not there. */
export function findBinary({ runtime }, kept) {
  if (runtime !== undefined) return findRuntime(runtime, kept);
  if (!existsSync(chromium))
    execFileSync("apt-get", ["install", "-y", "--no-install-recommends", "chromium"]);
  return chromium;
}
