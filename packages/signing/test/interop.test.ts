import { createHash, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { createSigner as createTheirSigner, createVerifier, httpbis } from "http-message-signatures";
import { describe, expect, it } from "vitest";
import * as portable from "../src/index.js";
import { importPrivateKey as importPortable } from "../src/keys/import-private-key.js";
import { importPrivateKey as importNode } from "../src/node/import-private-key.js";
import * as node from "../src/node.js";
import {
  componentValue,
  makeKey,
  privatePem,
  publicPem,
  readSignature,
  referenceBase,
  referenceVerify,
  signMessage,
  type WireMessage,
} from "./reference.js";

const entries = [
  { entry: "portable", ...portable, importPrivateKey: importPortable },
  { entry: "node", ...node, importPrivateKey: importNode },
];
const algorithms = ["ed25519", "ecdsa-p521-sha512"] as const;
const keys = { ed25519: makeKey("ed", "ed25519"), "ecdsa-p521-sha512": makeKey("ec", "ecdsa-p521-sha512") };
const text = (content: string): Uint8Array => new TextEncoder().encode(content);

type Given = Omit<WireMessage, "headers"> & { headers: Record<string, string | string[]> };

const given: Given[] = [
  { method: "GET", url: "https://sandbox.upvest.co/users", headers: {}, body: text("") },
  {
    method: "get",
    url: "https://sandbox.upvest.co?limit=10&a=%20+b&flag&empty=&limit=1",
    headers: { Authorization: "Bearer  two  spaces ", "X-Trace": "1", "upvest-client-id": "\t ebabcf4d \t" },
    body: text(""),
  },
  {
    method: "POST",
    url: "https://sandbox.upvest.co/a%2Fb/../c;d=1/?x=[1]&y='#fragment",
    headers: {
      "content-type": "application/json",
      "Idempotency-Key": "4b6d0b8c-7a0e-4b8a-a64d-0e2a3a6a3a31",
      accept: ["application/json", "application/pdf"],
      "empty-one": "",
    },
    body: text('{"name":"Müller"}'),
  },
  { method: "DELETE", url: "http://localhost:8080/x", headers: { a: ["1", "", "3"] }, body: text("\0ÿ\n") },
];

/** The message as it goes over the wire. */
const sent = (message: Given, headers: Record<string, string>): WireMessage => ({
  ...message,
  method: message.method.toUpperCase(),
  url: new URL(message.url).href,
  headers: Object.entries(headers),
});

describe.each(entries)("what $entry signs is accepted by code that is not ours", (ours) => {
  it.each(algorithms)("node:crypto on a base rebuilt here, %s", async (algorithm) => {
    const key = keys[algorithm];
    const signer = await ours.createSigner({ keyId: key.id, privateKey: privatePem(key.privateKey) });
    for (const message of given) {
      const wire = sent(message, await signer.headers(message));
      expect(referenceVerify(wire, 15, key)).toBe(true);
      const { components } = readSignature(wire);
      for (const component of components) {
        const changed = change(wire, component);
        expect(componentValue(changed, component)).not.toBe(componentValue(wire, component));
        expect(referenceVerify(changed, 15, key)).toBe(false);
      }
    }
  });

  it.each(algorithms)("a fetch Request, %s", async (algorithm) => {
    const key = keys[algorithm];
    const signer = await ours.createSigner({ keyId: key.id, privateKey: privatePem(key.privateKey) });
    for (const { method, url, headers, body } of given) {
      const init = { method, headers: new Headers(), ...(body.length > 0 && { body: Buffer.from(body) }) };
      for (const [name, value] of Object.entries(headers))
        for (const one of [value].flat()) init.headers.append(name, one);
      const signed = await signer.sign(new Request(url, init));
      const wire: WireMessage = {
        method: signed.method,
        url: signed.url,
        headers: [...signed.headers],
        body: new Uint8Array(await signed.arrayBuffer()),
      };
      expect(referenceVerify(wire, 15, key)).toBe(true);
    }
  });

  it.each(algorithms)("webhooks, v6, %s", async (algorithm) => {
    const key = keys[algorithm];
    for (const message of given) {
      const headers = await ours.signWebhook(message, {
        keyId: key.id,
        privateKey: privatePem(key.privateKey),
      });
      expect(referenceVerify(sent(message, headers), 6, key)).toBe(true);
    }
  });

  it("http-message-signatures verifies ours, Ed25519", async () => {
    const key = keys.ed25519;
    const signer = await ours.createSigner({ keyId: key.id, privateKey: privatePem(key.privateKey) });
    const theirs = createVerifier(publicPem(key.publicKey), "ed25519");
    for (const message of given) {
      const wire = sent(message, await signer.headers(message));
      const check = (headers: Record<string, string>, method = wire.method) =>
        httpbis.verifyMessage(
          {
            keyLookup: async ({ keyid }) =>
              keyid === key.id ? { id: key.id, algs: ["ed25519"], verify: theirs } : null,
            requiredFields: ["@method", "@path"],
            requiredParams: ["keyid", "created", "expires", "nonce"],
          },
          { method, url: wire.url, headers },
        );
      const headers = Object.fromEntries(wire.headers);
      expect(await check(headers)).toBe(true);
      expect(await check({ ...headers, accept: "text/html" })).toBe(false);
      expect(await check(headers, "PATCH")).toBe(false);
    }
  });

  it("verifies what http-message-signatures signs, Ed25519", async () => {
    const key = keys.ed25519;
    const publicKeys = await ours.importPublicKeys(publicPem(key.publicKey), { keyId: key.id });
    const body = text('{"hello": "world"}');
    const message = {
      method: "POST",
      url: "https://example.com/foo?param=Value&Pet=dog%20cat",
      headers: {
        "Content-Type": "application/json",
        "Content-Digest": `sha-512=:${createHash("sha512").update(body).digest("base64")}:`,
      },
    };
    const signed = await httpbis.signMessage(
      {
        key: createTheirSigner(privatePem(key.privateKey), "ed25519", key.id),
        fields: [
          ..."@method @target-uri @authority @scheme @request-target @path @query".split(" "),
          ...['@query-param;name="Pet"', "content-type", "content-digest"],
        ],
        paramValues: { nonce: "n", tag: "t" },
        params: ["created", "keyid", "alg", "expires", "nonce", "tag"],
      },
      message,
    );
    const request = { ...signed, url: message.url, body };
    const verified = await ours.verifyRequest(request, { keys: publicKeys, version: 15 });
    expect(verified).toMatchObject({ label: "sig", keyId: key.id, nonce: "n", algorithm: "ed25519" });
    expect(verified.components).toHaveLength(10);
    await expect(
      ours.verifyRequest({ ...request, method: "PUT" }, { keys: publicKeys, version: 15 }),
    ).rejects.toMatchObject({ code: "SIGNATURE_INVALID" });
  });
});

function change(message: WireMessage, component: string): WireMessage {
  const name = component.slice(1, -1);
  if (name === "@method") return { ...message, method: "PATCH" };
  if (name === "@path") return { ...message, url: message.url.replace(/^(\w+:\/\/[^/]*\/)/, "$1x") };
  if (name === "@query") return { ...message, url: `${message.url.replace(/#.*/, "")}&` };
  return {
    ...message,
    headers: message.headers.map(([key, value]) => [key, key === name ? `${value}x` : value]),
  };
}

// RFC 9421, B.1.4.
const rfcPrivate =
  "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF\n-----END PRIVATE KEY-----\n";
const rfcPublic =
  "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n-----END PUBLIC KEY-----\n";
const rfcKey = {
  id: "test-key-ed25519",
  algorithm: "ed25519",
  privateKey: createPrivateKey(rfcPrivate),
  publicKey: createPublicKey(rfcPublic),
} as const;

// B.2.
const b26 = {
  method: "POST",
  url: "https://example.com/foo?param=Value&Pet=dog",
  headers: [
    ["Host", "example.com"],
    ["Date", "Tue, 20 Apr 2021 02:07:55 GMT"],
    ["Content-Type", "application/json"],
    [
      "Content-Digest",
      "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:",
    ],
    ["Content-Length", "18"],
    [
      "Signature-Input",
      'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
    ],
    [
      "Signature",
      "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:",
    ],
  ] as [string, string][],
  body: text('{"hello": "world"}'),
};

// B.4.
const transform: [string, string][] = [
  [
    "Signature-Input",
    'transform=("@method" "@path" "@authority" "accept");created=1618884473;keyid="test-key-ed25519"',
  ],
  [
    "Signature",
    "transform=:ZT1kooQsEHpZ0I1IjCqtQppOmIqlJPeo7DHR3SoMn0s5JZ1eRGS0A+vyYP9t/LXlh5QMFFQ6cpLt2m0pmj3NDA==:",
  ],
];
const demo = (
  headers: [string, string][],
  method = "GET",
  url = "https://example.org/demo?name1=Value1&Name2=value2",
) => ({
  method,
  url,
  headers: [...headers, ...transform],
  body: text(""),
});

describe.each(entries)("RFC 9421, appendix B, $entry", (ours) => {
  const options = { version: 15, now: () => 1618884473_000, required: ["@method", "@path"] } as const;
  const rfcKeys = () => ours.importPublicKeys(rfcPublic, { keyId: rfcKey.id });

  it("B.1.4: the private key makes the signature of B.2.6", async () => {
    const { signature, ...spec } = readSignature(b26);
    const base = referenceBase(b26, { ...spec, version: 15 });
    const key = await ours.importPrivateKey(rfcPrivate);
    expect(Buffer.from(await key.sign(text(base)))).toEqual(signature);
  });

  it("B.2.6: the signature is accepted, and not without each part of what it covers", async () => {
    const keys = await rfcKeys();
    const verified = await ours.verifyRequest(b26, { keys, ...options });
    expect(verified.components).toEqual([
      "date",
      "@method",
      "@path",
      "@authority",
      "content-type",
      "content-length",
    ]);
    const changes = [
      { method: "PUT" },
      { url: b26.url.replace("foo", "fop") },
      { url: b26.url.replace("example.com", "example.org") },
      {
        headers: b26.headers.map(([k, v]): [string, string] => [k, k === "Date" ? v.replace("55", "56") : v]),
      },
    ];
    for (const change of changes) {
      await expect(ours.verifyRequest({ ...b26, ...change }, { keys, ...options })).rejects.toMatchObject({
        code: "SIGNATURE_INVALID",
      });
    }
    // By default the body has to be covered, and the query.
    await expect(ours.verifyRequest(b26, { ...options, keys, required: undefined })).rejects.toMatchObject({
      code: "COMPONENT_REQUIRED",
    });
  });

  it("B.4: holds through what proxies may do, and not through more", async () => {
    const keys = await rfcKeys();
    const date: [string, string] = ["Date", "Fri, 15 Jul 2022 14:24:55 GMT"];
    const accepts: [string, string][] = [
      ["Accept", "application/json"],
      ["Accept", "*/*"],
    ];
    const held = [
      demo([["Host", "example.org"], date, ...accepts]),
      // A field added, and the query changed.
      demo(
        [...accepts, ["Accept-Language", "en-US,en;q=0.5"]],
        "GET",
        "https://example.org/demo?name1=Value1&Name2=value2&param=added",
      ),
      // Combined, another case, the rest gone; the target as received.
      demo(
        [
          ["accept", "application/json, */*"],
          ["HOST", "EXAMPLE.org"],
        ],
        "GET",
        "/demo?name1=Value1",
      ),
      demo(
        [
          ["host", "example.org"],
          ["accept", " application/json "],
          ["referer", "x"],
          ["ACCEPT", "\t*/*"],
        ],
        "GET",
        "/demo",
      ),
    ];
    for (const message of held) {
      expect((await ours.verifyRequest(message, { keys, ...options })).label).toBe("transform");
    }
    const broken = [
      demo(accepts, "POST"),
      demo(accepts, "GET", "https://example.com/demo?name1=Value1&Name2=value2"),
      demo([...accepts].reverse()),
      demo([...accepts, ["accept", "text/html"]]),
    ];
    for (const message of broken) {
      await expect(ours.verifyRequest(message, { keys, ...options })).rejects.toMatchObject({
        code: "SIGNATURE_INVALID",
      });
    }
  });

  it("all components of a request, signed by the test's own code", async () => {
    const keys = await rfcKeys();
    const components =
      '"@method" "@target-uri" "@authority" "@scheme" "@request-target" "@path" "@query" "@query-param";name="Pet" "@query-param";name="a%20b" "host"'.split(
        / (?=")/,
      );
    const message = {
      ...b26,
      url: "HTTPS://Example.com:443/foo?Pet=d%6fg+x%21~&a+b=",
      headers: b26.headers.slice(0, 5),
    };
    const spec = {
      label: "x",
      components,
      params: ';created=1618884473;keyid="test-key-ed25519"',
      version: 15,
    } as const;
    const signed = signMessage(message, spec, rfcKey);
    expect((await ours.verifyRequest(signed, { keys, ...options })).components).toHaveLength(
      components.length,
    );
  });
});

describe.each(entries)("ECDSA on P-521, $entry", (ours) => {
  it("signs what node:crypto verifies, and the other way round", async () => {
    const { privateKey, publicKey } = keys["ecdsa-p521-sha512"];
    const key = (await ours.importPublicKeys(publicPem(publicKey), { keyId: "k" })).get("k")!;
    const signer = await ours.importPrivateKey(privatePem(privateKey));
    for (let i = 0; i < 60; i++) {
      const bytes = text(`message ${i}`);
      expect(verify("sha512", bytes, publicKey, await signer.sign(bytes))).toBe(true);
      expect(await key.verify(sign("sha512", bytes, privateKey), bytes)).toBe(true);
    }
  });
});
