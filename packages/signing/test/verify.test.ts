import { createHash, generateKeyPairSync, type KeyObject, sign as nodeSign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type PublicKeys, SignatureError, type VerifyOptions } from "../src/index.js";
import { codeOf, type Entry, entries, type Sent } from "./support/vectors.js";

const created = 1_715_601_600;
const now = () => created * 1000;
const ed25519 = generateKeyPairSync("ed25519");
const p521 = generateKeyPairSync("ec", { namedCurve: "P-521" });
const body = '{"key": "value"}';
const digest = `sha-512=:${createHash("sha512").update(body).digest("base64")}:`;

interface Made {
  method?: string;
  url?: string;
  headers?: Record<string, string>;
  body?: string;
  /** Items of the list, and what their lines in the base have: by default the header's value. */
  components?: [item: string, value: string][];
  params?: string;
  label?: string;
  base?: string;
  key?: KeyObject;
}

const standard: [string, string][] = [
  ['"@method"', "POST"],
  ['"@path"', "/users"],
  ['"@query"', "?limit=1&flag"],
  ['"content-digest"', digest],
];
const times = `created=${created};expires=${created + 60}`;
const params = `keyid="ed";${times};nonce="n"`;

/** A message that is signed as told, by node:crypto and nothing of ours: what is refused is refused for its form only. */
function make(made: Made = {}): Sent {
  const { components = standard, label = "sig1", key = ed25519.privateKey } = made;
  const input = `(${components.map(([item]) => item).join(" ")});${made.params ?? params}`;
  const lines = components.map(([item, value]) => `${item}: ${value}\n`).join("");
  const base = made.base ?? `${lines}"@signature-params": ${input}`;
  const signature = nodeSign(key.asymmetricKeyType === "ec" ? "sha512" : null, Buffer.from(base), key);
  return {
    method: made.method ?? "POST",
    url: made.url ?? "https://api.example/users?limit=1&flag",
    headers: {
      "content-digest": digest,
      "signature-input": `${label}=${input}`,
      signature: `${label}=:${signature.toString("base64")}:`,
      ...made.headers,
    },
    body: made.body ?? body,
  };
}

const withComponents = (...more: [string, string][]): Made => ({ components: [...standard, ...more] });
const withHeaders = (headers: Record<string, string>) => ({
  ...make(),
  headers: { ...make().headers, ...headers },
});

describe.each(entries)("%s", (_, entry) => {
  const options = async (more: Partial<VerifyOptions> = {}): Promise<VerifyOptions> => ({
    keys: await keysOf(entry),
    version: 15,
    now,
    ...more,
  });
  const code = async (request: Parameters<Entry["verifyRequest"]>[0], more: Partial<VerifyOptions> = {}) =>
    codeOf(entry.verifyRequest(request, await options(more)));

  test("gives what the signature says", async () => {
    expect(await entry.verifyRequest(make(), await options())).toEqual({
      label: "sig1",
      keyId: "ed",
      algorithm: "ed25519",
      version: 15,
      components: ["@method", "@path", "@query", "content-digest"],
      created,
      expires: created + 60,
      nonce: "n",
      body: new TextEncoder().encode(body),
    });
    const bare = await entry.verifyRequest(
      make({ params: `created=${created};keyid="ed"` }),
      await options(),
    );
    expect(bare).not.toHaveProperty("expires");
    expect(bare).not.toHaveProperty("nonce");
  });

  test.each<[string, string, Sent]>([
    ["SIGNATURE_MISSING", "no signature-input", { ...make(), headers: { signature: "sig1=:AAAA:" } }],
    [
      "SIGNATURE_MISSING",
      "no signature",
      { ...make(), headers: { "signature-input": 'sig1=();keyid="ed"' } },
    ],
    ["SIGNATURE_MALFORMED", "no structured field", withHeaders({ "signature-input": "sig1=(" })],
    ["SIGNATURE_MALFORMED", "an empty one", withHeaders({ "signature-input": "" })],
    [
      "SIGNATURE_MALFORMED",
      "a trailing comma",
      withHeaders({ signature: `${make().headers["signature"]},` }),
    ],
    ["SIGNATURE_MALFORMED", "something behind the list", behind("signature-input", " x")],
    ["SIGNATURE_MALFORMED", "something behind the parameters", behind("signature-input", "x/")],
    ["SIGNATURE_MALFORMED", "something behind the bytes", behind("signature", " x")],
    ["SIGNATURE_MALFORMED", "more bytes behind the bytes", behind("signature", ":AAAA:")],
    // The library takes tabs there; RFC 8941 has spaces only.
    ["SIGNATURE_MALFORMED", "a tab before the components", changed("signature-input", "(", "(\t")],
    ["SIGNATURE_MALFORMED", "a tab between components", changed("signature-input", " ", "\t")],
    ["SIGNATURE_MALFORMED", "a tab before a parameter", changed("signature-input", ";", ";\t")],
    ["SIGNATURE_MALFORMED", "a tab in base64", changed("signature", "==:", "\t==:")],
    ["SIGNATURE_MALFORMED", "not ASCII", withHeaders({ signature: `sig1=:AAAA:\u00a0, b` })],
    ["SIGNATURE_MALFORMED", "no list", withHeaders({ "signature-input": 'sig1="@method";keyid="ed"' })],
    ["SIGNATURE_MALFORMED", "only a key", withHeaders({ "signature-input": "sig1;keyid" })],
    ["SIGNATURE_MALFORMED", "no bytes", withHeaders({ signature: 'sig1="AAAA"' })],
    ["SIGNATURE_MALFORMED", "not base64", withHeaders({ signature: "sig1=:A*A:" })],
    ["SIGNATURE_MALFORMED", "a display string", make({ params: `${params};tag=%"a"` })],
    ["SIGNATURE_MALFORMED", "a parameter twice", make({ params: `keyid="ed";keyid="ed";${times}` })],
    ["SIGNATURE_MALFORMED", "created twice", make({ params: `keyid="ed";created=1;${times}` })],
    ["SIGNATURE_MALFORMED", "no keyid", make({ params: times })],
    ["SIGNATURE_MALFORMED", "a keyid that is no string", make({ params: `keyid=ed;${times}` })],
    ["SIGNATURE_MALFORMED", "a nonce that is no string", make({ params: `keyid="ed";${times};nonce=5` })],
    ["SIGNATURE_REPEATED", "a label twice in signature-input", twice("signature-input")],
    ["SIGNATURE_REPEATED", "a label twice in signature", twice("signature")],
    ["SIGNATURE_LABEL", "no such label in signature", withHeaders({ signature: "other=:AAAA:" })],
    ["SIGNATURE_LABEL", "several, none of them sig1", several("a", "b")],
    ["SIGNATURE_ENCODING", "DER that is not canonical", longDer()],
    ["HEADERS_TOO_LARGE", "more than 16 KiB", withHeaders({ "x-long": "a".repeat(16_384) })],
    ["COMPONENT_UNKNOWN", "of a response", make(withComponents(['"@status"', "200"]))],
    ["COMPONENT_UNKNOWN", "the parameters", make(withComponents(['"@signature-params"', ""]))],
    ["COMPONENT_UNKNOWN", "made up", make(withComponents(['"@constructor"', ""]))],
    ["COMPONENT_UNKNOWN", "a token", make(withComponents(["accept", "a"]))],
    ["COMPONENT_UNKNOWN", "a number", make(withComponents(["5", "a"]))],
    ["COMPONENT_UNKNOWN", "a boolean", make(withComponents(["?1", "a"]))],
    ["COMPONENT_UNKNOWN", "bytes", make(withComponents([":YQ==:", "a"]))],
    [
      "COMPONENT_UNKNOWN",
      "in capitals",
      make({ ...withComponents(['"Accept"', "a"]), headers: { accept: "a" } }),
    ],
    ["COMPONENT_REPEATED", "a derived one", make(withComponents(['"@method"', "POST"]))],
    ["COMPONENT_REPEATED", "a header", make(withComponents(['"content-digest"', digest]))],
    [
      "COMPONENT_REPEATED",
      "a query parameter",
      make(withComponents(...repeat(['"@query-param";name="limit"', "1"]))),
    ],
    ["COMPONENT_PARAMETER", "sf", make(withComponents(['"accept";sf', "a"]))],
    [
      "COMPONENT_PARAMETER",
      "key",
      make({ ...withComponents(['"accept";key="a"', "1"]), headers: { accept: "a=1" } }),
    ],
    ["COMPONENT_PARAMETER", "req", make({ components: [...standard.slice(1), ['"@method";req', "POST"]] })],
    ["COMPONENT_PARAMETER", "@query-param without name", make(withComponents(['"@query-param"', "1"]))],
    [
      "COMPONENT_PARAMETER",
      "@query-param with more",
      make(withComponents(['"@query-param";name="limit";sf', "1"])),
    ],
    ["COMPONENT_MISSING", "a header", make(withComponents(['"accept"', ""]))],
    ["COMPONENT_MISSING", "a name of Object.prototype", make(withComponents(['"constructor"', ""]))],
    ["COMPONENT_MISSING", "a query parameter", make(withComponents(['"@query-param";name="no"', ""]))],
    [
      "COMPONENT_MISSING",
      "a query parameter that is there twice",
      make({
        ...withComponents(['"@query-param";name="a"', "1"]),
        url: "https://api.example/users?limit=1&flag&a=1&a=1",
      }),
    ],
    ["COMPONENT_REQUIRED", "@method", make({ components: standard.slice(1) })],
    ["COMPONENT_REQUIRED", "@path", make({ components: standard.filter(([item]) => item !== '"@path"') })],
    ["COMPONENT_REQUIRED", "@query", make({ components: standard.filter(([item]) => item !== '"@query"') })],
    ["DIGEST_UNCOVERED", "content-digest", make({ components: standard.slice(0, 3) })],
    ["DIGEST_UNCOVERED", "the digest of the other version", digestHeader(15, "digest", sha256())],
    ["DIGEST_MALFORMED", "no structured field", digestHeader(15, "content-digest", "sha-512=:")],
    ["DIGEST_MALFORMED", "empty", digestHeader(15, "content-digest", "")],
    ["DIGEST_MALFORMED", "no known algorithm", digestHeader(15, "content-digest", "md5=:AAAA:")],
    ["DIGEST_MALFORMED", "an algorithm twice", digestHeader(15, "content-digest", `${digest}, ${digest}`)],
    ["DIGEST_MISMATCH", "another body", { ...make(), body: '{"key": "Value"}' }],
    ["DIGEST_MISMATCH", "no body", { ...make(), body: "" }],
    [
      "DIGEST_MISMATCH",
      "one right, one wrong",
      digestHeader(15, "content-digest", `${digest}, sha-256=:AAAA:`),
    ],
    ["DIGEST_MISMATCH", "no bytes", digestHeader(15, "content-digest", digest.replaceAll(":", '"'))],
    [
      "CONTENT_LENGTH_MISMATCH",
      "longer",
      make({ ...withComponents(['"content-length"', "17"]), headers: { "content-length": "17" } }),
    ],
    [
      "CONTENT_LENGTH_MISMATCH",
      "not a number",
      make({ ...withComponents(['"content-length"', "x"]), headers: { "content-length": "x" } }),
    ],
    ["TIME_MALFORMED", "no created", make({ params: 'keyid="ed"' })],
    ["TIME_MALFORMED", "created as text", make({ params: `keyid="ed";created="${created}"` })],
    ["TIME_MALFORMED", "created as decimal", make({ params: `keyid="ed";created=${created}.0` })],
    [
      "TIME_MALFORMED",
      "created as decimal, an integer in a string",
      make({ params: `keyid="ed";tag=";created=${created};";created=${created}.0` }),
    ],
    ["TIME_MALFORMED", "created with zeros before it", make({ params: `keyid="ed";created=0${created}` })],
    ["TIME_MALFORMED", "created below zero", make({ params: 'keyid="ed";created=-5' })],
    ["TIME_MALFORMED", "created without value", make({ params: 'keyid="ed";created' })],
    [
      "TIME_MALFORMED",
      "expires as decimal",
      make({ params: `keyid="ed";created=${created};expires=${created}.5` }),
    ],
    [
      "TIME_ORDER",
      "expires before created",
      make({ params: `keyid="ed";created=${created};expires=${created - 1}` }),
    ],
    ["KEY_UNKNOWN", "another keyid", make({ params: `keyid="other";${times}` })],
    ["ALGORITHM_MISMATCH", "alg of another key", make({ params: `${params};alg="ecdsa-p521-sha512"` })],
    ["ALGORITHM_MISMATCH", "alg as token", make({ params: `${params};alg=ed25519` })],
    ["SIGNATURE_INVALID", "another key", make({ key: generateKeyPairSync("ed25519").privateKey })],
    ["SIGNATURE_ENCODING", "too short", withHeaders({ signature: "sig1=:AAAA:" })],
    ["SIGNATURE_ENCODING", "empty", withHeaders({ signature: "sig1=::" })],
    [
      "INVALID_REQUEST",
      "a line break in a header",
      make({ ...withComponents(['"accept"', 'a\n"x": b']), headers: { accept: 'a\n"x": b' } }),
    ],
    [
      "INVALID_REQUEST",
      "a covered header beyond ASCII",
      make({ ...withComponents(['"accept"', "ü"]), headers: { accept: "ü" } }),
    ],
    ["INVALID_REQUEST", "a method that is none", { ...make(), method: "PO ST" }],
    ["INVALID_REQUEST", "a URL that is none", { ...make(), url: "api.example" }],
    ["INVALID_REQUEST", "a header's name that is none", withHeaders({ "a b": "c" })],
  ])("%s: %s", async (expected, _what, request) => {
    expect(await code(request)).toBe(expected);
  });

  test("P-521 in canonical DER is taken", async () => {
    expect(await code(make({ key: p521.privateKey, params: `keyid="p521";${times}` }))).toBe("accepted");
    expect(
      await code(make({ key: p521.privateKey, params: `keyid="p521";${times};alg="ecdsa-p521-sha512"` })),
    ).toBe("accepted");
    expect(await code(make({ key: ed25519.privateKey, params: `keyid="p521";${times}` }))).toBe(
      "SIGNATURE_ENCODING",
    );
  });

  test("alg that is the key's is taken", async () => {
    expect(await code(make({ params: `${params};alg="ed25519"` }))).toBe("accepted");
  });

  test("picks the label", async () => {
    const two = several("a", "sig1");
    expect((await entry.verifyRequest(two, await options())).label).toBe("sig1");
    expect((await entry.verifyRequest(two, await options({ label: "a" }))).label).toBe("a");
    expect(await code(two, { label: "b" })).toBe("SIGNATURE_LABEL");
    expect((await entry.verifyRequest(make({ label: "proxy" }), await options())).label).toBe("proxy");
  });

  test("times: at the edges", async () => {
    const at = (seconds: number, more: Partial<VerifyOptions> = {}) =>
      code(make(), { now: () => (created + seconds) * 1000, clockSkew: 0, ...more });
    expect(await at(0)).toBe("accepted");
    expect(await at(-0.001)).toBe("NOT_YET_VALID");
    expect(await at(-1, { clockSkew: 1000 })).toBe("accepted");
    expect(await at(-1.001, { clockSkew: 1000 })).toBe("NOT_YET_VALID");
    expect(await at(60)).toBe("accepted");
    expect(await at(60.001)).toBe("EXPIRED");
    expect(await at(61, { clockSkew: 1000 })).toBe("accepted");
    expect(await at(61.001, { clockSkew: 1000 })).toBe("EXPIRED");
    expect(await at(1e6, { enforceExpires: false })).toBe("accepted");
    expect(await at(10, { maxAge: 10_000 })).toBe("accepted");
    expect(await at(10.001, { maxAge: 10_000 })).toBe("TOO_OLD");
    expect(await at(11, { maxAge: 10_000, clockSkew: 1000 })).toBe("accepted");
    expect(await at(11.001, { maxAge: 10_000, clockSkew: 1000 })).toBe("TOO_OLD");
    // By default five minutes.
    expect(await code(make(), { now: () => (created + 360) * 1000 })).toBe("accepted");
    expect(await code(make(), { now: () => (created + 361) * 1000 })).toBe("EXPIRED");
    expect(await code(make(), { now: () => (created - 301) * 1000 })).toBe("NOT_YET_VALID");
    const equal = make({ params: `keyid="ed";created=${created};expires=${created}` });
    expect(await code(equal)).toBe("accepted");
  });

  test("required takes the place of the defaults", async () => {
    const bare = make({ components: [['"@method"', "POST"]] });
    expect(await code(bare, { required: ["@method"] })).toBe("accepted");
    expect(await code(bare, { required: [] })).toBe("accepted");
    expect(await code(bare, { required: ["@method", "@authority"] })).toBe("COMPONENT_REQUIRED");
    expect(await code(bare, { required: ["content-digest"] })).toBe("COMPONENT_REQUIRED");
    const noQuery = make({
      url: "https://api.example/users?",
      components: standard.filter(([item]) => item !== '"@query"'),
    });
    expect(await code(noQuery)).toBe("accepted");
    expect(await code({ ...noQuery, url: "/users?" })).toBe("accepted");
  });

  test("a covered content-length that is not on the wire is that of the body", async () => {
    expect(await code(make(withComponents(['"content-length"', "16"])))).toBe("accepted");
    expect(await code(make(withComponents(['"content-length"', "17"])))).toBe("SIGNATURE_INVALID");
  });

  test("the other components of a request", async () => {
    const url = "https://API.example:443/users?limit=1&flag&a%20b=c+d%7E%2A&e=(~!)'#part";
    const components: [string, string][] = [
      ['"@authority"', "api.example"],
      ['"@scheme"', "https"],
      ['"@target-uri"', "https://api.example/users?limit=1&flag&a%20b=c+d%7E%2A&e=(~!)%27"],
      ['"@request-target"', "/users?limit=1&flag&a%20b=c+d%7E%2A&e=(~!)%27"],
      ['"@query-param";name="limit"', "1"],
      ['"@query-param";name="flag"', ""],
      ['"@query-param";name="a%20b"', "c%20d%7E*"],
      ['"@query-param";name="e"', "%28%7E%21%29%27"],
    ];
    const request = make({ url, components });
    const verified = await entry.verifyRequest(request, await options({ required: [] }));
    expect(verified.components).toContain('@query-param;name="a%20b"');
    for (const changed of ["http://api.example:443/", "https://other.example/"]) {
      const elsewhere = changed + url.slice(url.indexOf("users"));
      expect(await code({ ...request, url: elsewhere }, { required: [] })).toBe("SIGNATURE_INVALID");
    }
    const port = make({
      url: "http://127.0.0.1:8080/users",
      components: [['"@authority"', "127.0.0.1:8080"]],
    });
    expect(await code(port, { required: [] })).toBe("accepted");
    const noQuery = make({
      url: "https://api.example",
      components: [
        ['"@query"', "?"],
        ['"@path"', "/"],
      ],
    });
    expect(await code(noQuery, { required: [] })).toBe("accepted");
  });

  test("the request target as received", async () => {
    const odd = "/a/../b|c/%2e?x='y'&z={";
    const [path, query] = odd.split("?");
    const components: [string, string][] = [
      ['"@method"', "POST"],
      ['"@path"', path!],
      ['"@query"', `?${query}`],
      ['"@authority"', "api.example"],
      ['"content-digest"', digest],
    ];
    const request = make({ url: odd, components, headers: { host: "API.example" } });
    expect(await code(request)).toBe("accepted");
    const scheme = make({
      url: odd,
      components: [...components, ['"@scheme"', "https"]],
      headers: { host: "API.example" },
    });
    expect(await code(scheme)).toBe("COMPONENT_MISSING");
  });

  test("headers in any form", async () => {
    const request = make(withComponents(['"accept"', "a, b"], ['"x-number"', "5"]));
    const given = { ...request.headers, ACCEPT: [" a", "b\t"], "x-number": 5, "x-none": undefined };
    expect(await code({ ...request, headers: given })).toBe("accepted");
    const pairs: [string, string][] = [
      ...Object.entries(request.headers),
      ["Accept", "a"],
      ["accept", "b"],
      ["X-Number", "5"],
    ];
    expect(await code({ ...request, headers: pairs })).toBe("accepted");
    expect(await code({ ...request, headers: new Headers(pairs) })).toBe("accepted");
    const bytes = new TextEncoder().encode(body);
    expect(await code({ ...request, headers: pairs, body: bytes })).toBe("accepted");
    expect(await code({ ...request, headers: pairs, body: bytes.buffer as ArrayBuffer })).toBe("accepted");
  });

  test("a fetch Request: streams, their limit, bodies read before", async () => {
    const { url, ...init } = make();
    expect(await code(new Request(url, init))).toBe("accepted");
    const stream = () =>
      new Request(url, {
        ...init,
        duplex: "half",
        body: new Blob([body.slice(0, 3), body.slice(3)]).stream(),
      } as RequestInit);
    const verified = await entry.verifyRequest(stream(), await options({ maxBodyBytes: 16 }));
    expect(new TextDecoder().decode(verified.body)).toBe(body);
    expect(await code(stream(), { maxBodyBytes: 15 })).toBe("BODY_TOO_LARGE");
    const used = new Request(url, init);
    await used.text();
    expect(await code(used)).toBe("BODY_USED");
    const locked = stream();
    locked.body?.getReader();
    expect(await code(locked)).toBe("BODY_USED");
    const failing = new ReadableStream({ pull: (controller) => controller.error(new Error("gone")) });
    expect(await code(new Request(url, { ...init, duplex: "half", body: failing } as RequestInit))).toBe(
      "INVALID_REQUEST",
    );
    const texts = new ReadableStream({
      start(controller) {
        controller.enqueue("text");
        controller.close();
      },
    });
    expect(await code(new Request(url, { ...init, duplex: "half", body: texts } as RequestInit))).toBe(
      "INVALID_REQUEST",
    );
  });

  test("v6: unquoted names in the base, digest as of RFC 3230", async () => {
    expect(await code(digestHeader(6, "digest", sha256()), { version: 6 })).toBe("accepted");
    expect(await code(digestHeader(6, "digest", `md5=x, sha-256=${sha256().slice(8)}`), { version: 6 })).toBe(
      "accepted",
    );
    expect(await code(digestHeader(6, "digest", sha256()), { version: 15, required: [] })).toBe(
      "SIGNATURE_INVALID",
    );
    expect(await code(make(), { version: 6, required: [] })).toBe("SIGNATURE_INVALID");
    expect(await code(make(), { version: 6 })).toBe("DIGEST_UNCOVERED");
    expect(await code(digestHeader(6, "digest", "SHA-256=AAAA"), { version: 6 })).toBe("DIGEST_MISMATCH");
    expect(await code(digestHeader(6, "digest", "md5=AAAA"), { version: 6 })).toBe("DIGEST_MALFORMED");
    expect(await code(digestHeader(6, "digest", "SHA-256"), { version: 6 })).toBe("DIGEST_MALFORMED");
    expect(await code(digestHeader(6, "digest", `${sha256()},${sha256()}`), { version: 6 })).toBe(
      "DIGEST_MALFORMED",
    );
  });

  test("either version: as the header says, else as the digest that is covered", async () => {
    const either = (request: Sent, version?: string) =>
      code(
        {
          ...request,
          headers: { ...request.headers, ...(version && { "upvest-signature-version": version }) },
        },
        { version: "either" },
      );
    const old = digestHeader(6, "digest", sha256());
    expect(await either(make())).toBe("accepted");
    expect(await either(make(), "15")).toBe("accepted");
    expect(await either(make(), "6")).toBe("DIGEST_UNCOVERED");
    expect(await either(old)).toBe("accepted");
    expect(await either(old, "6")).toBe("accepted");
    expect(await either(old, "15")).toBe("DIGEST_UNCOVERED");
    expect(await either(make(), "7")).toBe("SIGNATURE_VERSION");
  });

  test("keys as a function: what it throws is passed on", async () => {
    const keys = await keysOf(entry);
    expect(await code(make(), { keys: async (keyId) => keys.get(keyId) })).toBe("accepted");
    expect(await code(make(), { keys: () => undefined })).toBe("KEY_UNKNOWN");
    const offline = new Error("offline");
    const keysOffline = () => Promise.reject(offline);
    await expect(entry.verifyRequest(make(), await options({ keys: keysOffline }))).rejects.toBe(offline);
    const broken = { algorithm: "ed25519" as const, verify: () => Promise.reject(new TypeError("no")) };
    expect(await code(make(), { keys: () => broken })).toBe("SIGNATURE_INVALID");
  });

  test("options are checked", async () => {
    for (const wrong of [
      undefined,
      {},
      { version: 14 },
      { version: "15" },
      { keys: {} },
      { required: "@method" },
      { maxAge: -1 },
      { maxAge: Number.NaN },
      { clockSkew: "5m" },
      { maxBodyBytes: Number.NaN },
    ]) {
      const given = wrong && Object.keys(wrong).length > 0 ? { ...(await options()), ...wrong } : wrong;
      expect(await codeOf(entry.verifyRequest(make(), given as VerifyOptions)), JSON.stringify(wrong)).toBe(
        "INVALID_OPTION",
      );
    }
  });

  test("messages name components, no values", async () => {
    const request = make({
      components: [
        ['"@method"', "POST"],
        ['"authorization"', "Bearer secret"],
        ['"@query"', "?limit=1&flag"],
      ],
      headers: { authorization: "Bearer secret" },
    });
    const message = await entry
      .verifyRequest(request, await options())
      .catch((error: Error) => error.message);
    expect(message).toBe("component required: @path; covered: @method authorization @query");
    const { headers } = request;
    const changed = { ...request, headers: { ...headers, authorization: "Bearer hidden" } };
    const invalid = entry.verifyRequest(changed, await options({ required: [] }));
    await expect(invalid).rejects.toThrow(
      /^signature invalid: another key, or changed since; covered: @method authorization/,
    );
    await expect(invalid).rejects.not.toThrow(/hidden|secret|limit=1/);
    const missing = make({ components: [...standard.slice(0, 2), ['"x-other"', ""], ['"accept"', ""]] });
    await expect(entry.verifyRequest(missing, await options())).rejects.toThrow(
      /^component missing: x-other; covered: @method @path x-other accept$/,
    );
  });

  test("nothing but SignatureError, whatever is given", async () => {
    const nonsense = [
      undefined,
      null,
      5,
      "text",
      [],
      {},
      { method: "GET" },
      { method: "GET", url: "https://a.example" },
    ];
    for (const request of nonsense) expect(await code(request as never)).toBe("INVALID_REQUEST");
    const headers = [
      undefined,
      null,
      5,
      [5],
      [[]],
      { a: {} },
      { a: [{}] },
      { "": "a" },
      new Map([[undefined, "a"]]),
    ];
    for (const given of headers) {
      const result = await code({ ...make(), headers: given as never });
      expect(["INVALID_REQUEST", "SIGNATURE_MISSING"], String(given)).toContain(result);
    }
    for (const given of [5, {}, [], true])
      expect(await code({ ...make(), body: given as never })).toBe("INVALID_REQUEST");
    for (const url of [undefined, 5, "", "x", "https://", "http://[", "*"]) {
      expect(await code({ ...make(), url: url as never })).toBe("INVALID_REQUEST");
    }
  });

  test("in linear time: 16 KiB of each kind of trouble", async () => {
    const size = 16_000;
    const many = [
      `sig1=(${'"'.repeat(size)}`,
      `sig1=(${'"a" '.repeat(size / 4)})`,
      `sig1=(${" ".repeat(size)})`,
      `sig1=()${";a".repeat(size / 2)}`,
      `sig1=()${";a=1".repeat(size / 4)}`,
      `${"a=1,".repeat(size / 4)}sig1=()`,
      `sig1=("${"\\\\".repeat(size / 2)}")`,
      `sig1=:${"A".repeat(size)}:`,
      `${" ".repeat(size)}sig1=()`,
      `sig1=(${'"@query-param";name="a" '.repeat(size / 24)})`,
    ];
    const start = performance.now();
    for (const input of many) {
      const result = code(withHeaders({ "signature-input": input }));
      expect(await result).not.toBe("accepted");
    }
    const digests = `SHA-256=${"A".repeat(42)},`.repeat(size / 60);
    await code(digestHeader(6, "digest", digests), { version: 6 });
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

async function keysOf(entry: Entry): Promise<Pick<PublicKeys, "get">> {
  const ed = await entry.importPublicKeys(
    ed25519.publicKey.export({ format: "pem", type: "spki" }).toString(),
    { keyId: "ed" },
  );
  const p = await entry.importPublicKeys(p521.publicKey.export({ format: "pem", type: "spki" }).toString(), {
    keyId: "p521",
  });
  return { get: (keyId) => ed.get(keyId) ?? p.get(keyId) };
}

function repeat(value: [string, string]): [string, string][] {
  return [value, value];
}

function twice(header: string): Sent {
  const request = make();
  const value = request.headers[header]!;
  return { ...request, headers: { ...request.headers, [header]: `${value}, ${value}` } };
}

function behind(header: string, more: string): Sent {
  const request = make();
  return { ...request, headers: { ...request.headers, [header]: request.headers[header] + more } };
}

function changed(header: string, from: string, to: string): Sent {
  const request = make();
  return {
    ...request,
    headers: { ...request.headers, [header]: request.headers[header]!.replace(from, to) },
  };
}

function several(...labels: string[]): Sent {
  const made = labels.map((label) => make({ label }));
  const join = (name: string) => made.map(({ headers }) => headers[name]).join(", ");
  return {
    ...made[0]!,
    headers: {
      ...made[0]!.headers,
      "signature-input": join("signature-input"),
      signature: join("signature"),
    },
  };
}

/** The same numbers, their length written in one byte more than needed. */
function longDer(): Sent {
  const request = make({ key: p521.privateKey, params: `keyid="p521";${times}` });
  const der = Buffer.from(request.headers["signature"]!.slice(6, -1), "base64");
  const long = Buffer.concat([Buffer.from([0x30, 0x82, 0x00, der[2]!]), der.subarray(3)]);
  return { ...request, headers: { ...request.headers, signature: `sig1=:${long.toString("base64")}:` } };
}

function sha256(): string {
  return `SHA-256=${createHash("sha256").update(body).digest("base64")}`;
}

function digestHeader(version: 15 | 6, name: string, value: string): Sent {
  const components: [string, string][] = [...standard.slice(0, 3), [`"${name}"`, value]];
  const input = `(${components.map(([item]) => item).join(" ")});${params}`;
  const unquoted = [...components, ["@signature-params", input]].map(
    ([item, line]) => `${item!.replace(/"/g, "")}: ${line}`,
  );
  return make({
    components,
    headers: { [name]: value },
    ...(version === 6 && { base: unquoted.join("\n") }),
  });
}

test("SignatureError is an Error with a code", () => {
  expect(new SignatureError("EXPIRED", "text")).toMatchObject({
    name: "SignatureError",
    code: "EXPIRED",
    message: "text",
  });
});
