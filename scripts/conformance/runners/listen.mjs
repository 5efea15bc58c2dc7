// What Node, Deno and Bun are given to run: `listen.mjs <bundle>` puts the runtime's own server before the suite's receiver,
// runs the suite, and prints what it gives as JSON.
import process from "node:process";
import { readCalls } from "../../../packages/signing/conformance/runners/calls.mjs";

const exported = await import(process.argv[2]);
const { listening, close } = await listen(exported.handle);
const results = [];
for (const [name, facts] of await readCalls()) results.push(await exported[name]({ ...facts, listening }));
console.log(JSON.stringify(results));
await close();

async function listen(handle) {
  const hostname = "127.0.0.1";
  if (globalThis.Deno) {
    const server = Deno.serve({ hostname, port: 0, onListen() {} }, handle);
    return { listening: `http://${hostname}:${server.addr.port}`, close: () => server.shutdown() };
  }
  if (globalThis.Bun) {
    const server = Bun.serve({ hostname, port: 0, fetch: handle });
    return { listening: `http://${hostname}:${server.port}`, close: () => server.stop(true) };
  }
  const { createServer } = await import("node:http");
  const { toNodeHandler } = await import("@upvest-sdk/webhooks/node");
  const server = createServer(toNodeHandler({ handle }));
  await new Promise((resolve) => server.listen(0, hostname, resolve));
  return {
    listening: `http://${hostname}:${server.address().port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
