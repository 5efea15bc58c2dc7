import { describe, expect, test } from "vitest";
import type { PublicKeys, VerificationKey, VerifyOptions } from "../src/index.js";
import {
  codeOf,
  createdOf,
  type Entry,
  entries,
  flip,
  requestVectors,
  type Sent,
  sent,
  type Vector,
  webhookVectors,
} from "./support/vectors.js";

const all = [
  ...requestVectors.map((vector) => [`v15, ${vector.source}: ${vector.name}`, vector, 15] as const),
  ...webhookVectors.map((vector) => [`v6: ${vector.name}`, vector, 6] as const),
];
const conformant = all.filter(([, vector]) => vector.conformant);

test("there are as many vectors as there should be", () => {
  expect(conformant.filter(([, , version]) => version === 15)).toHaveLength(28);
  expect(conformant.filter(([, , version]) => version === 6)).toHaveLength(2);
});

describe.each(entries)("%s", (_, entry) => {
  test.each(conformant)("verifies, from the same base: %s", async (_name, vector, version) => {
    const { bases, options } = await recording(entry, vector, version);
    const verified = await entry.verifyRequest(sent(vector), options);
    expect(bases).toEqual([vector.signatureBase]);
    expect(verified).toMatchObject({
      label: "sig1",
      keyId: vector.keyId,
      version,
      created: createdOf(vector),
    });
    expect(verified.algorithm).toBe("ecdsa-p521-sha512");
    expect(new TextDecoder().decode(verified.body)).toBe(vector.request.body ?? "");

    const either = await entry.verifyRequest(sent(vector), { ...options, version: "either" });
    expect(either.version).toBe(version);
  });

  test.each(conformant.filter(([, , version]) => version === 15))(
    "verifies as fetch Request: %s",
    async (_name, vector) => {
      const { options } = await recording(entry, vector, 15);
      await entry.verifyRequest(
        new Request(vector.request.url, { ...sent(vector), url: undefined } as object),
        options,
      );
    },
  );

  test.each(all.filter(([, vector]) => !vector.conformant))(
    "nonconformant: %s",
    async (_name, vector, version) => {
      const { options } = await recording(entry, vector, version);
      const code = await codeOf(entry.verifyRequest(sent(vector), options));
      // Signed untrimmed, it cannot verify; a digest of nothing can.
      expect(code).toBe(vector.name.includes("empty string body") ? "accepted" : "SIGNATURE_INVALID");
    },
  );

  test.each(conformant)("signs the same lines: %s", async (_name, vector, version) => {
    if (version === 6) return;
    const signer = await entry.createSigner({
      keyId: vector.keyId,
      privateKey: { algorithm: "ed25519", sign: async () => new Uint8Array(64) },
    });
    const { request, headersAdded } = vector;
    // What their code sets by itself, ours is given.
    const given = Object.entries(headersAdded).filter(
      ([name]) => name !== "content-digest" && !name.startsWith("sign"),
    );
    const headers = new Map<string, string>();
    for (const [name, value] of [...Object.entries(request.headers), ...given])
      headers.set(name.toLowerCase(), String(value));
    const { base } = await signer.explain({ ...request, headers });
    const ours = base.split("\n").slice(0, -1);
    const theirs = vector.signatureBase.split("\n").slice(0, -1);
    const notOurs = /^"(date|user-agent)": /;
    expect(ours.filter((line) => !line.startsWith('"accept-language"')).sort()).toEqual(
      theirs
        .filter((line) => !notOurs.test(line))
        .map((line) => (line.startsWith('"authorization"') ? '"authorization": Bearer ***' : line))
        .sort(),
    );
  });

  test.each(conformant)("refuses it with one bit changed: %s", async (_name, vector, version) => {
    const { options } = await recording(entry, vector, version);
    const codes: Record<string, string> = {};
    for (const [what, changed] of changes(vector)) {
      codes[what] = await codeOf(entry.verifyRequest(changed, options));
      expect(codes[what], what).not.toBe("accepted");
    }
    expect(codes).toMatchObject({
      method: "SIGNATURE_INVALID",
      path: "SIGNATURE_INVALID",
      nonce: "SIGNATURE_INVALID",
      keyid: "KEY_UNKNOWN",
    });
    if (vector.request.body) expect(codes["body"]).toBe("DIGEST_MISMATCH");
  });

  test.each(conformant)("does not look at what is not covered: %s", async (_name, vector, version) => {
    const { options } = await recording(entry, vector, version);
    const request = sent(vector);
    const headers = { ...request.headers, "x-forwarded-for": "192.0.2.1", "cf-ipcity": "Zürich" };
    await entry.verifyRequest(
      { ...request, url: request.url.replace(/\/\/[^/]+/, "//elsewhere.example"), headers },
      options,
    );
  });
});

/** Each with one bit changed. */
function* changes(vector: Vector): Generator<[string, Sent]> {
  const request = sent(vector);
  const url = new URL(request.url);
  yield ["method", { ...request, method: flip(request.method) }];
  const path = url.pathname === "/" ? "/a" : flip(url.pathname, url.pathname.length - 1);
  yield ["path", { ...request, url: url.origin + path + url.search }];
  if (url.search)
    yield ["query", { ...request, url: url.origin + url.pathname + flip(url.search, url.search.length - 1) }];
  if (request.body) yield ["body", { ...request, body: flip(request.body) }];
  const [, , names] = /^(sig1=)\(([^)]*)\)/.exec(request.headers["signature-input"]!)!;
  for (const name of names!.split(" ").map((quoted) => quoted.slice(1, -1))) {
    if (name.startsWith("@")) continue;
    yield [name, { ...request, headers: { ...request.headers, [name]: flip(request.headers[name]!) } }];
  }
  const bytes = Buffer.from(request.headers["signature"]!.slice(6, -1), "base64");
  for (const at of [0, 1, 5, 40, bytes.length - 1]) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1 << (at % 8);
    yield [
      `signature ${at}`,
      { ...request, headers: { ...request.headers, signature: `sig1=:${changed.toString("base64")}:` } },
    ];
  }
  for (const name of ["keyid", "created", "expires", "nonce"]) {
    const input = request.headers["signature-input"]!;
    const at = input.indexOf(`;${name}=`);
    if (at < 0) continue;
    const changed = flip(input, at + name.length + 5);
    yield [name, { ...request, headers: { ...request.headers, "signature-input": changed } }];
  }
}

/** Options that verify a vector at the time it was made, and the bases that the verifier built. */
async function recording(
  entry: Entry,
  vector: Vector,
  version: 15 | 6,
): Promise<{ bases: string[]; options: VerifyOptions }> {
  const keys: PublicKeys = await entry.importPublicKeys(vector.publicKeyJwk);
  const bases: string[] = [];
  const record = (key: VerificationKey | undefined): VerificationKey | undefined =>
    key && {
      algorithm: key.algorithm,
      verify: (signature, bytes) => {
        bases.push(new TextDecoder().decode(bytes));
        return key.verify(signature, bytes);
      },
    };
  return {
    bases,
    options: { keys: (keyId) => record(keys.get(keyId)), version, now: () => createdOf(vector) * 1000 },
  };
}
