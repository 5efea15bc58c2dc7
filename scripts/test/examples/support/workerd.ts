import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import {
  serveWorkerd,
  type Workerd,
} from "../../../../packages/signing/conformance/runners/serve-workerd.mjs";

/** A KV namespace as workerd asks for it: by HTTP. */
async function startKv() {
  const values = new Map<string, Buffer>();
  const server = createServer(async (request, response) => {
    const key = decodeURIComponent(request.url!.slice(1).split("?")[0]!);
    if (request.method === "PUT") {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part);
      values.set(key, Buffer.concat(parts));
      response.end();
    } else if (values.has(key)) response.end(values.get(key));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Bundles a Worker, and runs it in workerd by its wrangler.jsonc, with `ORDERS` as a KV namespace. */
export async function startWorker(
  binary: string,
  example: string,
  variables: Record<string, string>,
): Promise<Workerd> {
  const folder = mkdtempSync(join(tmpdir(), "upvest-sdk-worker-"));
  const wrangler = readFileSync(join(example, "wrangler.jsonc"), "utf8");
  const read = (name: string) => new RegExp(`"${name}": "([^"]+)"`).exec(wrangler)![1]!;
  await build({
    entryPoints: [join(example, read("main"))],
    outfile: join(folder, "worker.mjs"),
    bundle: true,
    format: "esm",
    target: "es2022",
    // Nothing of Node.
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["workerd", "worker", "browser"],
    logLevel: "error",
  });
  const kv = await startKv();
  const bindings = Object.entries(variables).map(
    ([name, value]) => `(name = "${name}", text = ${JSON.stringify(value)})`,
  );
  writeFileSync(
    join(folder, "workerd.capnp"),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["private", "public"])),
    (name = "kv", external = (address = "${kv.address}", http = ())),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.mjs")],
  compatibilityDate = "${read("compatibility_date")}",
  bindings = [${bindings.join(", ")}, (name = "ORDERS", kvNamespace = "kv")],
);
`,
  );
  const clean = () => {
    kv.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const workerd = await serveWorkerd(binary, join(folder, "workerd.capnp"));
    return { ...workerd, close: () => workerd.close().finally(clean) };
  } catch (error) {
    clean();
    throw error;
  }
}
