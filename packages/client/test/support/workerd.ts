import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { serveWorkerd } from "../../../signing/conformance/runners/serve-workerd.mjs";

export interface Bundle {
  readonly folder: string;
  remove(): void;
}

/** The worker with client and signing, and nothing of Node. */
export async function buildWorker(): Promise<Bundle> {
  const folder = mkdtempSync(join(tmpdir(), "upvest-sdk-worker-"));
  await build({
    entryPoints: [fileURLToPath(new URL("workerd-worker.ts", import.meta.url))],
    outfile: join(folder, "worker.mjs"),
    bundle: true,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    mainFields: ["module", "main"],
    logLevel: "error",
  });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

const config = (compatibilityDate: string, api: string) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["private", "public"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.mjs")],
  compatibilityDate = "${compatibilityDate}",
  bindings = [(name = "API", text = "${api}")],
);
`;

/** What the worker says of a call. */
export interface Told {
  readonly ok: boolean;
  readonly error?: string;
  /** In ms, as the one who asked saw it. */
  readonly took: number;
}

export interface Worker {
  /** How often it was asked for a token, and for the secret. */
  readonly asked: { token: number; secret: number };
  /** The first answer of either kind may be late, by so many ms, or never come. In s: `expiresIn`. */
  readonly api: { firstToken: number; firstSecret: number; secondToken: number; expiresIn: number };
  call(): Promise<Told>;
  /** A request that begins a call, and ends while that is waiting. */
  leave(): Promise<void>;
  /** A request whose client breaks the connection once the worker has asked for a token. */
  disconnect(): Promise<void>;
  close(): Promise<void>;
}

export async function startWorker(
  binary: string,
  { folder }: Bundle,
  compatibilityDate: string,
): Promise<Worker> {
  const asked = { token: 0, secret: 0 };
  const api = { firstToken: 0, firstSecret: 0, secondToken: 0, expiresIn: 3600 };
  let tokenAsked = () => {};
  const after = (ms: number, response: ServerResponse, body: string) => {
    if (ms !== Number.POSITIVE_INFINITY) setTimeout(() => response.end(body), ms);
  };
  const server = createServer((incoming, response) => {
    incoming.resume();
    if (incoming.url === "/secret") after(++asked.secret === 1 ? api.firstSecret : 0, response, "secret");
    else if (incoming.url === "/auth/token") {
      const n = ++asked.token;
      tokenAsked();
      const late = n === 1 ? api.firstToken : n === 2 ? api.secondToken : 0;
      after(late, response, JSON.stringify({ access_token: `token-${n}`, expires_in: api.expiresIn }));
    } else response.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const file = join(folder, `${(server.address() as AddressInfo).port}.capnp`);
  writeFileSync(file, config(compatibilityDate, origin));
  const workerd = await serveWorkerd(binary, file);
  const ask = async (path: string): Promise<string> => {
    const response = await fetch(workerd.origin + path, { signal: AbortSignal.timeout(60_000) });
    const text = await response.text();
    if (!response.ok) throw new Error(`workerd answered ${response.status}: ${text} ${workerd.output()}`);
    return text;
  };
  return {
    asked,
    api,
    async call() {
      const begun = performance.now();
      return { ...JSON.parse(await ask("/call")), took: performance.now() - begun };
    },
    async leave() {
      await ask("/leave");
    },
    disconnect() {
      return new Promise<void>((resolve) => {
        const broken = request(`${workerd.origin}/call`);
        broken.on("error", () => {});
        broken.on("close", () => resolve());
        tokenAsked = () => broken.destroy();
        broken.end();
      });
    },
    async close() {
      await workerd.close();
      server.closeAllConnections();
      server.close();
    },
  };
}
