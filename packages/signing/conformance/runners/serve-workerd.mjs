import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Starts workerd with a config whose one socket has port 0, and waits until it listens. */
export async function serveWorkerd(binary, configFile) {
  const child = spawn(binary, ["serve", "--control-fd=3", configFile], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text) => {
      output += text;
    });
  const ended = new Promise((resolve) => {
    child.once("exit", resolve);
    child.once("error", resolve);
  });
  const close = async () => {
    // It would wait for requests that hang.
    child.kill("SIGKILL");
    await ended;
  };
  const port = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`workerd ended: ${output}`)));
    createInterface({ input: child.stdio[3] }).on("line", (line) => {
      const { event, port } = JSON.parse(line);
      if (event === "listen") resolve(port);
    });
  });
  return { origin: `http://127.0.0.1:${port}`, output: () => output, close };
}
