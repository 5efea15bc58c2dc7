import { execFile } from "node:child_process";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isRedisThere, type RedisServer, startRedis } from "../../client/test/support/redis.js";
import { type Running, runProgram } from "./support/program-output.js";
import { envelope, newEvent, newKey, type SentEvent, signed } from "./support/sender.js";

const examples = ["queue", "sql", "kafka"] as const;
const folderOf = (example: (typeof examples)[number]) =>
  fileURLToPath(new URL(`../../../examples/webhooks-${example}/`, import.meta.url));
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const key = newKey();
const scratch = mkdtempSync(join(tmpdir(), "upvest-sdk-examples-"));
const running: Running[] = [];

const run = (...args: Parameters<typeof runProgram>) => {
  const program = runProgram(...args);
  running.push(program);
  return program;
};
const order = (): SentEvent => newEvent({ object: { id: randomUUID() } });

/** The status, or 0 if nobody answers. */
async function post(url: string, ...events: SentEvent[]): Promise<number> {
  const { headers, body } = signed(envelope(...events), key, { url });
  return fetch(url, { method: "POST", headers, body: new Uint8Array(body) }).then(
    ({ status }) => status,
    () => 0,
  );
}

/** What the compiler had to say. */
const compiled: Record<string, string> = {};
beforeAll(async () => {
  for (const example of examples) {
    // As their READMEs say.
    const compile = promisify(execFile)(process.execPath, [tsc, "-p", ".", "--outDir", "dist"], {
      cwd: folderOf(example),
    });
    compiled[example] = await compile.then(
      ({ stdout }) => stdout,
      ({ stdout }) => stdout,
    );
  }
});
afterAll(async () => {
  await Promise.all(running.map((one) => one.kill()));
  rmSync(scratch, { recursive: true, force: true });
});

// The one for Kafka is not run: there is none here.
test.each(examples)("webhooks-%s compiles", (example) => {
  expect(compiled[example]).toBe("");
});

describe("webhooks-sql", () => {
  const data = join(scratch, "data");
  const keys = join(scratch, "keys.json");
  writeFileSync(keys, JSON.stringify({ keys: [key.jwk] }));
  const start = async () => {
    const program = run(folderOf("sql"), ["dist/main.js", data, keys], { PORT: "0" });
    const port = (await program.line("receiving on")).split(" ").at(-1);
    return { program, url: `http://127.0.0.1:${port}/hooks` };
  };
  const rows = async (sql: string) => {
    const { PGlite } = await import(
      createRequire(`${folderOf("sql")}main.js`).resolve("@electric-sql/pglite")
    );
    const database = await PGlite.create(data);
    try {
      return (await database.query(sql)).rows as Record<string, string>[];
    } finally {
      await database.close();
    }
  };

  test("an event's rows are there once, however often it comes, and whenever the process is killed", async () => {
    const events = Array.from({ length: 60 }, order);
    let { program, url } = await start();
    // Several deliveries of the same at a time.
    expect(await Promise.all([1, 2, 3].map(() => post(url, ...events.slice(0, 3))))).toEqual([200, 200, 200]);
    for (const count of [1, 8]) {
      let answered = 0;
      let killed: Promise<unknown> | undefined;
      await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          const status = await post(url, ...events.slice(3 * index, 3 * index + 3));
          if (status === 200 && ++answered === count) killed = program.kill();
        }),
      );
      await killed;
      console.log(
        `examples/webhooks-sql: killed when ${count} of 20 deliveries were answered, ${answered} in all`,
      );
      ({ program, url } = await start());
    }
    for (const event of events) expect(await post(url, event)).toBe(200);
    await program.kill();
    const filled = await rows("select order_id from filled_orders");
    expect(filled.map(({ order_id }) => order_id).sort()).toEqual(
      events.map(({ object }) => (object as { id: string }).id).sort(),
    );
    expect((await rows("select id from done_events")).map(({ id }) => id).sort()).toEqual(
      events.map(({ id }) => id).sort(),
    );
  });
});

describe.skipIf(!isRedisThere)("webhooks-queue", () => {
  let redis: RedisServer;
  let api: ReturnType<typeof createServer>;
  beforeAll(async () => {
    redis = await startRedis();
    // As much of the API as the receiver needs.
    api = createServer((request, response) => {
      request.resume();
      response.setHeader("content-type", "application/json");
      const token = { access_token: "token", token_type: "bearer", expires_in: 3600, scope: "webhooks:read" };
      response.end(JSON.stringify(request.url === "/auth/token" ? token : { keys: [key.jwk] }));
    });
    await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  });
  afterAll(async () => {
    api.closeAllConnections();
    api.close();
    await redis.close();
  });

  test("its two programs: what is received is done, by the one that works", async () => {
    const pem = join(scratch, "private.pem");
    writeFileSync(pem, generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }));
    const REDIS_URL = `redis://127.0.0.1:${redis.port}`;
    const env = {
      REDIS_URL,
      PORT: "0",
      UPVEST_API_BASE_URL: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
      UPVEST_API_CLIENT_ID: randomUUID(),
      UPVEST_API_CLIENT_SECRET: "secret",
      UPVEST_API_SCOPES: "webhooks:read",
      UPVEST_API_KEY_ID: randomUUID(),
      UPVEST_API_HTTP_SIGN_PRIVATE_KEY_FILENAME: pem,
    };
    const receiver = run(folderOf("queue"), ["dist/main.js", "receive"], env);
    const url = `http://127.0.0.1:${(await receiver.line("receiving on")).split(" ").at(-1)}/hooks`;
    const events = [order(), order()];
    expect(await post(url, ...events)).toBe(200);
    const worker = run(folderOf("queue"), ["dist/main.js", "work"], { REDIS_URL });
    for (const { object } of events) await worker.line(`order ${(object as { id: string }).id} was filled`);
    // Not signed by the API.
    const { body } = signed(envelope(order()), key, { url });
    const headers = signed(envelope(order()), newKey(), { url }).headers;
    expect((await fetch(url, { method: "POST", headers, body: new Uint8Array(body) })).status).not.toBe(200);
    // The queue does not answer.
    redis.pause();
    const begun = performance.now();
    expect(await post(url, order())).toBe(503);
    expect(performance.now() - begun).toBeLessThan(4_000);
    redis.resume();
    const last = order();
    expect(await post(url, last)).toBe(200);
    await worker.line(`order ${(last.object as { id: string }).id} was filled`);
    await worker.kill("SIGTERM");
    expect(worker.child.exitCode).toBe(0);
  });
});
