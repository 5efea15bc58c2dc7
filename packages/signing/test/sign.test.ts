import { createHash, generateKeyPairSync } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, test, vi } from "vitest";
import type { CurrentKey, PlainRequest, RequestLike, Signer, SignerOptions } from "../src/index.js";
import { uncoveredHeaders } from "../src/index.js";
import { codeOf, type Entry, entries } from "./support/vectors.js";

const pair = generateKeyPairSync("ed25519");
const privateKey = pair.privateKey.export({ format: "pem", type: "pkcs8" }).toString();
const publicKey = pair.publicKey.export({ format: "pem", type: "spki" }).toString();
const now = () => 1_715_601_600_900;
const nonce = () => "nonce";
const keyId = "key-1";
const url = "https://api.example/users?limit=1";
const body = '{"name":"Zoë"}';
const digest = `sha-512=:${createHash("sha512").update(body).digest("base64")}:`;

/** Lines of the base but the last, by name. */
async function lines(signer: Signer, request: RequestLike | PlainRequest): Promise<Record<string, string>> {
  const { base } = await signer.explain(request);
  return Object.fromEntries(
    base
      .split("\n")
      .slice(0, -1)
      .map((line) => [line.slice(1, line.indexOf('"', 1)), line.slice(line.indexOf(": ") + 2)]),
  );
}

describe.each(entries)("%s", (_, entry: Entry) => {
  const make = (more: Partial<SignerOptions> = {}) =>
    entry.createSigner({ keyId, privateKey, now, nonce, ...more } as SignerOptions);
  const verify = async (request: RequestLike | PlainRequest) =>
    entry.verifyRequest(request, {
      keys: await entry.importPublicKeys(publicKey, { keyId }),
      version: 15,
      now,
    });

  test("headers: all that is to be sent", async () => {
    const signer = await make();
    const headers = await signer.headers({
      method: "post",
      url,
      headers: {
        Authorization: " Bearer t ",
        "X-Own": "1",
        "Content-Length": "9",
        "content-digest": "old",
        b: ["1", "2"],
      },
      body,
    });
    const { signature, ...rest } = headers;
    expect(rest).toEqual({
      authorization: "Bearer t",
      "x-own": "1",
      b: "1, 2",
      accept: "*/*",
      "accept-language": "*",
      "content-length": "15",
      "content-digest": digest,
      "signature-input":
        'sig1=("@method" "@path" "@query" "authorization" "b" "accept" "accept-language" "content-length" "content-digest");keyid="key-1";created=1715601600;expires=1715601660;nonce="nonce"',
      "upvest-signature-version": "15",
    });
    expect(signature).toMatch(/^sig1=:[\w+/]{86}==:$/);
    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype);
    const verified = await verify({ method: "POST", url, headers, body });
    expect(verified).toMatchObject({ keyId, created: 1_715_601_600, expires: 1_715_601_660, nonce: "nonce" });
    expect(signature).toBe((await signer.headers({ method: "POST", url, headers, body }))["signature"]);
  });

  test.each([undefined, null, "", new Uint8Array(), new ArrayBuffer(0)])(
    "no body: neither length nor digest",
    async (none) => {
      const signer = await make();
      const headers = await signer.headers({
        method: "POST",
        url,
        headers: { "content-length": "0" },
        body: none,
      });
      expect(headers).not.toHaveProperty("content-length");
      expect(headers).not.toHaveProperty("content-digest");
      await verify({ method: "POST", url, headers, body: none });
    },
  );

  test("bodies: text and bytes are the same", async () => {
    const signer = await make();
    const bytes = new TextEncoder().encode(body);
    const all = [
      body,
      bytes,
      bytes.slice().buffer,
      Buffer.from(body),
      new Uint8Array([0, ...bytes]).subarray(1),
    ];
    for (const given of all) {
      const headers = await signer.headers({ method: "POST", url, headers: {}, body: given });
      expect(headers["content-digest"]).toBe(digest);
      expect(headers["content-length"]).toBe("15");
      await verify({ method: "POST", url, headers, body: given });
    }
  });

  test("a wrong request says what is wrong", async () => {
    const signer = await make();
    const good = { method: "GET", url, headers: {} };
    for (const wrong of [
      undefined,
      { ...good, method: "" },
      { ...good, method: undefined },
      { ...good, method: "GET /x" },
      { ...good, url: "users" },
      { ...good, url: new URL(url) },
      { ...good, headers: undefined },
      { ...good, headers: { "a:": "b" } },
      { ...good, headers: { a: {} } },
      { ...good, headers: { a: 'b\n"@path": /other' } },
      { ...good, headers: { a: "b\rc" } },
      { ...good, headers: { a: "ü" } },
      { ...good, body: {} },
      { ...good, body: 5 },
    ]) {
      expect(await codeOf(signer.headers(wrong as PlainRequest)), inspect(wrong)).toBe("INVALID_REQUEST");
    }
  });

  test("no header that is on the list is covered, every other one is", async () => {
    const signer = await make();
    const uncovered = uncoveredHeaders.flatMap(({ name }) =>
      name.endsWith("*") ? [name.slice(0, -1), `${name.slice(0, -1)}y`] : [name],
    );
    const covered = [
      "accept",
      "authorization",
      "content-type",
      "upvest-client-id",
      "upvest-api-version",
      "idempotency-key",
    ];
    const alike = [
      "signatures",
      "tea",
      "hosts",
      "dates",
      "range",
      "if-match",
      "mx-y",
      "content-encoding",
      "accept-language",
    ];
    const names = [...uncovered, ...covered, ...alike].filter((name) => /^[\w-]+$/.test(name));
    const request = { method: "GET", url, headers: Object.fromEntries(names.map((name) => [name, "v"])) };
    const explained = await signer.explain(request);
    expect(explained.covered).toEqual(["@method", "@path", "@query", ...covered, ...alike]);
    expect(explained.uncovered.map(({ name }) => name).sort()).toEqual([...new Set(uncovered)].sort());
    for (const { reason } of explained.uncovered) expect(reason).toMatch(/^[a-zA-Z ,]{10,}$/);
    const headers = await signer.headers(request);
    await verify({
      ...request,
      headers: { ...headers, "user-agent": "changed", date: "changed", "x-new": "ü" },
    });
  });

  test("targets: as they go over the wire", async () => {
    const signer = await make();
    const target = async (given: string) => {
      const { "@path": path, "@query": query } = await lines(signer, {
        method: "GET",
        url: given,
        headers: {},
      });
      return [path, query];
    };
    expect(await target("https://a.example")).toEqual(["/", undefined]);
    expect(await target("https://a.example?")).toEqual(["/", undefined]);
    expect(await target("https://a.example?q")).toEqual(["/", "?q"]);
    expect(await target("https://a.example/?#f?x")).toEqual(["/", undefined]);
    expect(await target("https://a.example/a/?b?c/d#f")).toEqual(["/a/", "?b?c/d"]);
    expect(await target("HTTPS://A.example:443/B?C")).toEqual(["/B", "?C"]);
    expect(await target("http://u:p@[::1]:80/b")).toEqual(["/b", undefined]);
    expect(await target("http://127.0.0.1:8080/b?c=%c3%A4+%20")).toEqual(["/b", "?c=%c3%A4+%20"]);
    expect(await target("https://a.example/a/../b/./c%2F%2e%20d/%2E%2e/e")).toEqual(["/b/e", undefined]);
    expect(await target("https://a.example/...a/.b/c..")).toEqual(["/...a/.b/c..", undefined]);
    expect(await target("https://a.example/ä b?ü='x'")).toEqual(["/%C3%A4%20b", "?%C3%BC=%27x%27"]);
    expect(await target("https://a.example/a\\b{}|^?x[]|")).toEqual([
      new URL("https://a.example/a\\b{}|^").pathname,
      "?x[]|",
    ]);
    for (const odd of ["/a'b", "/a(b)*;c=d,e:@", "/%zz", "//b", "/a?b'c", '/a?b"c', "/a?`{}"]) {
      const { pathname, search } = new URL(`https://a.example${odd}`);
      expect(await target(`https://a.example${odd}`)).toEqual([pathname, search || undefined]);
    }
  });

  test("methods in capitals", async () => {
    const signer = await make();
    expect(await lines(signer, { method: "patch", url, headers: {} })).toMatchObject({ "@method": "PATCH" });
    const signed = await signer.sign(new Request(url, { method: "patch", body }));
    expect(signed.method).toBe("PATCH");
    await verify(signed);
  });

  test("sign: a new request, the given one left usable", async () => {
    const signer = await make();
    const abort = new AbortController();
    const request = new Request(url, {
      method: "POST",
      headers: { authorization: "Bearer t", "content-type": "application/json" },
      body,
      redirect: "manual",
      signal: abort.signal,
    });
    const signed = await signer.sign(request);
    expect(signed).not.toBe(request);
    expect([...request.headers.keys()]).toEqual(["authorization", "content-type"]);
    expect(request.bodyUsed).toBe(false);
    expect(signed.redirect).toBe("manual");
    expect(signed.headers.get("content-length")).toBe("15");
    const copy = signed.clone();
    await verify(copy);
    expect(await signed.text()).toBe(body);
    expect(await request.text()).toBe(body);
    abort.abort();
    expect(signed.signal.aborted).toBe(true);
  });

  test("sign: without body", async () => {
    const signer = await make();
    for (const method of ["GET", "HEAD", "DELETE", "POST"]) {
      const signed = await signer.sign(new Request(url, { method }));
      expect(signed.body).toBe(null);
      expect(signed.headers.has("content-digest")).toBe(false);
      await verify(signed);
    }
    const empty = await signer.sign(new Request(url, { method: "POST", body: "" }));
    expect(empty.headers.has("content-digest")).toBe(false);
    await verify(empty);
  });

  test("sign: forms, blobs and streams", async () => {
    const signer = await make();
    const form = new FormData();
    form.set("a", "b");
    for (const given of [form, new URLSearchParams("a=b c"), new Blob([body, body]), stream(3, 10)]) {
      const request = new Request(url, { method: "POST", body: given, duplex: "half" } as RequestInit);
      const signed = await signer.sign(request);
      const type = request.headers.get("content-type");
      expect(signed.headers.get("content-type")).toBe(type);
      const bytes = await signed.clone().arrayBuffer();
      expect(signed.headers.get("content-length")).toBe(String(bytes.byteLength));
      expect(Buffer.from(await request.arrayBuffer())).toEqual(Buffer.from(bytes));
      await verify(signed);
    }
  });

  test("sign: the limit, and bodies read before", async () => {
    const signer = await make({ maxBodyBytes: 30 });
    const request = (given: string | ReadableStream) =>
      new Request(url, { method: "POST", body: given, duplex: "half" } as RequestInit);
    expect(await codeOf(signer.sign(request(stream(3, 10))))).toBe("accepted");
    const large = request(stream(4, 10));
    expect(await codeOf(signer.sign(large))).toBe("BODY_TOO_LARGE");
    expect(large.bodyUsed).toBe(false);
    expect((await large.arrayBuffer()).byteLength).toBe(40);
    expect(await codeOf(signer.sign(request("a".repeat(31))))).toBe("BODY_TOO_LARGE");
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1 << 20)) });
    await expect((await make()).sign(request(endless))).rejects.toThrow(/more than 16777216 bytes/);
    const used = request(body);
    await used.text();
    expect(await codeOf(signer.sign(used))).toBe("BODY_USED");
    const locked = request(body);
    locked.body?.getReader();
    expect(await codeOf(signer.sign(locked))).toBe("BODY_USED");
    const failing = new ReadableStream({ pull: (controller) => controller.error(new Error("gone")) });
    const failed = await signer.sign(request(failing)).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: "INVALID_REQUEST", cause: { message: "gone" } });
  });

  test("explain: the base, what is covered and what is not; no secrets", async () => {
    const signer = await make();
    const headers = {
      authorization: "Bearer secret",
      cookie: "secret",
      "user-agent": "u",
      "content-length": "3",
      a: "b",
    };
    const explained = await signer.explain({ method: "GET", url, headers });
    expect(explained).toEqual({
      keyId,
      algorithm: "ed25519",
      base: [
        '"@method": GET',
        '"@path": /users',
        '"@query": ?limit=1',
        '"authorization": Bearer ***',
        '"a": b',
        '"accept": */*',
        '"accept-language": *',
        '"@signature-params": ("@method" "@path" "@query" "authorization" "a" "accept" "accept-language");keyid="key-1";created=1715601600;expires=1715601660;nonce="nonce"',
      ].join("\n"),
      covered: ["@method", "@path", "@query", "authorization", "a", "accept", "accept-language"],
      uncovered: [
        { name: "cookie", reason: "the API ignores it" },
        { name: "user-agent", reason: "HTTP clients set, change or drop it" },
        { name: "content-length", reason: "is only set, and covered, with a body" },
      ],
    });
    const bare = await signer.explain({ method: "GET", url, headers: { authorization: "secret" } });
    expect(bare.base).toContain('"authorization": ***\n');
    const request = new Request(url, { method: "POST", body });
    expect((await signer.explain(request)).covered).toContain("content-digest");
    expect(request.bodyUsed).toBe(false);
  });

  test("the key does not show", async () => {
    const signer = await make();
    expect(inspect(signer, { depth: 9, showHidden: true })).not.toContain("PRIVATE");
    expect(JSON.stringify(signer)).toBe("{}");
  });

  test("fresh nonces of 128 bits, times of now", async () => {
    const signer = await entry.createSigner({ keyId, privateKey });
    const seen = new Set<string>();
    for (let count = 0; count < 600; count++) {
      const headers = await signer.headers({ method: "GET", url, headers: {} });
      const [, created, expires, fresh] =
        /;created=(\d+);expires=(\d+);nonce="([0-9a-f]{32})"$/.exec(headers["signature-input"]!) ?? [];
      seen.add(fresh!);
      expect(Math.abs(Number(created) - Date.now() / 1000)).toBeLessThan(5);
      expect(Number(expires)).toBe(Number(created) + 60);
    }
    expect(seen.size).toBe(600);
  });

  test("lifetime", async () => {
    const signer = await make({ lifetime: 5000 });
    const headers = await signer.headers({ method: "GET", url, headers: {} });
    expect(headers["signature-input"]).toContain(";created=1715601600;expires=1715601605;");
    for (const [lifetime, expires] of [
      [1000, 1715601601],
      [60_000, 1715601660],
    ]) {
      const edge = await (await make({ lifetime })).headers({ method: "GET", url, headers: {} });
      expect(edge["signature-input"]).toContain(`;expires=${expires};`);
    }
  });

  test("options are checked at once", async () => {
    const wrong: unknown[] = [
      undefined,
      {},
      { keyId, privateKey, lifetime: 0 },
      { keyId, privateKey, lifetime: 999 },
      { keyId, privateKey, lifetime: 1500 },
      { keyId, privateKey, lifetime: 61_000 },
      { keyId, privateKey, lifetime: Number.NaN },
      { keyId, privateKey, lifetime: "5000" },
      { keyId, privateKey, now: 5 },
      { keyId, privateKey, nonce: "n" },
      { keyId, privateKey, maxBodyBytes: -1 },
      { keyId, privateKey, maxBodyBytes: Number.NaN },
      { privateKey },
      { keyId: "", privateKey },
      { keyId: 'a"b', privateKey },
      { keyId: "ü", privateKey },
      { keyId, privateKey: () => ({ keyId, privateKey }) },
      { passphrase: "p", privateKey: () => ({ keyId, privateKey }) },
    ];
    for (const options of wrong) {
      expect(await codeOf(entry.createSigner(options as SignerOptions)), inspect(options)).toBe(
        "INVALID_OPTION",
      );
    }
    expect(await codeOf(entry.createSigner({ keyId } as SignerOptions))).toMatch(/INVALID_OPTION|KEY_FORMAT/);
  });

  test("what now and nonce give is checked", async () => {
    const request = { method: "GET", url, headers: {} };
    for (const given of [() => Number.NaN, () => -5, () => Infinity]) {
      expect(await codeOf((await make({ now: given })).headers(request))).toBe("INVALID_OPTION");
    }
    for (const given of [() => "", () => 'a";b="c', () => "ü", () => "a\n"]) {
      expect(await codeOf((await make({ nonce: given })).headers(request))).toBe("INVALID_OPTION");
    }
  });

  test("nothing uses a clock, randomness or the key function before something is signed", async () => {
    const never = () => {
      throw new Error("used");
    };
    const signer = await entry.createSigner({ privateKey: never, now: never, nonce: never });
    await expect(signer.headers({ method: "GET", url, headers: {} })).rejects.toThrow("used");
  });

  test("a key that changes: two key ids at the same time", async () => {
    const next = generateKeyPairSync("ed25519");
    const nextPem = next.privateKey.export({ format: "pem", type: "pkcs8" }).toString();
    const keys: CurrentKey[] = [
      { keyId, privateKey },
      { keyId: "key-2", privateKey: nextPem },
    ];
    let current = 0;
    let asked = 0;
    const signer = await entry.createSigner({
      privateKey: async () => {
        asked++;
        return { ...keys[current]! };
      },
      now,
    });
    const request = { method: "GET", url, headers: {} };
    const slow = signer.headers(request);
    await Promise.resolve();
    current = 1;
    const both = [await slow, await signer.headers(request), await signer.headers(request)];
    current = 0;
    both.push(await signer.headers(request));
    const idOf = (headers: Record<string, string>) => /keyid="([^"]+)"/.exec(headers["signature-input"]!)![1];
    expect(both.map(idOf)).toEqual(["key-1", "key-2", "key-2", "key-1"]);
    expect(asked).toBe(4);
    const old = await entry.importPublicKeys(publicKey, { keyId });
    const fresh = await entry.importPublicKeys(
      next.publicKey.export({ format: "pem", type: "spki" }).toString(),
      {
        keyId: "key-2",
      },
    );
    for (const headers of both) {
      await entry.verifyRequest(
        { ...request, headers },
        { keys: (id) => old.get(id) ?? fresh.get(id), version: 15, now },
      );
    }
    expect((await signer.explain(request)).keyId).toBe("key-1");
  });

  test("a key function that gives nonsense, or fails", async () => {
    const request = { method: "GET", url, headers: {} };
    const from = async (given: unknown) =>
      codeOf((await entry.createSigner({ privateKey: () => given as CurrentKey })).headers(request));
    expect(await from(undefined)).toBe("INVALID_OPTION");
    expect(await from({ privateKey })).toBe("INVALID_OPTION");
    expect(await from({ keyId, privateKey: "no key" })).toBe("KEY_FORMAT");
    const down = new Error("vault is down");
    const signer = await entry.createSigner({ privateKey: () => Promise.reject(down) });
    await expect(signer.headers(request)).rejects.toBe(down);
  });

  test("the same Signer for many at once", async () => {
    const signer = await entry.createSigner({ keyId, privateKey, now });
    const requests = Array.from({ length: 50 }, (_, index) => ({
      method: "POST",
      url: `${url}&n=${index}`,
      headers: {},
      body: `${index}`,
    }));
    const all = await Promise.all(requests.map((request) => signer.headers(request)));
    for (const [index, headers] of all.entries()) await verify({ ...requests[index]!, headers });
  });

  test("signWebhook: v6, verified as such", async () => {
    const options = { keyId, privateKey, now, nonce };
    const headers = await entry.signWebhook(
      { url, body, headers: { "content-type": "application/json" } },
      options,
    );
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "content-length": "15",
      digest: `SHA-256=${createHash("sha256").update(body).digest("base64")}`,
      "signature-input":
        'sig1=("@method" "@path" "@query" "content-type" "content-length" "digest");keyid="key-1";created=1715601600;expires=1715601660;nonce="nonce"',
    });
    expect(headers).not.toHaveProperty("upvest-signature-version");
    const keys = await entry.importPublicKeys(publicKey, { keyId });
    for (const version of [6, "either"] as const) {
      const verified = await entry.verifyRequest(
        { method: "POST", url, headers, body },
        { keys, version, now },
      );
      expect(verified.version).toBe(6);
    }
    expect(
      await codeOf(
        entry.verifyRequest({ method: "POST", url, headers, body }, { keys, version: 15, now, required: [] }),
      ),
    ).toBe("SIGNATURE_INVALID");
    expect(await codeOf(entry.signWebhook({ url, body }, { privateKey } as never))).toBe("INVALID_OPTION");
  });
});

describe.each(entries)("%s: the time", (_, entry: Entry) => {
  test("is that of a fake clock which was put in place after the signer was made", async () => {
    const { privateKeyPem } = await entry.generateKeyPair("ed25519");
    const signer = await entry.createSigner({ keyId: "k", privateKey: privateKeyPem });
    vi.useFakeTimers({ now: 1_715_601_600_000, toFake: ["Date"] });
    try {
      const headers = await signer.headers({ method: "GET", url: "https://a.example/", headers: {} });
      expect(headers["signature-input"]).toContain(";created=1715601600;");
    } finally {
      vi.useRealTimers();
    }
  });
});

function stream(chunks: number, size: number): ReadableStream<Uint8Array> {
  let left = chunks;
  return new ReadableStream({
    pull(controller) {
      if (left-- > 0) controller.enqueue(new Uint8Array(size).fill(left + 65));
      else controller.close();
    },
  });
}
