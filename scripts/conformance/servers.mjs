import { createServer, request as httpRequest } from "node:http";
import { startSandbox } from "@upvest-sdk/sandbox";
import { generateKeyPair } from "@upvest-sdk/signing/node";

const ed25519KeyId = "5f0d2b0e-8c55-4f0c-a8a9-3a3f1c1f6d20";

/** Pairs of names and values, from a list in which they take turns. */
const pairs = (flat) => flat.flatMap((name, index) => (index % 2 ? [] : [[name, flat[index + 1]]]));

async function bytesOf(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Keeps what is posted to it as it came, and gives it to whoever asks, pages of other origins too. */
async function startCapture() {
  const captured = [];
  const server = createServer(async (request, response) => {
    if (request.method === "POST") {
      const { method, url: target, rawHeaders } = request;
      const body = (await bytesOf(request)).toString("base64");
      captured.push({ method, target, headers: pairs(rawHeaders), body });
    }
    response.writeHead(200, { "access-control-allow-origin": "*", "content-type": "application/json" });
    response.end(request.url === "/captured" ? JSON.stringify(captured) : "");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * A sandbox and what catches its deliveries, for one run of the suite.
 *
 * @returns `facts` for the suite; `forward`, a request listener that passes a page's requests on to the sandbox
 */
export async function startServers() {
  const { privateKeyPem, publicKeyJwk } = await generateKeyPair("ed25519");
  const [sandbox, capture] = await Promise.all([
    startSandbox({
      clock: "manual",
      // On a Monday, so that an order is filled within moments.
      seed: "conformance",
      publicKeys: publicKeyJwk,
      publicKeyId: ed25519KeyId,
    }),
    startCapture(),
  ]);
  const { clientId, clientSecret, keyId, privateKeyPem: p521 } = sandbox.credentials;
  return {
    facts: {
      api: sandbox.url,
      clientId,
      clientSecret,
      scopes: sandbox.scopes,
      keys: {
        p521: { keyId, privateKeyPem: p521 },
        ed25519: { keyId: ed25519KeyId, privateKeyPem },
      },
      capture: capture.origin,
    },
    forward: forwardTo(sandbox.url),
    close: () => Promise.all([sandbox.close(), capture.close()]),
  };
}

/**
 * Passes on method, target, headers and body as they came, and a cut connection as one. Each answer closes its connection: a
 * browser repeats by itself what was sent on one that was used before and is cut.
 */
const forwardTo = (origin) => (request, response) => {
  const { method, url: target, rawHeaders: headers } = request;
  const onward = httpRequest(origin + target, { method, headers, agent: false }, (answer) => {
    const given = pairs(answer.rawHeaders).filter(([name]) => !/^(connection|keep-alive)$/i.test(name));
    response.writeHead(answer.statusCode, [...given.flat(), "connection", "close"]);
    answer.pipe(response);
  });
  onward.on("error", () => request.socket.destroy());
  response.on("close", () => onward.destroy());
  request.pipe(onward);
};
