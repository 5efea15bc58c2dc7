import { readFileSync } from "node:fs";
import { importPublicKeys, type Jwk, SignatureError } from "@upvest-sdk/signing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  createWebhookReceiver,
  type ReceiverOptions,
  staticKeys,
  type VerifiedDelivery,
  WebhookError,
} from "../src/index.js";
import {
  delivery,
  digestOf,
  envelope,
  newEvent,
  newKey,
  seconds,
  signed,
  toRequest,
  type Wire,
} from "./support/sender.js";

interface Vector {
  name: string;
  publicKeyJwk: Jwk;
  request: { method: string; url: string; headers: Record<string, string>; body: string };
  headersAdded: Record<string, string>;
}

const vectors: Vector[] = JSON.parse(
  readFileSync(new URL("../../signing/test/fixtures/vectors-webhook.json", import.meta.url), "utf8"),
);
const key = newKey();
const keys = staticKeys({ keys: [key.jwk] });

const refusalOf = async (promise: Promise<unknown>): Promise<WebhookError> => {
  const error = await promise.then(
    () => new Error("accepted"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof WebhookError)) throw error;
  return error;
};
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "accepted",
    async (thrown) => (await refusalOf(Promise.reject(thrown))).code,
  );
const verify = (wire: Wire | Request, options: Partial<ReceiverOptions> = {}): Promise<VerifiedDelivery> =>
  createWebhookReceiver({ keys, ...options }).verify(wire);

describe("the official vectors", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const wireOf = ({ request, headersAdded }: Vector): Wire => ({
    method: request.method,
    url: request.url,
    headers: { ...request.headers, ...headersAdded },
    body: Buffer.from(request.body),
  });
  const receiverOf = ({ publicKeyJwk, headersAdded }: Vector) => {
    const created = Number(/created=(\d+)/.exec(headersAdded["signature-input"]!)![1]);
    vi.setSystemTime(created * 1000);
    return {
      created,
      receiver: createWebhookReceiver({ keys: staticKeys({ keys: [publicKeyJwk] }) }),
    };
  };

  const bytesOf = ({ headers }: Wire) =>
    Buffer.from(/^sig1=:([\w+/]+=*):$/.exec(headers["signature"]!)?.[1] ?? "", "base64");

  test("there are two", () => expect(vectors).toHaveLength(2));

  test("are accepted", async () => {
    const [first, second] = vectors as [Vector, Vector];
    const { receiver, created } = receiverOf(first);
    const verified = await receiver.verify(wireOf(first));
    expect(verified).toMatchObject({ keyId: first.publicKeyJwk.kid, created, expires: created + 60 });
    expect(verified.events).toEqual(JSON.parse(first.request.body).payload);
    // Signed well, though no envelope: what is refused is the body.
    const error = await refusalOf(receiverOf(second).receiver.verify(wireOf(second)));
    expect([error.code, error.status, error.message]).toEqual(["MALFORMED", 400, "no list payload"]);
  });

  // Of text all seven bits and one that makes it no ASCII.
  test.each(vectors)(
    "$name: with any one bit changed it is refused",
    { timeout: 300_000 },
    async (vector) => {
      const { receiver } = receiverOf(vector);
      const wire = wireOf(vector);
      const flipped = function* (text: string): Generator<string> {
        for (let at = 0; at < text.length; at++)
          for (let bit = 0; bit < 8; bit++)
            yield text.slice(0, at) +
              String.fromCharCode(text.charCodeAt(at) ^ (1 << bit)) +
              text.slice(at + 1);
      };
      const changed = function* (): Generator<[string, Wire]> {
        for (const method of flipped(wire.method)) yield [`method ${method}`, { ...wire, method }];
        const { origin } = new URL(wire.url);
        for (const target of flipped(wire.url.slice(origin.length)))
          yield [`target ${target}`, { ...wire, url: origin + target }];
        for (const [name, value] of Object.entries(wire.headers))
          for (const text of flipped(value))
            yield [`${name}: ${text}`, { ...wire, headers: { ...wire.headers, [name]: text } }];
        for (let at = 0; at < wire.body.length * 8; at++) {
          const body = Buffer.from(wire.body);
          body[at >> 3]! ^= 1 << (at & 7);
          yield [`body, bit ${at}`, { ...wire, body }];
        }
      };
      let count = 0;
      const wrong: string[] = [];
      const check = async ([what, one]: [string, Wire]) => {
        // Its last bits are padding: then it is the same signature, RFC 8941, 4.2.7.
        if (what.startsWith("signature:") && bytesOf(one).equals(bytesOf(wire))) return;
        count++;
        const error = await refusalOf(receiver.verify(one)).catch((thrown: Error) => thrown);
        // Of what is behind the signature an error has no such cause.
        if (!(error.cause instanceof SignatureError)) wrong.push(`${what}: ${error.message}`);
      };
      let batch: Promise<void>[] = [];
      for (const one of changed()) {
        if (batch.push(check(one)) < 100) continue;
        await Promise.all(batch);
        batch = [];
      }
      await Promise.all(batch);
      expect(wrong).toEqual([]);
      expect(count).toBeGreaterThan(3500);
    },
  );
});

describe("the order of the checks", () => {
  test("what is too large is not read on, whatever else is wrong", async () => {
    let pulled = 0;
    let cancelled = false;
    const body = new ReadableStream({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(1024));
      },
      cancel() {
        cancelled = true;
      },
    });
    const request = new Request("https://tenant.example/hooks", {
      method: "POST",
      body,
      duplex: "half",
    } as object);
    const error = await refusalOf(verify(request, { maxBodyBytes: 10_000 }));
    expect([error.code, error.status]).toEqual(["TOO_LARGE", 413]);
    expect(error.message).toContain("10000 bytes, see maxBodyBytes");
    expect(pulled).toBeLessThan(13);
    expect(cancelled).toBe(true);
  });

  test("10 MiB are read by default, and not a byte more", async () => {
    const fill = (length: number) => {
      const text = envelope(newEvent({ object: "" }));
      return text.replace('"object":""', `"object":"${"a".repeat(length - text.length)}"`);
    };
    const limit = 10 * 1024 * 1024;
    expect((await verify(toRequest(signed(fill(limit), key)))).events).toHaveLength(1);
    expect(await codeOf(verify(toRequest(signed(fill(limit + 1), key))))).toBe("TOO_LARGE");
  });

  test("JSON is read only when the signature is right", async () => {
    const parse = vi.spyOn(JSON, "parse");
    try {
      const wire = signed("{ no JSON", key);
      expect(await codeOf(verify({ ...wire, url: "https://tenant.example/other" }))).toBe("SIGNATURE");
      expect(await codeOf(verify({ ...wire, body: Buffer.from("{ other") }))).toBe("SIGNATURE");
      expect(parse).not.toHaveBeenCalled();
      const error = await refusalOf(verify(wire));
      expect([error.code, error.message, error.cause]).toEqual(["MALFORMED", "no JSON", undefined]);
      expect(parse).toHaveBeenCalledTimes(1);
    } finally {
      parse.mockRestore();
    }
  });

  test("what cannot be read at all is malformed", async () => {
    const body = new ReadableStream({
      start: (controller) => controller.error(new Error("connection lost")),
    });
    const request = new Request("https://tenant.example/", {
      method: "POST",
      body,
      duplex: "half",
    } as object);
    const error = await refusalOf(verify(request));
    expect([error.code, error.status]).toEqual(["MALFORMED", 400]);
    expect(await codeOf(verify({ ...signed("{}", key), url: "https://[" }))).toBe("MALFORMED");
  });

  test("a body that was read before", async () => {
    const request = delivery(key, [newEvent()]);
    await request.text();
    const error = await refusalOf(verify(request));
    expect([error.code, error.status]).toEqual(["BODY_PARSED", 500]);
    expect(error.message).toContain("pass the request before it is read");
    expect(error.cause).toBeInstanceOf(SignatureError);
  });
});

describe("what a signature covers", () => {
  const body = envelope(newEvent());
  const url = "https://tenant.example/hooks?tenant=a";

  test.each(["@method", "@path", "@query", "digest"])("%s is required by default", async (name) => {
    const components = ["@method", "@path", "@query", "digest"];
    expect(await codeOf(verify(signed(body, key, { url, components })))).toBe("accepted");
    const error = await refusalOf(
      verify(signed(body, key, { url, components: components.filter((one) => one !== name) })),
    );
    expect([error.code, error.status]).toEqual(["SIGNATURE", 401]);
    expect(error.message).toContain(name);
  });

  test("no query where there is none", async () => {
    expect(await codeOf(verify(signed(body, key, { components: ["@method", "@path", "digest"] })))).toBe(
      "accepted",
    );
  });

  test("a list of one's own replaces the default", async () => {
    const required = ["content-type", "digest"];
    const sent = (components: string[]) => signed(body, key, { url, components });
    expect(await codeOf(verify(sent(["content-type", "digest"]), { required }))).toBe("accepted");
    expect(await codeOf(verify(sent(["@method", "@path", "@query", "digest"]), { required }))).toBe(
      "SIGNATURE",
    );
    expect(await codeOf(verify(sent(["@method"]), { required: [] }))).toBe("accepted");
  });

  test("a digest that is covered is checked, whatever is required", async () => {
    const wire = signed(body, key);
    const other = Buffer.from(envelope(newEvent()));
    expect(await codeOf(verify({ ...wire, body: other }, { required: [] }))).toBe("SIGNATURE");
    const headers = { ...wire.headers, digest: digestOf(other) };
    expect(await codeOf(verify({ ...wire, headers, body: other }, { required: [] }))).toBe("SIGNATURE");
  });

  test("many and repeated headers, in any order", async () => {
    const headers = { "x-b": "2, 3", host: "tenant.example", "x-a": "1", "user-agent": "sender/1", te: "" };
    expect(await codeOf(verify(toRequest(signed(body, key, { headers }))))).toBe("accepted");
  });
});

describe("times", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"], now: 1_800_000_000_000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const sent = (age: number, expires?: number) =>
    signed(envelope(), key, { created: seconds() - age, expires });

  test("a signature made in the future is accepted within clockSkew, 300 s by default", async () => {
    expect(await codeOf(verify(sent(-300)))).toBe("accepted");
    expect(await codeOf(verify(sent(-301)))).toBe("SIGNATURE");
    expect(await codeOf(verify(sent(-10), { clockSkew: 10_000 }))).toBe("accepted");
    expect(await codeOf(verify(sent(-11), { clockSkew: 10_000 }))).toBe("SIGNATURE");
    expect(await codeOf(verify(sent(-1e9), { clockSkew: Number.POSITIVE_INFINITY }))).toBe("accepted");
  });

  test("however old, and expired, it is accepted by default", async () => {
    expect(await codeOf(verify(sent(1e9, seconds() - 1e9 + 1)))).toBe("accepted");
  });

  test("unless maxAge says otherwise", async () => {
    const options = { maxAge: 60_000, clockSkew: 5_000 };
    expect(await codeOf(verify(sent(65), options))).toBe("accepted");
    const error = await refusalOf(verify(sent(66), options));
    expect(error.code).toBe("SIGNATURE");
    expect(error.message).toContain("maxAge");
  });

  test("or enforceExpires", async () => {
    const options = { enforceExpires: true, clockSkew: 5_000 };
    expect(await codeOf(verify(sent(100, seconds() - 5), options))).toBe("accepted");
    expect(await codeOf(verify(sent(100, seconds() - 6), options))).toBe("SIGNATURE");
  });
});

describe("version", () => {
  const body = envelope(newEvent());
  /** The later form, by what signs requests. */
  const later = async () => {
    const { createSigner, generateKeyPair } = await import("@upvest-sdk/signing");
    const { privateKeyPem, publicKeyJwk } = await generateKeyPair("p521");
    const signer = await createSigner({ keyId: "later", privateKey: privateKeyPem });
    const url = "https://tenant.example/hooks";
    const headers = await signer.headers({ method: "POST", url, headers: {}, body });
    return {
      wire: { method: "POST", url, headers, body: Buffer.from(body) },
      jwk: { ...publicKeyJwk, kid: "later" },
    };
  };

  test("is 6 by default", async () => {
    const { wire, jwk } = await later();
    const both = staticKeys({ keys: [jwk, key.jwk] });
    expect(await codeOf(verify(wire, { keys: both }))).toBe("SIGNATURE");
    expect(await codeOf(verify(wire, { keys: both, version: 15 }))).toBe("accepted");
    expect(await codeOf(verify(wire, { keys: both, version: "either" }))).toBe("accepted");
    expect(await codeOf(verify(signed(body, key), { keys: both, version: "either" }))).toBe("accepted");
    expect(await codeOf(verify(signed(body, key), { keys: both, version: 15 }))).toBe("SIGNATURE");
  });
});

describe("behind a proxy", () => {
  const outside = "https://public.example/upvest/hooks?tenant=a";
  const body = envelope(newEvent());
  const inside = (): Request => {
    const wire = signed(body, key, { url: outside });
    return toRequest({ ...wire, url: "http://10.0.0.1:3000/hooks?tenant=a" });
  };

  test("the error for another path says that this is the usual cause", async () => {
    const error = await refusalOf(verify(inside()));
    expect([error.code, error.status]).toEqual(["SIGNATURE", 401]);
    expect(error.message).toMatch(/behind a proxy .*path.* url/);
  });

  test("url is the public one", async () => {
    expect(await codeOf(verify(inside(), { url: outside }))).toBe("accepted");
    expect(await codeOf(verify(inside(), { url: "https://public.example/upvest/hooks" }))).toBe("SIGNATURE");
    expect(await codeOf(verify(signed(body, key, { url: outside }), { url: outside }))).toBe("accepted");
  });

  test("or a function of the request, which may still be used for all else", async () => {
    const url = (request: { url: string }) =>
      request.url.replace(/^.*?(?=\/hooks)/, "https://public.example/upvest");
    expect(await codeOf(verify(inside(), { url }))).toBe("accepted");
  });

  test("what the function throws is passed on", async () => {
    const thrown = new Error("no host");
    const url = () => {
      throw thrown;
    };
    await expect(verify(inside(), { url })).rejects.toBe(thrown);
  });
});

describe("keys", () => {
  const wire = signed(envelope(newEvent()), key);

  test("what importPublicKeys gives, and functions", async () => {
    const imported = await importPublicKeys({ keys: [key.jwk] });
    expect(await codeOf(verify(wire, { keys: imported }))).toBe("accepted");
    expect(await codeOf(verify(wire, { keys: (id) => imported.get(id) }))).toBe("accepted");
    expect(await codeOf(verify(wire, { keys: async (id) => imported.get(id) }))).toBe("accepted");
  });

  test("an unknown one is refused", async () => {
    const error = await refusalOf(verify(wire, { keys: staticKeys({ keys: [newKey().jwk] }) }));
    expect([error.code, error.status]).toEqual(["SIGNATURE", 401]);
    expect(error.message).toContain("no public key");
  });

  test("another under the same id is refused", async () => {
    const jwk = { ...newKey().jwk, kid: key.id };
    expect(await codeOf(verify(wire, { keys: staticKeys({ keys: [jwk] }) }))).toBe("SIGNATURE");
  });

  test.each<[string, ReceiverOptions["keys"]]>([
    ["that cannot be had", () => Promise.reject(new Error("vault is away"))],
    ["that are no keys", staticKeys({ keys: [{ kty: "EC", kid: key.id, crv: "P-521", x: "A", y: "A" }] })],
    ["of another kind", staticKeys({ keys: [{ kty: "RSA", kid: key.id, n: "AQAB", e: "AQAB" }] })],
    ["without an id", staticKeys({ keys: [{ ...key.jwk, kid: undefined }] })],
    ["that are nothing", staticKeys(undefined as never)],
  ])("%s are no fault of the delivery: 503", async (_, wrong) => {
    const error = await refusalOf(verify(wire, { keys: wrong }));
    expect([error.code, error.status]).toEqual(["KEYS_UNAVAILABLE", 503]);
    expect(error.cause).toBeInstanceOf(Error);
  });
});

describe("the envelope", () => {
  const broken: [string, string][] = [
    ["nothing", ""],
    ["no JSON", "payload"],
    ["JSON that is cut off", envelope(newEvent()).slice(0, -1)],
    ["null", "null"],
    ["text", '"payload"'],
    ["a list", "[]"],
    ["no payload", "{}"],
    ["a payload that is no list", '{"payload":{"length":1,"0":{}}}'],
    ["an event that is none", envelope(newEvent(), null)],
    ["an event that is text", envelope("event")],
    ["an event that is a list", envelope([newEvent()])],
    ["an event without id", envelope(newEvent({ id: undefined as never }))],
    ["an event with an empty id", envelope(newEvent({ id: "" }))],
    ["an event whose id is no text", envelope(newEvent({ id: 5 as never }))],
    ["an event without type", envelope(newEvent({ type: undefined as never }))],
    ["an event without time", envelope(newEvent(), newEvent({ created_at: undefined as never }))],
  ];
  test.each(broken)("%s: 400, and nothing is changed", async (_, body) => {
    let ran = 0;
    const told: unknown[] = [];
    const receiver = createWebhookReceiver({
      keys,
      onError: ({ code }, info) => told.push([code, info]),
      onDelivery: () => told.push("delivery"),
    }).on("*", () => ran++);
    const response = await receiver.handle(toRequest(signed(body, key)));
    expect(response.status).toBe(400);
    expect(ran).toBe(0);
    expect(told).toEqual([["MALFORMED", {}]]);
  });

  test("no event is a delivery, too; what is beside and in the events is left as it is", async () => {
    expect((await verify(signed('{"payload":[]}', key))).events).toEqual([]);
    const event = { ...newEvent({ type: "NEW.KIND" }), more: [1], object: null };
    const { events } = await verify(signed(`\ufeff${JSON.stringify({ more: true, payload: [event] })}`, key));
    expect(events).toEqual([event]);
  });
});

describe("options that are wrong are told of at once", () => {
  test.each<[string, object | undefined]>([
    ["keys", undefined],
    ["keys", {}],
    ["keys", { keys: {} }],
    ["keys", { keys: "jwks" }],
    ["version", { version: "6" }],
    ["version", { version: 7 }],
    ["required", { required: "digest" }],
    ["clockSkew", { clockSkew: -1 }],
    ["clockSkew", { clockSkew: Number.NaN }],
    ["maxAge", { maxAge: "60s" }],
    ["maxBodyBytes", { maxBodyBytes: 0 }],
    ["maxBodyBytes", { maxBodyBytes: Number.NaN }],
    ["url", { url: "/hooks" }],
    ["url", { url: "https://[" }],
    ["url", { url: 5 }],
    ["deduplicate", { deduplicate: true }],
    ["deduplicate", { deduplicate: {} }],
    ["claimWait", { claimWait: -1 }],
    ["deadLetter", { deadLetter: { after: 0, handle() {} } }],
    ["deadLetter", { deadLetter: { after: 3 } }],
    ["deadLetter", { deadLetter: { after: 3, handle() {} }, deduplicate: false }],
  ])("%s: %j", (name, options) => {
    const create = () =>
      createWebhookReceiver(
        (options && (name === "keys" ? options : { keys, ...options })) as ReceiverOptions,
      );
    expect(create).toThrow(WebhookError);
    expect(create).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining(name) }),
    );
  });

  test("all of them may be undefined", async () => {
    const receiver = createWebhookReceiver({
      keys,
      version: undefined,
      required: undefined,
      clockSkew: undefined,
      maxAge: undefined,
      enforceExpires: undefined,
      maxBodyBytes: undefined,
      url: undefined,
      deduplicate: undefined,
      claimWait: undefined,
      deadLetter: undefined,
      onError: undefined,
      onDelivery: undefined,
    });
    expect((await receiver.handle(delivery(key, [newEvent()]))).status).toBe(200);
  });
});
