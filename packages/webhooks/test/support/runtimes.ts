import { spawn } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { findRuntime } from "../../../signing/conformance/find-runtime.mjs";

/** Outside of the workspace, as packages/signing/conformance has it: a folder a runtime. */
export const runtimesFolder: string | undefined = process.env["UPVEST_SDK_RUNTIMES"] || undefined;

export interface Runtime {
  readonly name: "workerd" | "bun" | "deno";
  /** Serves the `fetch` of an `app`. */
  readonly serve: string;
  readonly args: (folder: string) => string[];
  /** Where the program tells its port. */
  readonly tells: 1 | 3;
}

export const runtimes: readonly Runtime[] = [
  {
    name: "workerd",
    serve: "export default { fetch: app.fetch };",
    args: (folder) => ["serve", "--control-fd=3", join(folder, "workerd.capnp")],
    tells: 3,
  },
  {
    name: "bun",
    serve: `const { port } = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: app.fetch });
console.log(JSON.stringify({ port }));`,
    args: (folder) => [join(folder, "program.mjs")],
    tells: 1,
  },
  {
    name: "deno",
    serve: `const onListen = ({ port }) => console.log(JSON.stringify({ port }));
Deno.serve({ port: 0, hostname: "127.0.0.1", onListen }, app.fetch);`,
    args: (folder) => [
      "run",
      "--no-prompt",
      "--no-config",
      "--no-lock",
      "--allow-net=127.0.0.1",
      join(folder, "program.mjs"),
    ],
    tells: 1,
  },
];

// Without `nodejs_compat`.
const config = (compatibilityDate: string) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["private", "public"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "program", esModule = embed "program.mjs")],
  compatibilityDate = "${compatibilityDate}",
);
`;

const here = fileURLToPath(new URL(".", import.meta.url));

/** Runs a program, bundled, until it is closed. */
export async function run(
  runtime: Runtime,
  contents: string,
  compatibilityDate = "2025-10-01",
): Promise<{ origin: string; close(): Promise<void> }> {
  const binary = findRuntime(runtime.name, runtimesFolder!);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "upvest-sdk-webhooks-")));
  await build({
    stdin: { contents, resolveDir: here, loader: "ts" },
    outfile: join(folder, "program.mjs"),
    bundle: true,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    mainFields: ["module", "main"],
  });
  writeFileSync(join(folder, "workerd.capnp"), config(compatibilityDate));
  const child = spawn(binary, runtime.args(folder), {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    env: {
      PATH: process.env["PATH"],
      HOME: folder,
      DENO_DIR: folder,
      DENO_NO_UPDATE_CHECK: "1",
      NO_COLOR: "1",
    },
  });
  let output = "";
  for (const stream of [child.stdout!, child.stderr!]) stream.on("data", (text) => (output += text));
  const ended = new Promise<void>((done) => child.on("exit", () => done()));
  const close = async () => {
    child.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const port = await new Promise<number>((found, failed) => {
      child.on("error", failed);
      child.on("exit", () => failed(new Error(`${runtime.name} ended: ${output}`)));
      createInterface({ input: child.stdio[runtime.tells] as NodeJS.ReadableStream }).on("line", (line) => {
        const { port } = JSON.parse(line);
        if (port) found(port);
      });
    });
    return { origin: `http://127.0.0.1:${port}`, close };
  } catch (error) {
    await close();
    throw error;
  }
}
