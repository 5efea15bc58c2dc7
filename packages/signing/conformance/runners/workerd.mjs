import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

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
  const child = spawn(binary, ["serve", "--control-fd=3", file], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
  try {
    const port = await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", () => reject(new Error(`workerd ended: ${output}`)));
      createInterface({ input: child.stdio[3] }).on("line", (line) => {
        const { event, port } = JSON.parse(line);
        if (event === "listen") resolve(port);
      });
    });
    const results = [];
    for (const call of calls) {
      const response = await fetch(`http://127.0.0.1:${port}/`, {
        method: "POST",
        body: JSON.stringify(call),
        signal: AbortSignal.timeout(timeout),
      });
      if (!response.ok) throw new Error(`workerd answered ${response.status}: ${output}`);
      results.push(await response.json());
    }
    return results;
  } finally {
    child.kill();
  }
}
