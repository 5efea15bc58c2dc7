import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface Running {
  readonly child: ChildProcess;
  /** The first line that it writes with such text, also of before. */
  line(text: string): Promise<string>;
  kill(signal?: NodeJS.Signals): Promise<unknown>;
}

/** Runs a program, as one would from a shell. */
export function runProgram(cwd: string, args: readonly string[], env: Record<string, string>): Running {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const lines: string[] = [];
  let heard = () => {};
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      lines.push(line);
      heard();
    });
  }
  child.once("exit", () => heard());
  return {
    child,
    async line(text) {
      for (;;) {
        const found = lines.find((line) => line.includes(text));
        if (found !== undefined) return found;
        if (child.exitCode !== null) throw new Error(`it ended without ${text}:\n${lines.join("\n")}`);
        await new Promise<void>((resolve) => {
          heard = resolve;
        });
      }
    },
    kill(signal = "SIGKILL") {
      child.kill(signal);
      return ended;
    },
  };
}
