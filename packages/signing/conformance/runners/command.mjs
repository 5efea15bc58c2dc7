import { execFile } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const printing = fileURLToPath(new URL("print.mjs", import.meta.url));
const here = dirname(printing);

/**
 * A runtime that is a command: Node or Bun.
 *
 * @param calls what the bundle exports, by name, and with what it is called; the results come in the same order
 * @param program what makes the calls
 */
export async function runCommand({ binary, bundle, calls, folder, timeout, program = printing, args = [] }) {
  const running = promisify(execFile)(binary, [...args, program, bundle], {
    cwd: folder,
    timeout,
    killSignal: "SIGKILL",
    maxBuffer: 64 * 1024 * 1024,
    env: { PATH: process.env.PATH, HOME: folder, DENO_DIR: folder, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
  });
  // One that has ended already says more by its exit than by this.
  running.child.stdin.on("error", () => {});
  running.child.stdin.end(JSON.stringify(calls));
  return JSON.parse((await running).stdout);
}

/** Deno, with no permission but to read programs and bundle and to reach loopback. */
export const runDeno = ({ program = printing, ...options }) =>
  runCommand({
    ...options,
    program,
    args: [
      "run",
      "--no-prompt",
      "--no-config",
      "--no-lock",
      `--allow-read=${here},${dirname(program)},${options.folder}`,
      "--allow-net=127.0.0.1",
    ],
  });
