import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { serveWorkerd } from "./serve-workerd.mjs";

const config = (bundle) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["private", "public"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "bundle", esModule = embed "${bundle}")],
  compatibilityDate = "2025-01-01",
);
`;

/** The bundle as an ES module worker, without `nodejs_compat`: each call is a `POST /` of `[name, ...args]`. */
export async function runWorkerd({ binary, bundle, calls, timeout }) {
  const file = join(dirname(bundle), "workerd.capnp");
  writeFileSync(file, config(bundle.slice(dirname(bundle).length + 1)));
  const { origin, output, close } = await serveWorkerd(binary, file);
  try {
    const results = [];
    for (const call of calls) {
      const response = await fetch(`${origin}/`, {
        method: "POST",
        body: JSON.stringify(call),
        signal: AbortSignal.timeout(timeout),
      });
      if (!response.ok) throw new Error(`workerd answered ${response.status}: ${output()}`);
      results.push(await response.json());
    }
    return results;
  } finally {
    await close();
  }
}
