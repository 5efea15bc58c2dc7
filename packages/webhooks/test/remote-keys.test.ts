import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { createUpvestClient, type UpvestClient } from "@upvest-sdk/client";
import { createSigner, generateKeyPair, type Jwk } from "@upvest-sdk/signing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  createWebhookReceiver,
  type KeyClient,
  type KeySource,
  remoteKeys,
  type WebhookError,
} from "../src/index.js";
import { envelope, newEvent, newKey, type SenderKey, signed, toRequest } from "./support/sender.js";

const [one, two, three] = [newKey(), newKey(), newKey()];
const minute = 60_000;
const hour = 60 * minute;

/** The API, as far as keys go, and a client of it. */
async function startApi() {
  const api = {
    keys: [one.jwk] as Jwk[],
    /** How often the set was asked for. */
    asked: 0,
    down: false,
    tokensDown: false,
  };
  const listener: RequestListener = (request, response) => {
    const json = (status: number, body: unknown) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    if (request.url === "/auth/token") {
      if (api.tokensDown) return json(500, {});
      return json(200, {
        access_token: "token",
        expires_in: 86_400,
        token_type: "bearer",
        scope: "webhooks:read",
      });
    }
    expect([request.method, request.url]).toEqual(["GET", "/auth/verify_keys"]);
    api.asked++;
    if (api.down) return request.socket.destroy();
    json(200, { keys: api.keys });
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { privateKeyPem } = await generateKeyPair("ed25519");
  const client = createUpvestClient({
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    clientId: "8e5b3c7f-3a5a-4d0e-9d59-0f6b4a6a1c55",
    clientSecret: "secret",
    scopes: ["webhooks:read"],
    signer: await createSigner({ keyId: "2f2c2fb1-43b2-4b7e-9a3c-8d4ec8e0f3aa", privateKey: privateKeyPem }),
    retry: { maxRetries: 0 },
  });
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { api, client, close };
}

/** What becomes of a delivery that is signed with the key. */
function deliverer(keys: KeySource) {
  const receiver = createWebhookReceiver({ keys });
  return (key: SenderKey): Promise<string> =>
    receiver.verify(toRequest(signed(envelope(newEvent()), key))).then(
      () => "accepted",
      ({ code }: WebhookError) => code,
    );
}

let api: Awaited<ReturnType<typeof startApi>>["api"];
let client: UpvestClient;
let close: () => Promise<unknown>;
let deliver: (key: SenderKey) => Promise<string>;
beforeEach(async () => {
  ({ api, client, close } = await startApi());
  deliver = deliverer(remoteKeys(client));
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(async () => {
  vi.useRealTimers();
  await close();
});
const later = (ms: number) => vi.advanceTimersByTime(ms);

describe("the API's key set", () => {
  test("is read when the first delivery comes, once for all that come with it, and kept for an hour", async () => {
    expect(api.asked).toBe(0);
    expect(await Promise.all(Array.from({ length: 20 }, () => deliver(one)))).toEqual(
      Array(20).fill("accepted"),
    );
    expect(api.asked).toBe(1);
    later(hour - 1);
    expect(await deliver(one)).toBe("accepted");
    expect(api.asked).toBe(1);
    later(1);
    expect(await Promise.all([deliver(one), deliver(one), deliver(one)])).toEqual(Array(3).fill("accepted"));
    expect(api.asked).toBe(2);
    expect(await deliver(one)).toBe("accepted");
    expect(api.asked).toBe(2);
  });

  test("a key that is gone from it is gone", async () => {
    expect(await deliver(one)).toBe("accepted");
    api.keys = [two.jwk];
    later(hour);
    expect(await deliver(one)).toBe("SIGNATURE");
    expect(await deliver(two)).toBe("accepted");
    expect(api.asked).toBe(2);
  });

  test("and so is one when the set is read again for another", async () => {
    expect(await deliver(one)).toBe("accepted");
    api.keys = [two.jwk];
    later(minute);
    expect(await deliver(two)).toBe("accepted");
    later(1);
    // Unknown now, and not to be looked for yet.
    expect(await deliver(one)).toBe("KEYS_UNAVAILABLE");
    later(minute);
    expect(await deliver(one)).toBe("SIGNATURE");
  });

  test("has keys of other kinds in it, which are left out", async () => {
    api.keys = [{ kty: "RSA", kid: "r", n: "AQAB", e: "AQAB" }, one.jwk];
    expect(await deliver(one)).toBe("accepted");
  });
});

describe("a key that is not in it", () => {
  test("is looked for at once, if that was not done a moment ago; else the delivery is to come again", async () => {
    expect(await deliver(one)).toBe("accepted");
    api.keys = [one.jwk, two.jwk];
    later(29_999);
    expect(await deliver(two)).toBe("KEYS_UNAVAILABLE");
    expect(api.asked).toBe(1);
    later(1);
    expect(await deliver(two)).toBe("accepted");
    expect(api.asked).toBe(2);
  });

  test("and not there either is refused", async () => {
    expect(await deliver(one)).toBe("accepted");
    later(30_000);
    expect(await deliver(two)).toBe("SIGNATURE");
    expect(api.asked).toBe(2);
  });

  test("makes one request in 30 s at most, however many come", async () => {
    expect(await deliver(one)).toBe("accepted");
    const outcomes = new Set<string>();
    for (let step = 0; step < 100; step++) {
      later(3_000);
      for (const outcome of await Promise.all([
        deliver(two),
        deliver(three),
        deliver(one),
        deliver(newKey()),
      ]))
        outcomes.add(outcome);
    }
    expect(api.asked).toBe(1 + 10);
    expect([...outcomes].sort()).toEqual(["KEYS_UNAVAILABLE", "SIGNATURE", "accepted"]);
  });

  test("while the API is down: to come again, with one request in 30 s", async () => {
    expect(await deliver(one)).toBe("accepted");
    api.down = true;
    for (let step = 0; step < 20; step++) {
      later(10_000);
      expect(await deliver(two)).toBe("KEYS_UNAVAILABLE");
      expect(await deliver(one)).toBe("accepted");
    }
    expect(api.asked).toBe(1 + 6);
  });
});

describe("while the API is down", () => {
  test("nothing is known at the start: 503, and again after 30 s", async () => {
    api.down = true;
    expect(await deliver(one)).toBe("KEYS_UNAVAILABLE");
    api.down = false;
    later(29_999);
    expect(await deliver(one)).toBe("KEYS_UNAVAILABLE");
    later(1);
    expect(await deliver(one)).toBe("accepted");
    expect(api.asked).toBe(2);
  });

  test("what is there is used for 24 h, then 503", async () => {
    expect(await deliver(one)).toBe("accepted");
    api.down = true;
    later(hour);
    expect(await deliver(one)).toBe("accepted");
    expect(await deliver(one)).toBe("accepted");
    expect(api.asked).toBe(2);
    later(23 * hour - 1);
    expect(await deliver(one)).toBe("accepted");
    later(1);
    expect(await deliver(one)).toBe("KEYS_UNAVAILABLE");
    api.down = false;
    later(30_000);
    expect(await deliver(one)).toBe("accepted");
  });

  test("or gives no token, or no keys", async () => {
    api.tokensDown = true;
    expect(await deliver(one)).toBe("KEYS_UNAVAILABLE");
    api.tokensDown = false;
    for (const keys of [[], "keys", [{ kty: "EC" }], undefined] as never[]) {
      api.keys = keys;
      later(minute);
      expect(await deliver(one)).toBe("KEYS_UNAVAILABLE");
    }
    api.keys = [one.jwk];
    later(minute);
    expect(await deliver(one)).toBe("accepted");
    api.keys = [];
    later(hour);
    expect(await deliver(one)).toBe("accepted");
  });

  test("the answer is 503", async () => {
    api.down = true;
    const receiver = createWebhookReceiver({ keys: remoteKeys(client) });
    const { status } = await receiver.handle(toRequest(signed(envelope(newEvent()), one)));
    expect(status).toBe(503);
  });
});

describe("the scope", () => {
  test.each([[["webhooks:read"]], [["webhooks:admin"]], [["users:read", "webhooks:read"]]])(
    "%j will do",
    (scopes) => {
      expect(() => remoteKeys({ ...client, scopes } as UpvestClient)).not.toThrow();
    },
  );

  test.each([
    ["other scopes", { scopes: ["users:read", "webhooks"] }],
    ["none", { scopes: [] }],
    ["no client's", {}],
    ["nothing", undefined],
  ])("%s: told of when it is made, and nothing is asked", (_, given) => {
    expect(() => remoteKeys(given as never)).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining("webhooks:read") }),
    );
    expect(api.asked).toBe(0);
  });
});

describe("a refresh that never ends, as one whose request is gone on Workers", () => {
  let calls: { resolve: (set: { keys: Jwk[] }) => void; options: unknown }[];
  let stuck: KeyClient;
  beforeEach(() => {
    vi.useRealTimers();
    vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] });
    calls = [];
    stuck = {
      scopes: ["webhooks:read"],
      call: (_, options) => new Promise((resolve) => calls.push({ resolve, options })),
    };
  });
  /** How long it takes, in ms, and what comes of it. */
  const timed = async (source: KeySource, id: string) => {
    const begun = performance.now();
    let outcome: string | undefined;
    Promise.resolve(source(id)).then(
      (key) => (outcome = key ? "key" : "none"),
      ({ code }) => (outcome = code),
    );
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    while (outcome === undefined) {
      if (performance.now() - begun > 60_000) return ["nothing", 60_000];
      await vi.advanceTimersByTimeAsync(50);
      await new Promise(setImmediate);
    }
    return [outcome, performance.now() - begun];
  };

  test("is waited for by its own delivery for 5 s, by the next ones for what is left of that", async () => {
    const source = remoteKeys(stuck);
    const first = timed(source, one.id);
    later(2_000);
    expect((await timed(source, one.id))[0]).toBe("KEYS_UNAVAILABLE");
    expect(await first).toEqual(["KEYS_UNAVAILABLE", expect.closeTo(5_000, -3)]);
    expect(await timed(source, one.id)).toEqual(["KEYS_UNAVAILABLE", 0]);
    expect(calls.map(({ options }) => options)).toEqual([{ timeout: 5_000, deadline: 5_000 }]);
    later(25_000);
    const again = source(one.id);
    calls[1]!.resolve({ keys: [one.jwk] });
    expect(await again).toBeDefined();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("does not hold up what can be verified with the keys that are there", async () => {
    const source = remoteKeys(stuck);
    const first = source(one.id);
    calls[0]!.resolve({ keys: [one.jwk] });
    await first;
    later(hour);
    expect(await timed(source, one.id)).toEqual(["key", 5_000]);
    for (let second = 0; second < 24; second++) {
      expect(await timed(source, one.id)).toEqual(["key", 0]);
      later(1_000);
    }
    expect(calls).toHaveLength(2);
    // It was not dead after all.
    calls[1]!.resolve({ keys: [two.jwk] });
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    expect(await timed(source, two.id)).toEqual(["key", 0]);
  });
});
