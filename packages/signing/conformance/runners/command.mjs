import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const program = fileURLToPath(new URL("print.mjs", import.meta.url));

/** A runtime that is a command: Node, Bun, and Deno with no permission but to read the bundle and to reach loopback. */
export async function runCommand({ binary, bundle, origin, folder, timeout, args = [] }) {
  const { stdout } = await promisify(execFile)(binary, [...args, program, bundle, origin], {
    cwd: folder,
    timeout,
    killSignal: "SIGKILL",
    maxBuffer: 64 * 1024 * 1024,
    env: { PATH: process.env.PATH, HOME: folder, DENO_DIR: folder, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
  });
  return JSON.parse(stdout);
}
