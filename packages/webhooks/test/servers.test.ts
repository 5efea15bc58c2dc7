import { Agent, createServer, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toNodeHandler } from "../src/node.js";
import { maxBodyBytes } from "./support/app.js";
import { runtimes, runtimesFolder } from "./support/runtimes.js";
import { envelope, newEvent, newKey, signed, type Wire } from "./support/sender.js";
import * as servers from "./support/servers.js";

const key = newKey();

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** Sends it as it is: with its length, or in chunks of a size. Of the body, only the first bytes are sent if `stop` says so. */
function send(
  origin: string,
  { method, url, headers, body }: Wire,
  chunk = 0,
  stop = Infinity,
): Promise<Answer> {
  const { pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = httpRequest(origin + pathname + search, {
      method,
      headers: {
        ...headers,
        ...(chunk ? { "transfer-encoding": "chunked" } : { "content-length": body.length }),
      },
      agent: false,
    });
    let answered = false;
    // What is answered before its end may be cut off while it is still being sent.
    request.on("error", (error) => answered || reject(error));
    request.on("response", async (response) => {
      answered = true;
      const { statusCode = 0, headers } = response;
      let text = "";
      try {
        for await (const part of response.setEncoding("utf8")) text += part;
      } catch {}
      request.destroy();
      resolve({ status: statusCode, headers, text });
    });
    if (!chunk) return stop < body.length ? request.write(body.subarray(0, stop)) : request.end(body);
    let at = 0;
    const next = () => {
      if (answered || request.destroyed || at >= stop) return;
      if (at >= body.length) return request.end();
      const part = body.subarray(at, at + chunk);
      at += chunk;
      // One at a time, so that they stay chunks.
      request.write(part, () => setImmediate(next));
    };
    next();
  });
}

const large = (bytes: number) => envelope(newEvent({ object: "ä".repeat(bytes / 2) }));

interface Kind {
  name: string;
  start: servers.Start;
  /** A parser that reads on to the end before it refuses. */
  drains?: true;
}

const inProcess: Kind[] = [
  { name: "node:http", start: servers.nodeHttp },
  { name: "Express 5", start: servers.express5 },
  { name: "Express 5, behind express.raw()", start: servers.express5Raw, drains: true },
  { name: "Express 4", start: servers.expressFour },
  { name: "Express 4, behind express.raw()", start: servers.expressFourRaw, drains: true },
  { name: "Fastify", start: servers.onFastifyLeft },
  { name: "Hono on Node", start: servers.honoOnNode },
];
const inRuntimes: Kind[] = runtimes.map((runtime) => ({
  name: runtime.name,
  start: servers.inRuntime(runtime),
}));

if (!runtimesFolder) {
  console.warn("SKIPPED: workerd, Bun and Deno. UPVEST_SDK_RUNTIMES does not say where runtimes are kept.");
}

describe.each(inProcess)("$name", receives);
describe.skipIf(!runtimesFolder).each(inRuntimes)("$name", receives);

function receives({ start, drains }: Kind): void {
  let server: servers.Running;
  beforeAll(async () => {
    server = await start(key.jwk);
  });
  afterAll(() => server?.close());

  const post = (wire: Wire, chunk?: number) => send(server.origin, wire, chunk);
  const times = async (id: string) => (await server.seen()).seen.filter((one) => one === id).length;
  const lastError = async () => (await server.seen()).errors.at(-1);

  test.each([
    ["with its length", 0],
    ["in chunks", 7],
  ])("a delivery %s, and again: 200, handled once", async (_, chunk) => {
    const events = [newEvent(), newEvent({ type: "NEW.KIND" })];
    const wire = signed(envelope(...events), key);
    for (let turn = 0; turn < 2; turn++) {
      const { status, text } = await post(wire, chunk);
      expect([status, text]).toEqual([200, ""]);
    }
    for (const { id } of events) expect(await times(id)).toBe(1);
  });

  test.each([
    ["with its length", 0],
    ["in chunks", 65_000],
  ])("3 MB %s: 200", async (_, chunk) => {
    expect((await post(signed(large(3_000_000), key), chunk)).status).toBe(200);
  });

  test("a query, which is signed; another is refused", async () => {
    const wire = signed(envelope(newEvent()), key, { url: "https://tenant.example/hooks?tenant=a&x=%20y" });
    expect((await post(wire)).status).toBe(200);
    expect((await post({ ...wire, url: wire.url.replace("tenant=a", "tenant=b") })).status).toBe(401);
  });

  test.each([
    ["with its length", 0],
    ["in chunks", 10],
  ])("a wrong signature %s: 401, and nothing is handled", async (_, chunk) => {
    const event = newEvent();
    const { status, headers, text } = await post(signed(envelope(event), { ...newKey(), id: key.id }), chunk);
    expect([status, headers["content-type"]]).toEqual([401, "application/problem+json"]);
    expect(JSON.parse(text)).toEqual({ status: 401, title: "Refused" });
    expect(await times(event.id)).toBe(0);
    expect(await lastError()).toMatch(/^SIGNATURE: .* url$/);
  });

  test("a body that was changed on the way: 401", async () => {
    const wire = signed(envelope(newEvent()), key);
    const body = Buffer.from(wire.body.toString().replace("ORDER.FILLED", "ORDER.FILLEN"));
    expect((await post({ ...wire, body })).status).toBe(401);
  });

  test("signed for another path: 401", async () => {
    const wire = signed(envelope(newEvent()), key, { url: "https://tenant.example/other" });
    expect((await post({ ...wire, url: "https://tenant.example/hooks" })).status).toBe(401);
  });

  test("compressed: 415", async () => {
    const headers = { "content-type": "application/json", "content-encoding": "gzip" };
    const wire = signed(gzipSync(envelope(newEvent())), key, { headers });
    expect((await post(wire)).status).toBe(415);
    // In chunks: it is refused by its headers, and whoever writes on might be cut off before the answer is read.
    expect((await send(server.origin, wire, 10, drains ? Infinity : 10)).status).toBe(415);
  });

  test("no JSON: 415; broken JSON: 400", async () => {
    const headers = { "content-type": "text/plain" };
    expect((await post(signed(envelope(newEvent()), key, { headers }))).status).toBe(415);
    expect((await post(signed("{", key))).status).toBe(400);
  });

  test("GET: 405", async () => {
    const wire = signed("", key, { method: "GET" });
    const { status, headers } = await post(wire);
    expect([status, headers["allow"]]).toEqual([405, "POST"]);
  });

  // The sender waits for the answer in the middle of the body: while it writes, a connection that is closed fails the write
  // before the answer is read.
  test.each([
    ["with its length", 0, maxBodyBytes + 1],
    ["in chunks", 65_000, maxBodyBytes + 1],
  ])("too large %s: 413, answered although more is to come", async (_, chunk, stop) => {
    const wire = signed(large(4 * maxBodyBytes), key);
    const { status } = await send(server.origin, wire, chunk, drains ? Infinity : stop);
    expect(status).toBe(413);
    // And it goes on.
    expect((await post(signed(envelope(newEvent()), key))).status).toBe(200);
  });

  test("a sender that is gone in the middle: nothing is handled, and the next is served", async () => {
    const { pathname } = new URL("/hooks", server.origin);
    const event = newEvent();
    const { headers, body } = signed(envelope(event), key);
    const before = (await server.seen()).errors.length;
    await new Promise((resolve) => {
      const request = httpRequest(server.origin + pathname, {
        method: "POST",
        headers: { ...headers, "content-length": body.length },
        agent: false,
      });
      request.on("error", resolve);
      request.write(body.subarray(0, 50), () => setImmediate(() => request.destroy(new Error("gone"))));
    });
    // Whether it comes to the receiver at all, and as what, is the server's.
    expect((await post(signed(envelope(newEvent()), key))).status).toBe(200);
    expect(await times(event.id)).toBe(0);
    for (const error of (await server.seen()).errors.slice(before))
      expect(error).toMatch(/^MALFORMED: .*cannot be read/);
  });

  test("many at a time", async () => {
    const events = Array.from({ length: 20 }, () => newEvent());
    const answers = await Promise.all(events.map((event) => post(signed(envelope(event), key))));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    for (const { id } of events) expect(await times(id)).toBe(1);
  });
}

describe("node:http", () => {
  test("a body that is refused unread leaves the connection usable", async () => {
    const server = await servers.nodeHttp(key.jwk);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const wire = signed(large(3_000_000), key);
    const refused = { ...wire, headers: { ...wire.headers, "content-type": "text/plain" } };
    const ports = new Set<number | undefined>();
    for (const [one, status] of [
      [refused, 415],
      [wire, 200],
      [refused, 415],
      [wire, 200],
    ] as const) {
      const answer = await new Promise<number>((resolve, reject) => {
        const headers = { ...one.headers, "content-length": one.body.length };
        const request = httpRequest(`${server.origin}/hooks`, { method: "POST", headers, agent });
        request.on("error", reject);
        request.on("response", (response) => {
          ports.add(request.socket?.localPort);
          response.resume().on("end", () => resolve(response.statusCode ?? 0));
        });
        request.end(one.body);
      });
      expect(answer).toBe(status);
    }
    expect(ports.size).toBe(1);
    agent.destroy();
    await server.close();
  });

  test("the path is the one that was asked for, whatever the host, and dots are left in it", async () => {
    const server = await servers.nodeHttp(key.jwk);
    const wire = signed(envelope(newEvent()), key);
    const raw = (target: string, host: string) =>
      new Promise<number>((resolve, reject) => {
        const headers = { ...wire.headers, host, "content-length": wire.body.length };
        const { port } = new URL(server.origin);
        const request = httpRequest({
          port,
          host: "127.0.0.1",
          method: "POST",
          path: target,
          headers,
          agent: false,
        });
        request.on("error", reject);
        request.on("response", ({ statusCode = 0 }) => resolve(statusCode));
        request.end(wire.body);
      });
    for (const [target, host] of [
      ["/other", "tenant.example/hooks?"],
      ["/other", "tenant.example/hooks#"],
      ["/other/../hooks", "tenant.example"],
      ["/./hooks", "tenant.example"],
      ["//hooks", "tenant.example"],
    ] as const)
      expect(await raw(target, host), `${host} ${target}`).toBe(401);
    for (const host of ["tenant.example", "[", ""]) expect(await raw("/hooks", host), host).toBe(200);
    await server.close();
  });

  test("behind a time limit that has answered already, nothing is thrown", async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const handler = toNodeHandler({
      handle: async () => {
        await gate;
        return new Response(null);
      },
    });
    let handled: Promise<void> | undefined;
    const server = createServer((request, response) => {
      handled = handler(request, response);
      response.writeHead(504).end();
      release();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      method: "POST",
    });
    expect(response.status).toBe(504);
    await handled;
    server.close();
  });
});

describe.each<Kind>([
  { name: "Express 5, behind express.json()", start: servers.express5Json },
  { name: "Express 5, behind express.text()", start: servers.express5Text },
  { name: "Express 4, behind express.json()", start: servers.expressFourJson },
  { name: "Fastify with its parsers", start: servers.onFastifyParsed },
  { name: "Hono, behind context.req.json()", start: servers.honoParsed },
])("a body that was eaten: $name", ({ name, start }) => {
  let server: servers.Running;
  beforeAll(async () => {
    server = await start(key.jwk);
  });
  afterAll(() => server.close());

  test.each([0, 10])("500, and onError is told how to mount it", async (chunk) => {
    const event = newEvent();
    const { status, text } = await send(server.origin, signed(envelope(event), key), chunk);
    expect(status).toBe(500);
    expect(JSON.parse(text)).toEqual({ status: 500, title: "Not handled" });
    const { seen, errors } = await server.seen();
    expect(seen).toEqual([]);
    expect(errors.at(-1)).toMatch(
      name.startsWith("Hono")
        ? /^BODY_PARSED: .*before it is read/
        : /^BODY_PARSED: a body parser has read the body.* before express\.json\(\).*express\.raw\(\)/,
    );
  });
});
