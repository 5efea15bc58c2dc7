import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { maxBodyBytes } from "./support/app.js";
import { installed, runtimes, runtimesFolder } from "./support/runtimes.js";
import { envelope, newEvent, newKey, signed, type Wire } from "./support/sender.js";
import * as servers from "./support/servers.js";

const key = newKey();

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** Sends it as it is: with its length, or in chunks of a size. */
function send(origin: string, { method, url, headers, body }: Wire, chunk = 0): Promise<Answer> {
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
    // What is refused may be answered, and the connection closed, while more is sent.
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
    if (!chunk) return request.end(body);
    let at = 0;
    const next = () => {
      if (answered || request.destroyed) return;
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
}

const inProcess: Kind[] = [
  { name: "node:http", start: servers.nodeHttp },
  { name: "Express 5", start: servers.express5 },
  { name: "Express 5, behind express.raw()", start: servers.express5Raw },
  { name: "Express 4", start: servers.expressFour },
  { name: "Express 4, behind express.raw()", start: servers.expressFourRaw },
  { name: "Fastify", start: servers.onFastifyLeft },
  { name: "Hono on Node", start: servers.honoOnNode },
];
const others: Kind[] = runtimesFolder
  ? runtimes.map((runtime) => ({ name: runtime.name, start: servers.inRuntime(runtime) }))
  : [];

if (!runtimesFolder) {
  const why = "workerd, Bun and Deno: skipped, UPVEST_SDK_RUNTIMES names no folder for them";
  console.warn(why);
  test.skip(why, () => {});
}

describe.each([...inProcess, ...others])("$name", ({ name, start }) => {
  let server: servers.Running;
  beforeAll(async () => {
    server = await start(key.jwk);
    const runtime = runtimes.find((one) => one.name === name);
    if (runtime) console.info(`${name} ${installed(runtime)}`);
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
    expect((await post(wire, 10)).status).toBe(415);
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

  test.each([
    ["with its length", 0],
    ["in chunks", 65_000],
  ])("too large %s: 413, answered although more is to come", async (_, chunk) => {
    const wire = signed(large(4 * maxBodyBytes), key);
    const { status } = await post(wire, chunk);
    expect(status).toBe(413);
    // And it goes on.
    expect((await post(signed(envelope(newEvent()), key))).status).toBe(200);
  });

  test("many at a time", async () => {
    const events = Array.from({ length: 20 }, () => newEvent());
    const answers = await Promise.all(events.map((event) => post(signed(envelope(event), key))));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    for (const { id } of events) expect(await times(id)).toBe(1);
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
