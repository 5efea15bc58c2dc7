// A server for the measurement of the sandbox, in a process of its own: the sandbox, or one that only verifies signatures.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { startSandbox } from "@upvest-sdk/sandbox";
import { importPublicKeys, verifyRequest } from "@upvest-sdk/signing/node";

const [kind = "", publicKey = "", keyId = ""] = process.argv.slice(2);

async function bare() {
  const keys = await importPublicKeys(publicKey, { keyId });
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const { method = "", url = "", headers } = request;
    await verifyRequest({ method, url, headers, body: Buffer.concat(parts) }, { version: 15, keys });
    response.setHeader("content-type", "application/json");
    const token = { access_token: "t", expires_in: 1799, token_type: "bearer", scope: "" };
    response.end(JSON.stringify(url === "/auth/token" ? token : { id: "b1c2", status: "ACTIVE" }));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    clientId: "8b5b4a0e-5c9f-4b1e-9a53-0d8f7a2f1c11",
    clientSecret: "x",
  };
}

async function sandbox() {
  const { url, credentials } = await startSandbox({ publicKeys: publicKey, publicKeyId: keyId });
  const { clientId, clientSecret } = credentials;
  return { url, clientId, clientSecret };
}

console.log(JSON.stringify(await (kind === "sandbox" ? sandbox() : bare())));
createInterface({ input: process.stdin })
  .on("line", () => {
    globalThis.gc?.();
    console.log(process.memoryUsage().heapUsed);
  })
  // Ends with whoever started it.
  .on("close", () => process.exit());
