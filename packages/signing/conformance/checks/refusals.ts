import type { PlainRequest, SignatureErrorCode, VerifyOptions } from "../../src/index.js";
import { equal } from "../check.js";
import type { Suite } from "../create-suite.js";
import { fromHex, keyId, keyNamed, moment, origin, rfc8032, storedKeys, toBase64Url } from "../fixtures.js";

// A program can meet each of them; with a new code, this does not compile until it is here.
const allCodes: Record<SignatureErrorCode, true> = {
  KEY_FORMAT: true,
  KEY_ALGORITHM: true,
  KEY_NEEDS_NODE: true,
  KEY_USAGE: true,
  PASSPHRASE_MISSING: true,
  PASSPHRASE_WRONG: true,
  KEY_SIGNATURE_FORMAT: true,
  RUNTIME_LACKS_ALGORITHM: true,
  INVALID_OPTION: true,
  INVALID_REQUEST: true,
  BODY_TOO_LARGE: true,
  BODY_USED: true,
  SIGNATURE_MISSING: true,
  SIGNATURE_MALFORMED: true,
  SIGNATURE_ENCODING: true,
  SIGNATURE_LABEL: true,
  SIGNATURE_REPEATED: true,
  SIGNATURE_VERSION: true,
  HEADERS_TOO_LARGE: true,
  COMPONENT_UNKNOWN: true,
  COMPONENT_REPEATED: true,
  COMPONENT_PARAMETER: true,
  COMPONENT_MISSING: true,
  COMPONENT_REQUIRED: true,
  DIGEST_UNCOVERED: true,
  DIGEST_MALFORMED: true,
  DIGEST_MISMATCH: true,
  CONTENT_LENGTH_MISMATCH: true,
  TIME_MALFORMED: true,
  TIME_ORDER: true,
  NOT_YET_VALID: true,
  EXPIRED: true,
  TOO_OLD: true,
  KEY_UNKNOWN: true,
  ALGORITHM_MISMATCH: true,
  SIGNATURE_INVALID: true,
};

export async function keyRefusals({ signing, entry, refuses }: Suite): Promise<void> {
  const read = (privateKey: unknown, passphrase?: string) =>
    signing.createSigner({ keyId, privateKey: privateKey as string, passphrase });
  const ed25519 = keyNamed("ed25519", "PKCS#8");

  await refuses("KEY_FORMAT", "no PEM", () => read("secret"));
  await refuses("KEY_FORMAT", "a public key", () => read(ed25519.publicKeyPem));
  await refuses("KEY_FORMAT", "a damaged PEM", () => read(ed25519.privateKeyPem.replace("MC", "AA")));
  await refuses("KEY_FORMAT", "a seed of 31 bytes", () => read(new Uint8Array(31)));
  await refuses("KEY_FORMAT", "nothing", () => read(null));
  await refuses("KEY_FORMAT", "a JWK without d", () => read({ kty: "OKP", crv: "Ed25519", x: "AA" }));
  await refuses("KEY_FORMAT", "a P-521 number of zero", () => read({ kty: "EC", crv: "P-521", d: "AA" }));
  await refuses("KEY_ALGORITHM", "a P-256 JWK", () => read({ kty: "EC", crv: "P-256", d: "AA" }));
  await refuses("KEY_ALGORITHM", "a P-256 CryptoKey", async () => {
    const p256 = { name: "ECDSA", namedCurve: "P-256" };
    const pair = await crypto.subtle.generateKey(p256, false, ["sign", "verify"]);
    await read(pair.privateKey);
  });
  await refuses("KEY_ALGORITHM", "a P-256 PEM", async () => {
    const p256 = { name: "ECDSA", namedCurve: "P-256" };
    const pair = await crypto.subtle.generateKey(p256, true, ["sign", "verify"]);
    const der = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
    const text = btoa(String.fromCharCode(...der));
    await read(`-----BEGIN PRIVATE KEY-----\n${text}\n-----END PRIVATE KEY-----`);
  });
  await refuses("KEY_USAGE", "a public CryptoKey", async () => {
    const p521 = { name: "ECDSA", namedCurve: "P-521" };
    const pair = await crypto.subtle.generateKey(p521, false, ["sign", "verify"]);
    await read(pair.publicKey);
  });
  for (const { algorithm, name, privateKeyPem, passphrase, needsNode } of storedKeys) {
    if (passphrase === undefined || name.endsWith("AES-192")) continue;
    if (needsNode && entry === "portable") continue;
    await refuses("PASSPHRASE_WRONG", `${algorithm}, ${name}`, () => read(privateKeyPem, "wrong"));
  }
  await refuses("KEY_SIGNATURE_FORMAT", "a key elsewhere that gives 63 bytes", async () => {
    const signer = await read({ algorithm: "ed25519", sign: async () => new Uint8Array(63) });
    await signer.headers({ method: "GET", url: origin, headers: {} });
  });
  await refuses("KEY_ALGORITHM", "a public RSA key", () =>
    signing.importPublicKeys({ kty: "RSA", n: "AQ", e: "AQAB" }, { keyId }),
  );
  await refuses("INVALID_OPTION", "a public key without an id", () =>
    signing.importPublicKeys(ed25519.publicKeyPem),
  );
  if (entry === "node") return;
  await refuses("RUNTIME_LACKS_ALGORITHM", "a page without TLS has no WebCrypto", async () => {
    const before = Object.getOwnPropertyDescriptor(globalThis, "crypto");
    Object.defineProperty(globalThis, "crypto", { value: {}, configurable: true, writable: true });
    try {
      await read(ed25519.privateKeyPem);
    } finally {
      if (before === undefined) Reflect.deleteProperty(globalThis, "crypto");
      else Object.defineProperty(globalThis, "crypto", before);
    }
  });
}

export async function signRefusals({ signing, refuses }: Suite): Promise<void> {
  const privateKey = fromHex(rfc8032.seed);
  const signerWith = (options: object) => signing.createSigner({ keyId, privateKey, ...options });
  const signer = await signerWith({});
  const headers = (change: object) =>
    signer.headers({ method: "GET", url: origin, headers: {}, ...change } as PlainRequest);
  const post = (body: unknown) =>
    new Request(origin, { method: "POST", body, duplex: "half" } as RequestInit);

  for (const [name, options] of Object.entries({
    "no options": undefined,
    "no key id": { keyId: undefined },
    "a key id with a quote": { keyId: 'a"b' },
    "a lifetime of 61 s": { lifetime: 61_000 },
    "a lifetime of 1.5 s": { lifetime: 1500 },
    "a negative limit": { maxBodyBytes: -1 },
    "a clock that is no function": { now: 5 },
  })) {
    await refuses("INVALID_OPTION", name, () =>
      options === undefined ? signing.createSigner(options as never) : signerWith(options),
    );
  }
  await refuses("INVALID_OPTION", "a nonce with a quote", async () => {
    const quoting = await signerWith({ nonce: () => '"' });
    await quoting.headers({ method: "GET", url: origin, headers: {} });
  });
  await refuses("INVALID_OPTION", "a key pair of an unknown type", () =>
    signing.generateKeyPair("p256" as "p521"),
  );
  await refuses("INVALID_REQUEST", "a URL that is not absolute", () => headers({ url: "orders" }));
  await refuses("INVALID_REQUEST", "a method with a space", () => headers({ method: "G ET" }));
  await refuses("INVALID_REQUEST", "a header with a line break", () => headers({ headers: { a: "b\nc" } }));
  await refuses("INVALID_REQUEST", "a header that is not ASCII", () => headers({ headers: { a: "ä" } }));
  await refuses("INVALID_REQUEST", "a body that is an object", () => headers({ method: "POST", body: {} }));
  await refuses("INVALID_REQUEST", "a stream that breaks", () =>
    signer.sign(
      post(
        new ReadableStream({
          pull(controller) {
            controller.error(new Error("broken"));
          },
        }),
      ),
    ),
  );
  await refuses("BODY_USED", "a request that was read", async () => {
    const request = post("text");
    await request.text();
    await signer.sign(request);
  });
  await refuses("BODY_USED", "a request that is being read", async () => {
    const request = post("text");
    request.body!.getReader();
    await signer.sign(request);
  });
  await refuses("BODY_TOO_LARGE", "a stream without end", async () => {
    const limited = await signerWith({ maxBodyBytes: 100_000 });
    let chunks = 0;
    await limited.sign(
      post(
        new ReadableStream({
          pull(controller) {
            if (++chunks > 1000) throw new Error("it was read on and on");
            controller.enqueue(new Uint8Array(10_000));
          },
        }),
      ),
    );
  });
}

export async function verifyRefusals(suite: Suite): Promise<void> {
  const { signing, refuses } = suite;
  const keys = await signing.importPublicKeys(
    { kty: "OKP", crv: "Ed25519", x: toBase64Url(fromHex(rfc8032.publicKey)) },
    { keyId },
  );
  const signer = await signing.createSigner({
    keyId,
    privateKey: fromHex(rfc8032.seed),
    now: () => moment,
    nonce: () => "n",
  });
  const request = {
    method: "POST",
    url: `${origin}/orders?limit=2`,
    headers: { "content-type": "text/plain" },
    body: "some text",
  };
  const signed = await signer.headers(request);
  const verify = (
    headers: Record<string, string | string[] | undefined>,
    options: Partial<VerifyOptions> = {},
    rest: Partial<PlainRequest> = {},
  ) =>
    signing.verifyRequest(
      { ...request, headers: { ...signed, ...headers }, ...rest },
      { keys, version: 15, now: () => moment, ...options },
    );
  const input = (from: string | RegExp, to: string, rest?: Partial<PlainRequest>) =>
    verify({ "signature-input": signed["signature-input"]!.replace(from, to) }, {}, rest);
  const list = /"@method".*"content-digest"/;

  await suite.check("without any change it verifies", () => verify({}));

  await refuses("SIGNATURE_MISSING", "no signature", () => verify({ signature: undefined }));
  await refuses("SIGNATURE_MISSING", "no signature-input", () => verify({ "signature-input": undefined }));
  await refuses("SIGNATURE_MALFORMED", "signature is no structured field", () =>
    verify({ signature: "a=:" }),
  );
  await refuses("SIGNATURE_MALFORMED", "signature is a string", () => verify({ signature: 'sig1="a"' }));
  await refuses("SIGNATURE_MALFORMED", "no key id", () => input(/;keyid="[^"]*"/, ""));
  await refuses("SIGNATURE_MALFORMED", "a parameter twice", () => input(";created", ";created=1;created"));
  await refuses("SIGNATURE_ENCODING", "a signature of 3 bytes", () => verify({ signature: "sig1=:AAAA:" }));
  await refuses("SIGNATURE_ENCODING", "DER that is not canonical", async () => {
    const p521 = keyNamed("ecdsa-p521-sha512", "PKCS#8");
    await verify(
      { signature: `sig1=:${btoa("\x30\x07\x02\x02\x00\x01\x02\x01\x01")}:` },
      { keys: await signing.importPublicKeys(p521.publicKeyPem, { keyId }) },
    );
  });
  await refuses("SIGNATURE_LABEL", "another label", () => verify({}, { label: "sig2" }));
  await refuses("SIGNATURE_REPEATED", "the label twice", () =>
    verify({ signature: [signed["signature"]!, signed["signature"]!] }),
  );
  await refuses("SIGNATURE_VERSION", "version 14", () =>
    verify({ "upvest-signature-version": "14" }, { version: "either" }),
  );
  await refuses("HEADERS_TOO_LARGE", "a header of 17 kB", () => verify({ "x-large": "a".repeat(17_000) }));
  await refuses("COMPONENT_UNKNOWN", "a name in capitals", () => input('"content-type"', '"Content-Type"'));
  await refuses("COMPONENT_UNKNOWN", "@status", () => input('"content-type"', '"@status"'));
  await refuses("COMPONENT_REPEATED", "a component twice", () => input(list, '$& "content-type"'));
  await refuses("COMPONENT_PARAMETER", "a parameter of a component", () =>
    input('"content-type"', '"content-type";sf'),
  );
  await refuses("COMPONENT_MISSING", "a header that is not there", () => input(list, '$& "not-there"'));
  await refuses("COMPONENT_REQUIRED", "no @method", () => input('"@method" ', ""));
  await refuses("COMPONENT_REQUIRED", "no header that is asked for", () =>
    verify({}, { required: ["not-there"] }),
  );
  await refuses("DIGEST_UNCOVERED", "a body, no digest", () => input(' "content-digest"', ""));
  await refuses("DIGEST_MALFORMED", "no structured field", () => verify({ "content-digest": "sha-512=" }));
  await refuses("DIGEST_MALFORMED", "an unknown algorithm", () => verify({ "content-digest": "md5=:AAAA:" }));
  await refuses("DIGEST_MISMATCH", "another body", () => verify({}, {}, { body: "same-size" }));
  await refuses("CONTENT_LENGTH_MISMATCH", "a longer body", () => verify({}, {}, { body: "some text." }));
  await refuses("TIME_MALFORMED", "no created", () => input(/;created=\d+/, ""));
  await refuses("TIME_MALFORMED", "created is text", () => input(/created=(\d+)/, 'created="$1"'));
  await refuses("TIME_MALFORMED", "expires has decimals", () => input(/expires=(\d+)/, "expires=$1.0"));
  await refuses("TIME_ORDER", "it expires before it was created", () => input(/expires=\d+/, "expires=1"));
  await refuses("NOT_YET_VALID", "of the future", () => verify({}, { now: () => moment - 301_000 }));
  await refuses("EXPIRED", "of the past", () => verify({}, { now: () => moment + 361_000 }));
  await refuses("TOO_OLD", "older than maxAge", () =>
    verify({}, { now: () => moment + 40_000, maxAge: 30_000, clockSkew: 0 }),
  );
  await refuses("KEY_UNKNOWN", "another key id", () => verify({}, { keys: () => undefined }));
  await refuses("ALGORITHM_MISMATCH", "alg of another key", () =>
    input(";created", ';alg="ecdsa-p521-sha512";created'),
  );
  await refuses("INVALID_OPTION", "no keys", () => verify({}, { keys: undefined as never }));
  await refuses("INVALID_OPTION", "version 7", () => verify({}, { version: 7 as never }));
  await refuses("INVALID_REQUEST", "no headers", () => verify({}, {}, { headers: null as never }));
  await refuses("BODY_TOO_LARGE", "a Request above the limit", () =>
    signing.verifyRequest(new Request(request.url, { method: "POST", body: "x".repeat(99) }), {
      keys,
      version: 15,
      maxBodyBytes: 98,
    }),
  );
  await refuses("BODY_USED", "a Request that was read", async () => {
    const { url, ...init } = request;
    const used = new Request(url, { ...init, headers: signed });
    await used.text();
    await signing.verifyRequest(used, { keys, version: 15 });
  });
}

/** Comes last: every code that a program of this entry can meet was met. */
export async function allRefusals({ check, codes, entry }: Suite): Promise<void> {
  await check("every code of a refusal was met", () => {
    const unmet = Object.keys(allCodes).filter((code) => !codes.has(code));
    const notForNode = ["KEY_NEEDS_NODE", "RUNTIME_LACKS_ALGORITHM"];
    equal(
      unmet.filter((code) => entry === "portable" || !notForNode.includes(code)),
      [],
    );
  });
}
