import { createUpvestClient, diagnose, idempotencyKeyFrom } from "@upvest-sdk/client";
import { createUser, listUsers, retrieveUser } from "@upvest-sdk/client/operations";
import { createSigner } from "@upvest-sdk/signing";
import { apiVersion } from "@upvest-sdk/types";
import { describe, equal, ok, thrownBy } from "../../../packages/signing/conformance/check.js";
import { newUser, type Scene } from "../scene.js";

const uuid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;

export async function callChecks(scene: Scene): Promise<void> {
  const { check, facts, api } = scene;
  const client = await scene.createClient();

  await check("twenty calls at once get one token", async () => {
    let tokens = 0;
    const own = await scene.createClient({ hooks: { onToken: () => tokens++ } });
    const lists = await Promise.all(Array.from({ length: 20 }, () => own.call(listUsers)));
    equal(new Set(lists.map(({ meta }) => meta.total_count)).size, 1);
    equal(tokens, 1);
    await own.call(listUsers);
    equal(tokens, 1);
  });

  await check("the API takes what an Ed25519 key signed, too", async () => {
    const { keyId, privateKeyPem } = facts.keys.ed25519;
    const own = await scene.createClient({
      signer: await createSigner({ keyId, privateKey: privateKeyPem }),
    });
    const { id } = await scene.createUser(own, "Ed25519");
    equal((await own.call(retrieveUser, { path: { user_id: id } })).last_name, "Ed25519");
  });

  await check("a typed call gives what was created", async () => {
    const user = await client.call(createUser, { body: newUser("Weißkopf") });
    ok(uuid.test(user.id), user.id);
    equal([user.first_name, user.last_name, user.status], ["Ada", "Weißkopf", "INACTIVE"]);
    equal(await client.call(retrieveUser, { path: { user_id: user.id } }), user);
  });

  await check("withResponse gives status, request id, attempts and key", async () => {
    const result = await client.call.withResponse(createUser, { body: newUser("Response") });
    const { data, status, headers, requestId, attempts, idempotencyKey } = result;
    equal([data.last_name, status, headers.get("upvest-request-id")], ["Response", 200, requestId]);
    ok(uuid.test(requestId!), "no request id");
    ok(uuid.test(idempotencyKey!), "no idempotency key");
    equal(
      attempts.map(({ status, outcome }) => [status, outcome]),
      [[200, "ok"]],
    );
  });

  await check("by path: GET gives data and response", async () => {
    const { data, error, response } = await client.GET("/users", { params: { query: { limit: 2 } } });
    ok(error === undefined, describe(error));
    equal([response.status, data!.meta.limit, data!.data.length], [200, 2, 2]);
  });

  await check("by path: POST creates once, with the key that is given", async () => {
    const key = crypto.randomUUID();
    const post = () =>
      client.POST("/users", { params: { header: { "idempotency-key": key } }, body: newUser("By path") });
    const [first, second] = [await post(), await post()];
    ok(first.data && second.data, describe(first.error ?? second.error));
    equal(second.data.id, first.data.id);
    equal(await scene.countUsers(client, "By path"), 1);
  });

  await check("by path: what the API refuses is given, not thrown", async () => {
    const { data, error, response } = await client.GET("/users/{user_id}", {
      params: { path: { user_id: crypto.randomUUID() } },
    });
    equal([data, error?.code, error?.outcome, response?.status], [undefined, "not_found", "rejected", 404]);
  });

  await check("a list is gone through page by page, each item once", async () => {
    const names = Array.from({ length: 8 }, (_, index) => `Page ${index}`);
    for (const name of names) await scene.createUser(client, name);
    const pages: number[] = [];
    const ids = new Set<string>();
    const seen: string[] = [];
    let total = 0;
    for await (const { data, meta } of client.paginate(listUsers, { query: { limit: 3 } }).pages()) {
      pages.push(data.length);
      total = meta.total_count;
      for (const user of data) {
        ids.add(user.id);
        seen.push(user.last_name);
      }
    }
    ok(pages.length > 2 && pages.slice(0, -1).every((size) => size === 3), `pages of ${pages}`);
    equal([seen.length, ids.size], [total, total]);
    equal(seen.filter((name) => name.startsWith("Page ")).sort(), names);
    const items: string[] = [];
    for await (const user of client.paginate(listUsers, { query: { limit: 4 } })) items.push(user.last_name);
    equal(items, seen);
  });

  await check("a list can be left early", async () => {
    const seen: string[] = [];
    for await (const { id } of client.paginate(listUsers, { query: { limit: 1 } })) {
      seen.push(id);
      if (seen.length === 2) break;
    }
    equal(new Set(seen).size, 2);
  });

  await check("the same idempotency key again gives the same, and does it once", async () => {
    const idempotencyKey = await idempotencyKeyFrom(createUser, crypto.randomUUID());
    const create = () => client.call.withResponse(createUser, { idempotencyKey, body: newUser("Once") });
    const first = await create();
    const second = await (await scene.createClient()).call.withResponse(createUser, {
      idempotencyKey,
      body: newUser("Once"),
    });
    equal(second.data, first.data);
    equal([first.idempotencyKey, second.idempotencyKey], [idempotencyKey, idempotencyKey]);
    equal(await scene.countUsers(client, "Once"), 1);
  });

  await check("an idempotency key from ids is the same in every runtime", async () => {
    // SHA-1 of the package's namespace and `["create_user","customer-1",7,"Jürgen"]`, as RFC 9562, 5.5, makes it.
    equal(
      await idempotencyKeyFrom(createUser, "customer-1", 7, "Jürgen"),
      "51e5527d-dbd4-5fdb-9e50-c66b5e97b705",
    );
    ok(
      (await idempotencyKeyFrom("place_order", "customer-1", 7, "Jürgen")) !==
        (await idempotencyKeyFrom(createUser, "customer-1", 7, "Jürgen")),
      "two operations have the same key",
    );
  });

  await check("an answer is given as a Blob", async () => {
    const blob = await client.call(listUsers, { query: { limit: 1 }, as: "blob" });
    ok(blob instanceof Blob, describe(blob));
    equal(JSON.parse(await (blob as Blob).text()).data.length, 1);
  });

  await check("an answer is given as a stream", async () => {
    const stream = await client.call(listUsers, { query: { limit: 1 }, as: "stream" });
    ok(stream instanceof ReadableStream, describe(stream));
    const { data } = JSON.parse(await new Response(stream as ReadableStream).text());
    equal(data.length, 1);
  });

  await check("diagnose finds nothing wrong, and the clock right", async () => {
    const { ok: fine, steps, failed, clockOffset } = await diagnose(await scene.createClient());
    ok(fine, `${failed}: ${JSON.stringify(steps)}`);
    equal(
      steps.map(({ name, ok }) => [name, ok]),
      [
        ["clock", true],
        ["token", true],
        ["scopes", true],
        ["call", true],
        ["verify keys", true],
      ],
    );
    ok(Math.abs(clockOffset!) < 10_000, `${clockOffset} ms`);
  });

  await check("diagnose names what is wrong, and shows no secret", async () => {
    const clientSecret = `${facts.clientSecret}-wrong`;
    const diagnosis = await diagnose(await scene.createClient({ clientSecret }));
    equal([diagnosis.ok, diagnosis.failed, diagnosis.steps[1]!.name], [false, "token", "token"]);
    ok(diagnosis.steps[1]!.advice!.length > 20, "no advice");
    ok(!JSON.stringify(diagnosis).includes(clientSecret), "the secret is in it");
  });

  await check("secret and signer are asked for once, and again after refreshCredentials", async () => {
    const asked = { secret: 0, signer: 0 };
    const { keyId, privateKeyPem } = facts.keys.p521;
    const own = await scene.createClient({
      clientSecret: async () => {
        asked.secret++;
        return facts.clientSecret;
      },
      signer: () => {
        asked.signer++;
        return createSigner({ keyId, privateKey: privateKeyPem });
      },
    });
    await Promise.all([own.call(listUsers), own.call(listUsers), own.call(listUsers)]);
    equal(asked, { secret: 1, signer: 1 });
    own.refreshCredentials();
    await own.call(listUsers);
    equal(asked, { secret: 2, signer: 2 });
  });

  await check("hooks are told the path as the description has it, not ids", async () => {
    const told: unknown[] = [];
    const own = await scene.createClient({
      hooks: {
        onRequest: ({ method, path, attempt }) => told.push([method, path, attempt]),
        onResponse: ({ operationId, status, outcome }) => told.push([operationId, status, outcome]),
      },
    });
    const { id } = await scene.createUser(client, "Hooks");
    await own.call(retrieveUser, { path: { user_id: id } });
    equal(told, [
      ["GET", "/users/{user_id}", 1],
      ["retrieve_user", 200, "ok"],
    ]);
  });

  await check("a page is refused as a place for a client; no other runtime is", async () => {
    const { clientId, clientSecret, scopes, keys } = facts;
    const signer = await createSigner({ keyId: keys.p521.keyId, privateKey: keys.p521.privateKeyPem });
    const error = await thrownBy(() =>
      createUpvestClient({ baseUrl: api, clientId, clientSecret, scopes, signer }),
    );
    const isPage = "document" in globalThis;
    equal((error as { code?: string } | undefined)?.code, isPage ? "BROWSER" : undefined);
  });

  await check("the types say the version of the API", () => {
    ok(/^\d+\.\d+\.\d+$/.test(apiVersion), apiVersion);
  });
}
