import { createHash, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { createSigner as createTheirSigner, createVerifier, httpbis } from "http-message-signatures";
import { describe, expect, it } from "vitest";
import * as portable from "../src/index.js";
import { importPrivateKey as importPortable } from "../src/keys/import-private-key.js";
import { importPrivateKey as importNode } from "../src/node/import-private-key.js";
import * as node from "../src/node.js";
import { bytesOf, G, integer, inverse, keyFor, lift, n, type Point, p, sequence, toKey } from "./p521.js";
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

// RFC 8032, 7.1: seed, public key, message, signature.
const rfc8032 = [
  [
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  ],
  [
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  ],
  [
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    "af82",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  ],
  [
    "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
    "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
  ],
] as const;

const hex = (digits: string): Buffer => Buffer.from(digits, "hex");
const flipped = (bytes: Uint8Array, bit: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
};

// Edge cases after those of Wycheproof, which no package carries: made here, and each held against node:crypto.
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const ed25519P = 2n ** 255n - 19n;
const little = (number: bigint, length = 32): Buffer => bytesOf(number, length).reverse();
const bigOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);

describe.each(entries)("Ed25519 at its edges, $entry", (ours) => {
  const load = async (raw: Uint8Array) =>
    (
      await ours.importPublicKeys({
        kty: "OKP",
        crv: "Ed25519",
        x: Buffer.from(raw).toString("base64url"),
        kid: "k",
      })
    ).get("k")!;
  /** Refused: by `false`, or for its form. */
  const accepts = (key: Awaited<ReturnType<typeof load>>, signature: Uint8Array, bytes: Uint8Array) =>
    key.verify(signature, bytes).catch((error: unknown) => {
      expect(error).toMatchObject({ name: "SignatureError", code: "SIGNATURE_ENCODING" });
      return false;
    });

  it.each(rfc8032)("RFC 8032, 7.1: %s", async (seed, publicKey, message, signature) => {
    const signer = await ours.importPrivateKey(hex(seed));
    expect(Buffer.from(await signer.sign(hex(message))).toString("hex")).toBe(signature);
    const key = await load(hex(publicKey));
    expect(await accepts(key, hex(signature), hex(message))).toBe(true);
    for (let bit = 0; bit < 512; bit += 7) {
      expect(await accepts(key, flipped(hex(signature), bit), hex(message))).toBe(false);
    }
    expect(await accepts(key, hex(signature), Buffer.concat([hex(message), hex("00")]))).toBe(false);
  });

  it("numbers too large, lengths that are wrong, swapped halves, zeros", async () => {
    const [, publicKey, message, signature] = rfc8032[2];
    const key = await load(hex(publicKey));
    const [R, S] = [hex(signature).subarray(0, 32), hex(signature).subarray(32)];
    const s = bigOf(S);
    const wrong = [
      ...[1n, 2n, 8n, 15n].map((k) => Buffer.concat([R, little(s + k * L)])),
      ...[0n, 1n, L, L - 1n, L + 1n, 2n ** 252n, 2n ** 253n, 2n ** 255n, 2n ** 256n - 1n].map((other) =>
        Buffer.concat([R, little(other)]),
      ),
      Buffer.concat([R, little(mod(-s))]),
      ...[0n, 1n, ed25519P - 1n, ed25519P, ed25519P + 1n, 2n ** 255n, 2n ** 256n - 1n].map((other) =>
        Buffer.concat([little(other), S]),
      ),
      Buffer.concat([S, R]),
      Buffer.concat([R, S, hex("00")]),
      Buffer.concat([hex("00"), R, S]),
      Buffer.concat([R, S.subarray(0, 31)]),
      Buffer.alloc(0),
      Buffer.alloc(64),
      Buffer.alloc(64, 255),
      Buffer.concat([R, S, R, S]),
      sequence(integer(bigOf(R)), integer(s)),
    ];
    for (const bytes of wrong)
      expect(await accepts(key, bytes, hex(message)), bytes.toString("hex")).toBe(false);
  });

  it("keys of small order and keys that are no point: as node:crypto does", async () => {
    const ys = [0n, 1n, 2n, 7n, ed25519P - 1n, ed25519P, ed25519P + 1n, 2n ** 255n - 1n];
    const order8 = hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
    const points = [...ys, ...ys.map((y) => y + 2n ** 255n)].map((y) => little(y));
    for (const raw of [...points, order8]) {
      const jwk = { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") };
      const reference = createPublicKey({ key: jwk, format: "jwk" });
      let key: Awaited<ReturnType<typeof load>>;
      try {
        key = await load(raw);
      } catch (error) {
        expect(error).toMatchObject({ code: "KEY_FORMAT" });
        continue;
      }
      for (const R of [...points.slice(0, 6), order8]) {
        for (const s of [0n, 1n, L]) {
          const signature = Buffer.concat([R, little(s)]);
          const expected = verify(null, text("x"), reference, signature);
          expect(await accepts(key, signature, text("x"))).toBe(expected);
        }
      }
    }
  });
});

const mod = (a: bigint, m = L): bigint => ((a % m) + m) % m;
const message = text("123400");
const e = BigInt(`0x${createHash("sha512").update(message).digest("hex")}`);

function edgeCases(): { name: string; r: bigint; s: bigint; point: Point }[] {
  const cases: ReturnType<typeof edgeCases> = [];
  const at = (name: string, R: Point, s: bigint) => {
    const point = keyFor(R, s, e);
    if (point !== undefined) cases.push({ name, r: R[0] % n, s, point });
  };
  const numbers: [string, bigint][] = [
    ["1", 1n],
    ["2", 2n],
    ["2^7", 2n ** 7n],
    ["2^7 - 1", 2n ** 7n - 1n],
    ["2^255", 2n ** 255n],
    ["2^503", 2n ** 503n],
    ["2^512 - 1", 2n ** 512n - 1n],
    ["2^511 - 1", 2n ** 511n - 1n],
    ["2^519", 2n ** 519n],
    ["2^520", 2n ** 520n],
    ["n - 1", n - 1n],
    ["n - 2", n - 2n],
    ["(n - 1) / 2", (n - 1n) / 2n],
    ["1 / 2", inverse(2n, n)],
    ["1 / 3", inverse(3n, n)],
  ];
  for (const [name, s] of numbers) at(`r of G, s = ${name}`, G, s);
  /** The first x from there on that is on the curve. */
  const from = (start: bigint, step = 1n): Point => {
    for (let x = start; ; x += step) {
      const point = lift(x);
      if (point !== undefined) return point;
    }
  };
  const last = numbers[6]![1];
  for (const [name, start] of numbers.slice(0, 10)) at(`r from ${name}, s short`, from(start), 3n);
  at("r short, s = 2^512 - 1", from(1n), last);
  at("r = s", from(2n ** 130n), from(2n ** 130n)[0]);
  at("r near n", from(n - 1n, -1n), 5n);
  // x between n and p: r is x - n, and small.
  at("r, whose x is above n", from(n + 1n), 5n);
  at("r, whose x is near p", from(p - 1n, -1n), n - 3n);
  return cases;
}

const cases = edgeCases();

describe.each(entries)("ECDSA on P-521 at its edges, $entry", (ours) => {
  const load = async (point: Point) =>
    (await ours.importPublicKeys(publicPem(toKey(point)), { keyId: "k" })).get("k")!;
  const accepts = (key: Awaited<ReturnType<typeof load>>, signature: Uint8Array) =>
    key.verify(signature, message).catch((error: unknown) => {
      expect(error).toMatchObject({ name: "SignatureError", code: "SIGNATURE_ENCODING" });
      return false;
    });

  it("takes every valid one", async () => {
    expect(cases.length).toBeGreaterThan(25);
    for (const { name, r, s, point } of cases) {
      const der = sequence(integer(r), integer(s));
      expect(verify("sha512", message, toKey(point), der), name).toBe(true);
      expect(await accepts(await load(point), der), name).toBe(true);
      // ECDSA's own other half.
      expect(await accepts(await load(point), sequence(integer(r), integer(n - s))), name).toBe(true);
    }
  });

  it("takes no other encoding and no other numbers", async () => {
    for (const { name, r, s, point } of cases) {
      const key = await load(point);
      const [R, S] = [integer(r), integer(s)];
      const inner = [...R, ...S];
      const numbers: [bigint, bigint][] = [
        [0n, s],
        [r, 0n],
        [0n, 0n],
        [n, s],
        [r, n],
        [r + n, s],
        [r, s + n],
        [r - n, s],
        [r, s - n],
        [-r, s],
        [r, -s],
        [p, s],
        [r, 2n ** 521n],
        [r + 1n, s],
        [r, s + 1n],
        [n - r, s],
        [r << 8n, s],
        [1n, 1n],
        [n - 1n, n - 1n],
        ...(r === s ? [] : [[s, r] as [bigint, bigint]]),
      ];
      const long = (tag: number, content: number[]) => [
        tag,
        0x82,
        content.length >> 8,
        content.length & 255,
        ...content,
      ];
      const padded = (bytes: number[]) => [2, bytes.length - 1, 0, ...bytes.slice(2)];
      const encodings = [
        ...numbers
          .filter(([a, b]) => (a !== r || b !== s) && (a !== r || b !== n - s))
          .map(([a, b]) => sequence(integer(a), integer(b))),
        Buffer.from(long(0x30, inner)),
        Buffer.from([0x30, 0x80, ...inner, 0, 0]),
        Buffer.from([0x30, 0x81, inner.length, 0x81, ...inner]),
        ...(inner.length < 128 ? [Buffer.from([0x30, 0x81, inner.length, ...inner])] : []),
        Buffer.from([0x31, ...sequence(inner).subarray(1)]),
        Buffer.from([...sequence(inner), 0]),
        Buffer.from([...sequence(inner), 5, 0]),
        sequence(inner, [0]),
        sequence(inner, [5, 0]),
        sequence(inner, S),
        sequence(R),
        sequence(),
        sequence(padded(R), S),
        sequence(R, padded(S)),
        sequence(long(2, R.slice(2)), S),
        sequence(R, [3, ...S.slice(1)]),
        sequence([2, 0], S),
        sequence(R, [2, 0]),
        sequence([9, 1, 0], S),
        sequence([1, 1, 1], [1, 1, 1]),
        sequence(inner).subarray(0, -1),
        Buffer.from([...sequence(sequence(inner).toJSON().data)]),
        Buffer.concat([bytesOf(r), bytesOf(s)]),
        Buffer.alloc(0),
        Buffer.from([0x30]),
        Buffer.from([0x30, 0x84, 255, 255, 255, 255, ...inner]),
        Buffer.from([0x30, 0x88, 0, 0, 0, 0, 0, 0, 0, inner.length, ...inner]),
      ];
      for (const encoding of encodings) {
        expect(await accepts(key, encoding), `${name}: ${encoding.toString("hex")}`).toBe(false);
      }
    }
  });

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
