import { equal, ok } from "../check.js";
import type { Suite } from "../create-suite.js";
import { fromHex, keyId, moment, origin, plainKeys, rfc8032, toBase64Url } from "../fixtures.js";

const body = '{"key": "value"}';
const digest =
  "sha-512=:Hd9/AvGZkbjitW1+Ml8Fg1ux1mtcDYe6mLQjDyoowIWa3LM/PmwN2v9O+MjtQGrCA3EQWUL54dlgxKHyYbrucw==:";

const fixed = {
  method: "POST",
  url: `${origin}/orders?limit=2&name=%C3%A4+b&flag`,
  headers: {
    Accept: "application/json",
    Authorization: "Bearer token",
    "Content-Type": "application/json",
    "Idempotency-Key": "0e2a1d5e-6b1d-4d34-9d2b-0d2a4e1f0b11",
    "X-Trace": "not covered",
    "User-Agent": "not covered",
    "Upvest-Client-Id": ["  one\t", "two"],
  },
  body,
};

const base = [
  '"@method": POST',
  '"@path": /orders',
  '"@query": ?limit=2&name=%C3%A4+b&flag',
  '"accept": application/json',
  '"authorization": Bearer token',
  '"content-type": application/json',
  '"idempotency-key": 0e2a1d5e-6b1d-4d34-9d2b-0d2a4e1f0b11',
  '"upvest-client-id": one, two',
  '"accept-language": *',
  '"content-length": 16',
  `"content-digest": ${digest}`,
];
const params = `;keyid="${keyId}";created=1750000000;expires=1750000060;nonce="n-1"`;

/** Of a base whose lines stand in any order. */
const lines = (text: string) => text.split("\n").slice(0, -1).sort();

export async function signChecks({ signing, check }: Suite): Promise<void> {
  const fixedOptions = { keyId, now: () => moment, nonce: () => "n-1" };

  await check("the signature base is the one written out here", async () => {
    let signed = "";
    const signer = await signing.createSigner({
      ...fixedOptions,
      privateKey: {
        algorithm: "ed25519",
        sign: async (bytes: Uint8Array) => {
          signed = new TextDecoder().decode(bytes);
          return new Uint8Array(64);
        },
      },
    });
    const headers = await signer.headers(fixed);
    equal(lines(signed), [...base].sort());
    const input = headers["signature-input"]!;
    ok(input.endsWith(params), `parameters: ${input}`);
    equal(signed.split("\n").at(-1), `"@signature-params": ${input.slice("sig1=".length)}`);
    equal(headers["upvest-signature-version"], "15");
    equal(headers["x-trace"], "not covered");
    const explained = await signer.explain(fixed);
    equal(explained.base, signed.replace("Bearer token", "Bearer ***"));
    equal(explained.uncovered.map(({ name }) => name).sort(), ["user-agent", "x-trace"]);
    equal([explained.keyId, explained.algorithm], [keyId, "ed25519"]);
  });

  await check("Ed25519 gives the bytes that other programs give", async () => {
    const signer = await signing.createSigner({ ...fixedOptions, privateKey: fromHex(rfc8032.seed) });
    const headers = await signer.headers({ method: "GET", url: `${origin}/a`, headers: { accept: "b" } });
    equal(headers["signature-input"], `sig1=("@method" "@path" "accept" "accept-language")${params}`);
    equal(
      headers["signature"],
      "sig1=:/SsxIdSjXLgy+aQzD10+UKnfWIQlwhqykhruZVxX1w+rDkonTmdMGUppTvDyu4r6jXIEFzMZjYyMr8qBSqYICQ==:",
    );
  });

  await check("nothing but what is there is covered", async () => {
    const signer = await signing.createSigner({ ...fixedOptions, privateKey: fromHex(rfc8032.seed) });
    for (const [method, url, body] of [
      ["GET", `${origin}/a`, undefined],
      ["GET", `${origin}/a?`, null],
      ["DELETE", `${origin}/a#fragment`, undefined],
      ["POST", `${origin}/a`, ""],
      ["PUT", `${origin}/a`, new Uint8Array()],
    ] as const) {
      const { covered } = await signer.explain({ method, url, headers: {}, body });
      equal([...covered].sort(), ["@method", "@path", "accept", "accept-language"]);
      const sent = await signer.headers({ method, url, headers: { "content-length": "0" }, body });
      ok(sent["content-digest"] === undefined, "there is a content-digest");
    }
  });

  await check("headers as Headers, Map, pairs and object sign the same", async () => {
    const signer = await signing.createSigner({ ...fixedOptions, privateKey: fromHex(rfc8032.seed) });
    const pairs: [string, string][] = [
      ["accept", "application/json"],
      ["upvest-client-id", "one"],
    ];
    const request = { method: "GET", url: `${origin}/a` };
    const [first, ...others] = await Promise.all(
      [new Headers(pairs), new Map(pairs), pairs, Object.fromEntries(pairs)].map((headers) =>
        signer.headers({ ...request, headers }),
      ),
    );
    for (const other of others) equal(other["signature"], first!["signature"]);
  });

  await check("body as text, Uint8Array and ArrayBuffer sign the same", async () => {
    const signer = await signing.createSigner({ ...fixedOptions, privateKey: fromHex(rfc8032.seed) });
    const text = '{"name":"Jürgen 🔑"}';
    const bytes = new TextEncoder().encode(text);
    const larger = new Uint8Array(bytes.length + 9);
    larger.set(bytes, 5);
    const request = { method: "POST", url: `${origin}/a`, headers: {} };
    const signatures = await Promise.all(
      [text, bytes, bytes.buffer, larger.subarray(5, -4)].map(
        async (body) => (await signer.headers({ ...request, body }))["signature"],
      ),
    );
    equal(new Set(signatures).size, 1);
    equal((await signer.headers({ ...request, body: text }))["content-length"], String(bytes.length));
  });

  await check("each signature has a nonce of its own, and lives 60 s", async () => {
    const signer = await signing.createSigner({ keyId, privateKey: fromHex(rfc8032.seed) });
    const keys = await signing.importPublicKeys(
      { kty: "OKP", crv: "Ed25519", x: toBase64Url(fromHex(rfc8032.publicKey)) },
      { keyId },
    );
    const nonces = new Set<string>();
    for (let count = 0; count < 20; count++) {
      const headers = await signer.headers(fixed);
      const { nonce, created, expires } = await signing.verifyRequest(
        { ...fixed, headers },
        { keys, version: 15 },
      );
      equal(expires! - created, 60);
      ok(Math.abs(created * 1000 - Date.now()) < 120_000, "created is not now");
      ok(/^[0-9a-f]{32}$/.test(nonce!), "the nonce has not 128 bits");
      nonces.add(nonce!);
    }
    equal(nonces.size, 20);
  });

  await check("the list of headers that are never covered holds", async () => {
    const signer = await signing.createSigner({ ...fixedOptions, privateKey: fromHex(rfc8032.seed) });
    const named = signing.uncoveredHeaders.map(({ name }) => name.replace("*", "-some"));
    ok(named.length > 20, "it is short");
    const { covered, uncovered } = await signer.explain({
      method: "GET",
      url: `${origin}/a`,
      headers: Object.fromEntries(named.map((name) => [name, "value"])),
    });
    equal([...covered].sort(), ["@method", "@path", "accept", "accept-language"]);
    equal(uncovered.map(({ name }) => name).sort(), [...named].sort());
    ok(
      uncovered.every(({ reason }) => reason.length > 5),
      "a reason is missing",
    );
  });

  await check("a thousand signatures at once", async () => {
    const signer = await signing.createSigner({ keyId, privateKey: plainKeys[0]!.privateKeyPem });
    const all = await Promise.all(Array.from({ length: 1000 }, () => signer.headers(fixed)));
    equal(new Set(all.map((headers) => headers["signature"])).size, 1000);
  });
}
