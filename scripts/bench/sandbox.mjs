import { spawn } from "node:child_process";
import { Agent, request as httpRequest } from "node:http";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createSigner, generateKeyPair } from "@upvest-sdk/signing/node";
import { row, runs } from "./table.mjs";

const program = fileURLToPath(new URL("sandbox-child.mjs", import.meta.url));
const keyId = "3f0f8d0e-7f53-4a0a-9f52-3f5d7a3c9b21";
const requestsARound = 500;
const atATime = 8;

/** @param {string} kind @param {string} publicKey */
async function start(kind, publicKey) {
  const child = spawn(process.execPath, ["--expose-gc", program, kind, publicKey, keyId], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => String((await lines.next()).value);
  const { url, clientId, clientSecret } = JSON.parse(await next());
  return {
    url,
    clientId,
    clientSecret,
    async heap() {
      child.stdin.write("heap\n");
      return Number(await next());
    },
    end: () => child.stdin.end(),
  };
}

/** Signed requests to the sandbox against a server that verifies their signature, and does nothing else. */
export async function measureSandbox(/** @type {number} */ rounds) {
  const { privateKeyPem, publicKeyPem } = await generateKeyPair("ed25519");
  const signer = await createSigner({ keyId, privateKey: privateKeyPem });
  const agent = new Agent({ keepAlive: true, maxSockets: atATime });

  /** @param {{ url: string, clientId: string }} server @param {string} method @param {string} target @param {Record<string, string>} headers @param {string} [body] */
  const send = async (server, method, target, headers, body) => {
    const wanted = { accept: "application/json", "upvest-client-id": server.clientId, ...headers };
    const url = server.url + target;
    const signed = await signer.headers({
      method,
      url,
      headers: wanted,
      ...(body !== undefined && { body }),
    });
    return await new Promise((resolve, reject) => {
      const call = httpRequest(url, { method, agent, headers: { ...wanted, ...signed } }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part) => (text += part));
        response.on("end", () =>
          response.statusCode === 200
            ? resolve(JSON.parse(text))
            : reject(new Error(`${response.statusCode} ${text}`)),
        );
      });
      call.on("error", reject);
      call.end(body);
    });
  };
  /** @param {Awaited<ReturnType<typeof start>>} server */
  const prepare = async (server) => {
    const { clientId, clientSecret } = server;
    const scope = "users:admin";
    const form = new URLSearchParams({
      client_id: clientId,
      client_secret: clientSecret,
      grant_type: "client_credentials",
      scope,
    });
    const type = { "content-type": "application/x-www-form-urlencoded" };
    const { access_token } = await send(server, "POST", "/auth/token", type, form.toString());
    const authorization = `Bearer ${access_token}`;
    const user = {
      first_name: "Ada",
      last_name: "Lovelace",
      birth_date: "1990-12-10",
      nationalities: ["DE"],
      address: { address_line1: "Unter den Linden 1", postcode: "10117", city: "Berlin", country: "DE" },
    };
    const json = {
      authorization,
      "content-type": "application/json",
      "idempotency-key": crypto.randomUUID(),
    };
    const { id } = await send(server, "POST", "/users", json, JSON.stringify(user));
    return () => send(server, "GET", `/users/${id}`, { authorization });
  };
  /** @param {() => Promise<unknown>} call */
  const round = async (call) => {
    /** @type {number[]} */
    const times = [];
    let left = requestsARound;
    const began = performance.now();
    await Promise.all(
      Array.from({ length: atATime }, async () => {
        while (left-- > 0) {
          const from = performance.now();
          await call();
          times.push(performance.now() - from);
        }
      }),
    );
    times.sort((a, b) => a - b);
    const rate = (requestsARound / (performance.now() - began)) * 1000;
    return { rate, late: times[Math.floor(times.length * 0.95)] ?? 0 };
  };

  const servers = [await start("sandbox", publicKeyPem), await start("bare", publicKeyPem)];
  try {
    /** @type {{ rates: number[], lates: number[], call: () => Promise<unknown> }[]} */
    const sides = [];
    for (const server of servers) sides.push({ rates: [], lates: [], call: await prepare(server) });
    for (const { call } of sides) for (let warm = 0; warm < 10; warm++) await round(call);
    const before = await servers[0]?.heap();
    for (let turn = 0; turn < rounds; turn++)
      for (const side of turn % 2 ? sides : [...sides].reverse()) {
        const { rate, late } = await round(side.call);
        side.rates.push(rate);
        side.lates.push(late);
      }
    const after = await servers[0]?.heap();
    const megabytes = (/** @type {number | undefined} */ bytes) => [(bytes ?? 0) / 1e6];
    const [ours, other] = sides;
    return {
      title: `The sandbox: signed GETs of a user, Ed25519, ${atATime} at a time`,
      against: `a \`node:http\` server that verifies the signature and does nothing else; memory: after ${10 * requestsARound} requests, and ${rounds * requestsARound} later`,
      runs: `${runs(rounds)} of ${requestsARound} requests to each, by turns, after some to warm up`,
      rows: [
        row("requests", "/s", ours?.rates ?? [], other?.rates ?? []),
        row("95th percentile", "ms", ours?.lates ?? [], other?.lates ?? []),
        row("memory in use", "MB", megabytes(after), megabytes(before), { of: "ratio", atMost: 1.1 }),
      ],
    };
  } finally {
    for (const server of servers) server.end();
    agent.destroy();
  }
}
