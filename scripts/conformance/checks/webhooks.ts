import type { UpvestClient } from "@upvest-sdk/client";
import { deleteWebhook, getJwks } from "@upvest-sdk/client/operations";
import { generateKeyPair, SignatureError, signWebhook, verifyRequest } from "@upvest-sdk/signing";
import type { EventOf } from "@upvest-sdk/types";
import {
  type AnyEvent,
  createWebhookReceiver,
  type DeliveryInfo,
  isKnownEvent,
  parseEvent,
  type ReceiverOptions,
  remoteKeys,
  staticKeys,
  WebhookError,
} from "@upvest-sdk/webhooks";
import { describe, equal, ok, thrownBy } from "../../../packages/signing/conformance/check.js";
import type { Captured } from "../facts.js";
import type { Scene } from "../scene.js";
import { tampered } from "../tampering.js";

const origin = "https://tenant.example.test";

/** As the server of a tenant would see it. */
export function requestOf({ method, target, headers, body }: Captured, at = origin): Request {
  const bytes = Uint8Array.from(atob(body), (char) => char.charCodeAt(0));
  const init = { method, headers: headers.map(([name, value]): [string, string] => [name, value]) };
  return new Request(at + target, { ...init, ...(method !== "GET" && { body: bytes }) });
}

/** A receiver that keeps what it handles and what it is told. */
export function createWatched(options: ReceiverOptions) {
  const events: AnyEvent[] = [];
  const errors: WebhookError[] = [];
  const deliveries: DeliveryInfo[] = [];
  const receiver = createWebhookReceiver({
    onError: (error) => errors.push(error),
    onDelivery: (info) => deliveries.push(info),
    ...options,
  }).on("*", (event) => events.push(event));
  return { receiver, events, errors, deliveries };
}

/** What the sandbox sends for a new user, as one delivery. */
async function capture(scene: Scene, client: UpvestClient, name: string): Promise<Captured> {
  const target = `/hooks?tenant=${name}`;
  const { id } = await scene.subscribe(client, scene.facts.capture + target);
  await scene.createUser(client, name);
  await scene.advance(2_000);
  await client.call(deleteWebhook, { path: { webhook_id: id } });
  const [delivery, ...more] = await scene.captured(target);
  ok(delivery !== undefined, "nothing was delivered");
  equal(more.length, 0);
  return delivery;
}

export async function webhookChecks(scene: Scene): Promise<void> {
  const { check } = scene;
  const client = await scene.createClient();
  const delivery = await capture(scene, client, "captured");
  const types = ["USER.CREATED", "USER.ACTIVATED"];

  await check("a delivery of the API is verified with the API's own keys", async () => {
    const { receiver, events, errors, deliveries } = createWatched({ keys: remoteKeys(client) });
    const answer = await receiver.handle(requestOf(delivery));
    equal([answer.status, errors.length], [200, 0]);
    equal(
      events.map(({ type }) => type),
      types,
    );
    equal([deliveries[0]!.events, deliveries[0]!.duplicates, deliveries[0]!.status], [2, 0, 200]);
  });

  await check("it is signed in version 6, by the key that the API publishes", async () => {
    const { keys } = await client.call(getJwks);
    const { events, keyId, version, algorithm, components } = await createWebhookReceiver({
      keys: staticKeys({ keys }),
    }).verify(requestOf(delivery));
    equal([version, algorithm, keyId], [6, "ecdsa-p521-sha512", keys[0]!.kid]);
    for (const name of ["@method", "@path", "@query", "digest"])
      ok(components.includes(name), `${name} is not covered`);
    equal(events.every(isKnownEvent), true);
  });

  await check("events narrow by their type, and patterns take what they stand for", async () => {
    const seen: string[] = [];
    const { receiver } = createWatched({ keys: remoteKeys(client) });
    receiver
      .on("USER.CREATED", ({ object }: EventOf<"USER.CREATED">) => seen.push(`created ${object.last_name}`))
      .on("USER.*", ({ type }) => seen.push(`user ${type}`))
      .on("ORDER.*", ({ type }) => seen.push(`order ${type}`));
    equal((await receiver.handle(requestOf(delivery))).status, 200);
    equal(seen, ["created captured", "user USER.CREATED", "user USER.ACTIVATED"]);
  });

  await check("a delivery that comes again, and twice at once, is handled once", async () => {
    const { receiver, events, deliveries } = createWatched({ keys: remoteKeys(client) });
    const answers = await Promise.all([1, 2].map(() => receiver.handle(requestOf(delivery))));
    answers.push(await receiver.handle(requestOf(delivery)));
    equal(
      answers.map(({ status }) => status),
      [200, 200, 200],
    );
    equal(events.length, 2);
    equal(deliveries.at(-1)!.duplicates, 2);
  });

  await check("without de-duplication it is handled each time", async () => {
    const { receiver, events } = createWatched({ keys: remoteKeys(client), deduplicate: false });
    for (let turn = 0; turn < 2; turn++) await receiver.handle(requestOf(delivery));
    equal(events.length, 4);
  });

  const { keys: published } = await client.call(getJwks);
  const keys = staticKeys({ keys: published });
  for (const [what, changed] of Object.entries(tampered(delivery)))
    await check(`tampered with: ${what}: 401, and nothing is handled`, async () => {
      ok(JSON.stringify(changed) !== JSON.stringify(delivery), "nothing is changed");
      const { receiver, events, errors } = createWatched({ keys });
      const answer = await receiver.handle(requestOf(changed));
      equal([answer.status, events.length, errors[0]?.code], [401, 0, "SIGNATURE"]);
      equal(await (answer as Response).json(), { status: 401, title: "Refused" });
    });

  await check(
    "a key that is not in the API's set: 401 once the set was read, 503 while it cannot be",
    async () => {
      const { privateKeyPem } = await generateKeyPair("p521");
      const body = atob(delivery.body);
      const signed = () =>
        signWebhook(
          { url: `${origin}/hooks`, body, headers: { "content-type": "application/json" } },
          { keyId: "unknown", privateKey: privateKeyPem },
        );
      const request = async () =>
        new Request(`${origin}/hooks`, { method: "POST", headers: await signed(), body });
      const { receiver, events, errors } = createWatched({ keys: remoteKeys(client) });
      const statuses = [];
      for (let turn = 0; turn < 2; turn++) statuses.push((await receiver.handle(await request())).status);
      equal(
        [statuses, errors.map(({ code }) => code), events.length],
        [[401, 503], ["SIGNATURE", "KEYS_UNAVAILABLE"], 0],
      );
      ok((errors[0]!.cause as SignatureError).code === "KEY_UNKNOWN", describe(errors[0]!.cause));
    },
  );

  await check("remoteKeys wants a client that may read the keys", async () => {
    const own = await scene.createClient({ scopes: ["users:read"] });
    const error = await thrownBy(() => remoteKeys(own));
    ok(error instanceof WebhookError, describe(error));
    equal(error.code, "INVALID_OPTION");
  });

  await check("after a change of keys the new key is looked up, and the old set refuses", async () => {
    await scene.fault({ kind: "webhook-key-rotation", times: 1 });
    const rotated = await capture(scene, client, "rotated");
    const fresh = createWatched({ keys: remoteKeys(client) });
    equal((await fresh.receiver.handle(requestOf(rotated))).status, 200);
    const old = createWatched({ keys });
    equal((await old.receiver.handle(requestOf(rotated))).status, 401);
    ok((old.errors[0]!.cause as SignatureError).code === "KEY_UNKNOWN", describe(old.errors[0]!.cause));
    equal([fresh.events.length, old.events.length], [2, 0]);
  });

  for (const algorithm of ["p521", "ed25519"] as const) {
    const { privateKeyPem: privateKey, publicKeyJwk } = await generateKeyPair(algorithm);
    const own = staticKeys({ keys: [{ ...publicKeyJwk, kid: "own" }] });
    const post = async (body: string, type = "application/json") => {
      const url = `${origin}/hooks?tenant=a`;
      const given = { url, body, headers: { "content-type": type } };
      const headers = await signWebhook(given, { keyId: "own", privateKey });
      return new Request(url, { method: "POST", headers, body });
    };
    const event = (type: string, id = crypto.randomUUID()) => ({
      id,
      created_at: new Date().toISOString(),
      type,
      object: { name: "Jürgen" },
    });
    const envelope = (...events: object[]) => JSON.stringify({ payload: events });

    await check(`${algorithm}: an event of a type that nobody knows goes to *`, async () => {
      const { receiver, events } = createWatched({ keys: own });
      const special: string[] = [];
      receiver.on("BRAND_NEW.*", ({ type }) => special.push(type));
      equal((await receiver.handle(await post(envelope(event("BRAND_NEW.TYPE"))))).status, 200);
      equal([special, events.map(isKnownEvent)], [["BRAND_NEW.TYPE"], [false]]);
      equal(events[0]!.object, { name: "Jürgen" });
    });

    await check(
      `${algorithm}: a handler that fails: 500, and only what was not done is done again`,
      async () => {
        const { receiver, errors } = createWatched({ keys: own });
        const done: string[] = [];
        receiver
          .on("A.DONE", () => done.push("A"))
          .on("B.FAILS_ONCE", (_, { attempt }) => {
            if (attempt === 1) throw new Error("not yet");
            done.push(`B ${attempt}`);
          });
        const body = envelope(event("A.DONE"), event("B.FAILS_ONCE"));
        equal((await receiver.handle(await post(body))).status, 500);
        equal(
          [done, errors[0]!.code, (errors[0]!.cause as Error).message],
          [["A"], "HANDLER_FAILED", "not yet"],
        );
        equal((await receiver.handle(await post(body))).status, 200);
        equal(done, ["A", "B 2"]);
      },
    );

    await check(`${algorithm}: what is no delivery is answered with the status that says why`, async () => {
      const { receiver, errors } = createWatched({ keys: own, maxBodyBytes: 200 });
      const large = envelope(event("A.LARGE"), event("A.LARGE"), event("A.LARGE"));
      const statuses = [];
      for (const request of [
        new Request(`${origin}/hooks`),
        await post(envelope(event("A.TEXT")), "text/plain"),
        await post("{"),
        await post('{"events":[]}'),
        await post(large),
      ])
        statuses.push((await receiver.handle(request)).status);
      equal(statuses, [405, 415, 400, 400, 413]);
      equal(
        errors.map(({ code }) => code),
        ["METHOD", "CONTENT_TYPE", "MALFORMED", "MALFORMED", "TOO_LARGE"],
      );
    });
  }

  await check("an event of a queue is dispatched once, without a request", async () => {
    const { receiver, events } = createWatched({ keys });
    const { payload } = JSON.parse(new TextDecoder().decode(await requestOf(delivery).arrayBuffer()));
    const event = parseEvent(JSON.stringify(payload[0]));
    await receiver.dispatch([event]);
    await receiver.dispatch([event]);
    equal(events, [event]);
  });

  await check("a delivery is no request to the API: version 15 refuses it", async () => {
    const error = await thrownBy(() => verifyRequest(requestOf(delivery), { keys, version: 15 }));
    ok(error instanceof SignatureError, describe(error));
    equal(error.code, "DIGEST_UNCOVERED");
  });
}
