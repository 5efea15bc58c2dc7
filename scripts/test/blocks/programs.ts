import { newUser } from "./place.js";
import type { Program } from "./run-program.js";

/** A Redis client that is never connected: the token is then each process's own. */
const deadRedis = `{ sendCommand: async () => { throw new Error("not connected"); } }`;

/** What a block needs that declares something, and what is to come of it. One that is not here is run as it is. */
export const programs: Readonly<Record<string, Program>> = {
  "README.md ts 1": { prints: /^[\da-f-]{36} INACTIVE\n([\da-f-]{36} [A-Z]+\n)+/ },
  "README.md ts 2": { prints: /^[\da-f-]{36} NEW$/m },
  "README.md ts 4": { prints: /^200$/m },
  "README.md ts 5": { prints: /^[\da-f-]{36} NEW$/m },
  "README.md ts 6": {
    check: `block.handle({ type: "ORDER.FILLED", object: { executions: [{ share_quantity: "0.5", price: "201.1" }] } });
           block.handle({ type: "CASH_BALANCE.UPDATED", object: { available_for_trading: "12.00" } });`,
    prints: /^0\.5 201\.1\n12\.00$/m,
  },
  "README.md ts 7": {
    check: `assert.deepEqual({ ...block }, { method: "POST", path: "/orders", scopes: ["orders:admin"] });`,
  },

  "docs/amounts.md ts 1": {
    check: `assert.equal(block.toUnits("12.3", 2), 1230n);
           assert.equal(block.toUnits("-0.05", 2), -5n);
           assert.equal(block.toText(1230n, 2), "12.30");
           assert.equal(block.toText(-5n, 2), "-0.05");
           assert.equal(block.toText(7n, 0), "7");
           assert.throws(() => block.toUnits("0.001", 2), RangeError);
           assert.throws(() => block.toUnits("1e3", 2), RangeError);`,
  },
  "docs/amounts.md ts 2": {
    given: {
      toUnits: "(text) => BigInt(text.replace('.', ''))",
      toText: "(value) => String(value).replace(/(..)$/, '.$1')",
    },
    check: `const executions = [
             { status: "FILLED", cash_amount: "10.05" },
             { status: "CANCELLED", cash_amount: "99.00" },
             { status: "SETTLED", cash_amount: "20.10" },
           ];
           assert.equal(block.traded({ executions, currency: "EUR" }), "30.15 EUR");`,
  },
  "docs/errors-and-retries.md ts 1": { given: { idempotencyKey: "crypto.randomUUID()" }, prints: /^$/ },
  "docs/errors-and-retries.md ts 2": {
    check: `const turn = block.pacer(20);
           const begun = performance.now();
           for (let count = 0; count < 5; count++) await turn();
           assert(performance.now() - begun > 190);`,
  },
  "docs/keys-and-rotation.md ts 1": {
    check: `const { data } = await block.client.GET("/users"); assert.equal(data.meta.total_count > 0, true);`,
  },
  "docs/onboarding.md ts 1": {
    given: { save: "async () => {}" },
    check: `const customer = { id: crypto.randomUUID(), request: ${JSON.stringify(newUser)} };
           await block.openAccount(customer);
           const { accountId } = customer;
           const again = { id: customer.id, request: customer.request };
           await block.openAccount(again);
           assert.equal(again.accountId, accountId);`,
  },
  "docs/runbook.md ts 1": { argv: ["diagnose"], prints: /ok: true/ },
  "docs/runbook.md ts 2": {
    check: `const orders = [];
           await block.rebuildOrders(client, async (order) => orders.push(order));
           assert(orders.some(({ status }) => status === "FILLED"));`,
  },
  "docs/security.md ts 1": {
    check: `const error = await client.call.withResponse({ id: "x" }).catch((thrown) => thrown);
           assert.equal(block.loggable(error).code, "INVALID_INPUT");
           assert.deepEqual(block.loggable(new RangeError("secret")), { name: "RangeError" });`,
  },
  "docs/several-clients.md ts 1": {
    given: {
      redis: deadRedis,
      readSecret: `async () => process.env["UPVEST_API_CLIENT_SECRET"]`,
      readKey: "given.readSecret",
    },
    check: `const tenant = { environment: "sandbox", clientId: process.env["UPVEST_API_CLIENT_ID"] };
           const { data } = await block.clientOf(tenant).GET("/users");
           assert(data.meta.total_count > 0);
           assert.equal(block.clientOf({ ...tenant }), block.clientOf(tenant));`,
  },
  "docs/several-clients.md ts 2": {
    given: {
      tenants: `new Map([["one", client]])`,
      deduplicate: `(await import("@upvest-sdk/webhooks")).memoryDeduplication()`,
      addHandlers: `(receiver) => receiver.on("*", () => {})`,
    },
  },
  "docs/testing.md ts 1": {
    check: `const page = { meta: { total_count: 1 }, data: [{ id: "a" }] };
           const { data } = await block.clientWith(() => Response.json(page)).GET("/users");
           assert.deepEqual(data, page);`,
  },
  "docs/testing.md ts 2": { prints: /^1\nACTIVE\n\d+ \d+ \d+$/m },
  "docs/testing.md ts 3": { prints: /^(\S+ [\da-f-]{36})\n\1$/m },
  "docs/unknown-outcomes.md ts 1": {
    given: { job: `{ id: crypto.randomUUID(), order: given.body }`, later: "async () => {}" },
    check: `const { id } = await block.place(); assert.equal((await block.place()).id, id);`,
  },
  "docs/upgrading.md ts 1": { prints: /^FILLED$/m },
  "docs/waiting-for-an-end-state.md ts 1": {
    check: `assert.equal((await block.orderEnd(process.env["ORDER_ID"], 5000)).status, "FILLED");
           assert.equal(await block.orderEnd(crypto.randomUUID(), 1000), undefined);`,
    environment: ({ resources }) => ({ ORDER_ID: resources.order_id }),
  },
  "docs/webhooks-in-production.md ts 1": {
    replace: ({ hook }) => ({ "https://hooks.example.com/upvest": hook }),
  },
  "docs/webhooks-in-production.md ts 3": {
    given: {
      addHandlers: `(receiver) => receiver.on("*", ({ id }) => console.log(id))`,
      kept: "[given.event]",
    },
    prints: /^[\da-f-]{36}$/m,
  },

  "packages/client/README.md ts 1": { prints: /^[\da-f-]{36} NEW$/m },
  "packages/client/README.md ts 2": { prints: /^([\da-f-]{36}) \1 [\da-f-]{36} 1 [\da-f-]{36}$/m },
  "packages/client/README.md ts 3": { prints: /^ACTIVE$/m },
  "packages/client/README.md ts 4": {
    given: {
      input: `{ body: { reference_account_id: crypto.randomUUID(), account_group_id: crypto.randomUUID(), amount: "1.00", currency: "EUR" } }`,
    },
    prints: /^\S+ rejected create_cash_withdrawal [\s\S]*^4\d\d [\da-f-]{36} /m,
  },
  "packages/client/README.md ts 5": { prints: /^[\da-f-]{36}\n(.*\n)*[1-9]\d*$/m },
  "packages/client/README.md ts 6": { prints: /^[1-9]\d*$/m },
  "packages/client/README.md ts 7": { given: { redis: deadRedis } },
  "packages/client/README.md ts 8": { prints: /^token true /m },
  "packages/client/README.md ts 9": {
    given: {
      tracer: `{ startSpan: (name, { attributes }) => {
        console.log(name, attributes["upvest.outcome"]);
        return { setStatus() {}, end() {} };
      } }`,
    },
    check: `const { clientOptionsFromEnv, createUpvestClient } = await import("@upvest-sdk/client");
           await createUpvestClient({ ...clientOptionsFromEnv(), signer, hooks: block.hooks }).GET("/users");`,
    prints: /^GET \/users ok$/m,
  },
  "packages/client/README.md ts 10": {
    check: `const { data } = await block.client.GET("/users"); assert.deepEqual(data.data, []);`,
  },
  "packages/types/README.md ts 1": {
    check: `await assert.rejects(block.placeOrder({}, {}), /^Error: 4\\d\\d /);`,
  },
  "packages/types/README.md ts 2": {
    check: `block.handle({ type: "USER.ACTIVATED", object: { first_name: "Ada" } });`,
    prints: /^Ada$/m,
  },
  "packages/types/README.md ts 3": {
    check: `block.handleAll([{ type: "CASH_BALANCE.UPDATED", object: { available_for_trading: "7.00" } }]);`,
    prints: /^7\.00$/m,
  },
  "packages/types/README.md ts 4": {
    given: { call: "(operation, input) => client.call(operation, input)" },
    prints: /^FILLED [1-9]\d*$/m,
  },
  "packages/types/README.md ts 5": { prints: /^true$/m },
  "packages/types/README.md ts 6": { prints: /^400 /m },
  "packages/codegen/README.md ts 1": { prints: /^\d+ \d+\nnone 0$/m },
  "packages/signing/README.md ts 1": { prints: /^200$/m },
  "packages/signing/README.md ts 3": {
    // Its requests are none of the global `fetch`.
    before: `import { Agent, setGlobalDispatcher } from "undici";
             const origin = process.env["UPVEST_API_BASE_URL"];
             setGlobalDispatcher(new Agent().compose((dispatch) => (request, handler) => dispatch({ ...request, origin }, handler)));`,
    prints: /^4\d\d$/m,
  },
  "packages/signing/README.md ts 4": {
    check: `const env = { UPVEST_API_KEY_ID: process.env["UPVEST_API_KEY_ID"], UPVEST_API_HTTP_SIGN_PRIVATE_KEY: (await given.readSecret()).privateKey };
           const { status } = await block.default.fetch(new Request("https://worker.example"), env);
           assert.equal(status, 400); // without a client id`,
  },
  "packages/signing/README.md ts 5": {
    given: {
      kms: `{ sign: async ({ Message }) => ({
        Signature: (await import("node:crypto")).sign("sha512", Message, (await given.readSecret()).privateKey),
      }) }`,
    },
    check: `const { clientOptionsFromEnv, createUpvestClient } = await import("@upvest-sdk/client");
           const { data } = await createUpvestClient({ ...clientOptionsFromEnv(), signer: block.signer }).GET("/users");
           assert(data.meta.total_count > 0);`,
  },
  "packages/signing/README.md ts 6": {
    check: `const url = "https://sandbox.upvest.co/users";
           block.rotate({ keyId: "new", privateKey: (await given.readSecret()).privateKey });
           const { keyId } = await block.signer.explain({ method: "GET", url, headers: {} });
           assert.equal(keyId, "new");`,
  },
  "packages/signing/README.md ts 7": {
    replace: ({ ed25519Pem }) => ({ '"-----BEGIN PRIVATE KEY-----..."': JSON.stringify(ed25519Pem) }),
    check: `const url = "https://sandbox.upvest.co/users";
           const headers = await block.signer.headers({ method: "GET", url, headers: {} });
           assert.match(headers["signature"], /^sig1=:/);`,
  },
  "packages/signing/README.md ts 8": { prints: /"authorization": (?!.*secret)/ },
  "packages/signing/README.md ts 9": {
    given: { keySet: `(await client.GET("/auth/verify_keys")).data` },
    check: `const request = new Request("https://hooks.example.com/", { method: "POST", body: "{}" });
           assert.equal((await block.receive(request)).status, 401);`,
  },
  "packages/webhooks/README.md ts 1": {
    check: `await block.receiver.dispatch([event]);`,
    prints: /^\S{36} 0$/m,
  },
  "packages/webhooks/README.md ts 2": {
    given: { Deno: "{ serve: (handler) => handler }" },
    check: `const headers = { "content-type": "application/json" };
           const request = new Request("https://hooks.example.com/", { method: "POST", headers, body: "{}" });
           assert.equal((await block.POST(request)).status, 401);`,
  },
  "packages/webhooks/README.md ts 4": {
    given: { book: "async (...given) => console.log(...given)" },
    check: `await receiver.dispatch([event]);`,
    prints: /^\S{36} \S{36}$/m,
  },
  "packages/webhooks/README.md ts 6": { given: { keep: "async () => {}" } },
  "packages/webhooks/README.md ts 8": {
    given: {
      consumer:
        "{ run: async ({ eachMessage }) => eachMessage({ message: { value: JSON.stringify(given.event) } }) }",
    },
  },
  "packages/sandbox/README.md ts 1": {
    prints: /^INACTIVE\nACTIVE\n\[ 'USER\.CREATED', 'USER\.ACTIVATED' \]$/m,
  },
};

const redisUrl = "redis://127.0.0.1:6379";

/** Those that need a Redis server, at the URL. */
export const redisPrograms = (url: string): Readonly<Record<string, Program>> => ({
  "docs/webhooks-in-production.md ts 2": {
    environment: () => ({ REDIS_URL: url }),
    given: { keepForPeople: "async () => {}", metric: "() => {}" },
    check: `let seen = 0;
           block.receiver.on("ORDER.FILLED", () => { seen++; });
           await block.receiver.dispatch([event, event]);
           assert.equal(seen, 1);`,
  },
  "packages/webhooks/README.md ts 5": {
    replace: () => ({ [redisUrl]: url }),
    check: `let seen = 0;
           block.receiver.on("ORDER.FILLED", () => { seen++; });
           await block.receiver.dispatch([event, event]);
           assert.equal(seen, 1);`,
  },
  "packages/webhooks/README.md ts 7": {
    given: {
      redis: `new (await import("ioredis")).Redis(${JSON.stringify(url)}, { maxRetriesPerRequest: null })`,
      queue: `new (await import("bullmq")).Queue("upvest-events", { connection: globalThis.redis })`,
      verifying: `{ verify: async () => ({ events: [given.event, given.event] }) }`,
      working: `{ dispatch: async ([{ id }]) => console.log("done", id) }`,
    },
    check: `await block.enqueue(new Request("https://hooks.example.com/"));
           for (let tries = 0; tries < 100 && (await globalThis.queue.getCompletedCount()) < 1; tries++)
             await new Promise((done) => setTimeout(done, 50));
           assert.equal(await globalThis.queue.getCompletedCount(), 1);`,
    prints: /^done \S{36}$/m,
  },
});
