import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Builds what a process of its own runs: a program in this folder. */
export async function buildProgram(name: string): Promise<{ file: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), "upvest-sdk-program-"));
  const file = join(folder, "program.cjs");
  await build({
    entryPoints: [fileURLToPath(new URL(`${name}.ts`, import.meta.url))],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    logLevel: "error",
  });
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface Program {
  readonly child: ChildProcess;
  /** When it is over, whichever way. */
  readonly ended: Promise<unknown>;
  kill(): Promise<unknown>;
}

export function startProgram(file: string, settings: unknown): Program {
  const child = fork(file, [JSON.stringify(settings)], { execArgv: [] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  return {
    child,
    ended,
    kill() {
      child.kill("SIGKILL");
      return ended;
    },
  };
}
