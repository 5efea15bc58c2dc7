import type { Jwk, PrivateKeyInput } from "../../src/index.js";
import { equal, ok } from "../check.js";
import type { Suite } from "../create-suite.js";
import {
  fromHex,
  fromPem,
  keyId,
  keyNamed,
  origin,
  plainKeys,
  rfc8032,
  type StoredKey,
  storedKeys,
  toBase64Url,
} from "../fixtures.js";

const request = { method: "POST", url: `${origin}/orders?dry=1`, headers: { "x-y": "z" }, body: '{"a":1}' };

const webAlgorithm = (algorithm: StoredKey["algorithm"]) =>
  algorithm === "ed25519" ? { name: "Ed25519" } : { name: "ECDSA", namedCurve: "P-521" };

const importPkcs8 = ({ algorithm, privateKeyPem }: StoredKey, extractable: boolean) =>
  crypto.subtle.importKey("pkcs8", fromPem(privateKeyPem), webAlgorithm(algorithm), extractable, ["sign"]);

/** Every form of a private key that programs have: what is signed with it verifies with its public half. */
export async function keyChecks({ signing, entry, lacksAes192, check, refuses }: Suite): Promise<void> {
  const works = async (
    privateKey: PrivateKeyInput,
    publicKey: Parameters<typeof signing.importPublicKeys>[0],
    passphrase?: string,
  ) => {
    const signer = await signing.createSigner({ keyId, privateKey, passphrase });
    const keys = await signing.importPublicKeys(publicKey, { keyId });
    const headers = await signer.headers(request);
    const verified = await signing.verifyRequest({ ...request, headers }, { keys, version: 15 });
    equal(verified.algorithm, (await signer.explain(request)).algorithm);
    return signer;
  };

  for (const { name, algorithm, privateKeyPem, publicKeyPem, passphrase, needsNode } of storedKeys) {
    const read = () => works(privateKeyPem, publicKeyPem, passphrase);
    const what = `PEM, ${algorithm}, ${name}`;
    if (needsNode && entry === "portable") await refuses("KEY_NEEDS_NODE", what, read);
    else if (lacksAes192 && name.endsWith("AES-192")) await refuses("RUNTIME_LACKS_ALGORITHM", what, read);
    else await check(what, read);
    if (passphrase !== undefined && !(needsNode && entry === "portable")) {
      await refuses("PASSPHRASE_MISSING", what, () => works(privateKeyPem, publicKeyPem));
    }
  }

  for (const key of plainKeys) {
    const { algorithm, privateKeyPem, publicKeyPem } = key;
    await check(`PEM with CRLF, text and other blocks around it, ${algorithm}`, () =>
      works(
        `Bag Attributes: none\n-----BEGIN EC PARAMETERS-----\nBgUrgQQAIw==\n-----END EC PARAMETERS-----\n${privateKeyPem}\ntrailing\n${publicKeyPem}`.replaceAll(
          "\n",
          "\r\n",
        ),
        publicKeyPem.replaceAll("\n", "\r\n"),
      ),
    );
    await check(`PEM in one line, as environment variables have it, ${algorithm}`, () =>
      works(privateKeyPem.replaceAll("\n", "\\n"), publicKeyPem),
    );
    await check(`CryptoKey, not extractable, ${algorithm}`, async () =>
      works(await importPkcs8(key, false), publicKeyPem),
    );

    const jwk = await crypto.subtle.exportKey("jwk", await importPkcs8(key, true)).catch(() => undefined);
    // JWKs as other programs write them: members that one runtime or another refuses, padding.
    const padded = (text: string | undefined) =>
      text === undefined ? undefined : text + "=".repeat((4 - (text.length % 4)) % 4);
    const { kty, crv, x, y, d } = (jwk ?? {}) as Record<string, string | undefined>;
    const forms: Record<string, Jwk> = {
      "as exported": { ...jwk },
      bare: { kty, crv, x, y, d },
      'alg: "Ed25519", use, key_ops and ext that differ': {
        ...{ kty, crv, x, y, d, alg: algorithm === "ed25519" ? "Ed25519" : "ES512" },
        ...{ use: "enc", key_ops: ["verify"], ext: false },
      },
      padded: { kty, crv, x: padded(x), y: padded(y), d: padded(d) },
      "without its public part": { kty, crv, d },
    };
    for (const [form, value] of Object.entries(forms)) {
      await check(`private JWK, ${form}, ${algorithm}`, () => works(value, publicKeyPem));
    }
    for (const [form, value] of Object.entries(forms).slice(0, 4)) {
      const { d: _, ...publicJwk } = value as { d?: string };
      await check(`public JWK, ${form}, ${algorithm}`, () => works(privateKeyPem, publicJwk));
    }
    await check(`key set with a key of an unknown kind, ${algorithm}`, async () => {
      const keys = await signing.importPublicKeys({
        keys: [
          { kty: "AKP", alg: "ML-DSA-65", kid: "new" },
          { kty, crv, x, y, kid: keyId },
        ],
      });
      equal(keys.keyIds, [keyId]);
    });
  }

  await check("seed of 32 bytes, as the view of a larger buffer; wiped afterwards", async () => {
    const larger = new Uint8Array(48);
    larger.set(fromHex(rfc8032.seed), 8);
    const jwk = { kty: "OKP", crv: "Ed25519", x: toBase64Url(fromHex(rfc8032.publicKey)) };
    const signer = await works(larger.subarray(8, 40), jwk);
    larger.fill(0);
    const keys = await signing.importPublicKeys(jwk, { keyId });
    await signing.verifyRequest(
      { ...request, headers: await signer.headers(request) },
      { keys, version: 15 },
    );
  });

  for (const { algorithm, privateKeyPem, publicKeyPem } of plainKeys) {
    const signWith = async (bytes: Uint8Array) => {
      const key = await importPkcs8({ name: "", algorithm, privateKeyPem, publicKeyPem }, false);
      const name = { ...webAlgorithm(algorithm), hash: "SHA-512" };
      return new Uint8Array(await crypto.subtle.sign(name, key, bytes as Uint8Array<ArrayBuffer>));
    };
    await check(`a key elsewhere, raw signatures, ${algorithm}`, () =>
      works({ algorithm, sign: signWith }, publicKeyPem),
    );
    await check(`keys by turns, ${algorithm}`, async () => {
      const { privateKeyPem: otherPem, publicKeyPem: otherPublic } = await signing.generateKeyPair(
        algorithm === "ed25519" ? "ed25519" : "p521",
      );
      let current = { keyId: "one", privateKey: privateKeyPem };
      const signer = await signing.createSigner({ privateKey: () => current });
      const signed = async () => ({ ...request, headers: await signer.headers(request) });
      const first = await signed();
      current = { keyId: "two", privateKey: otherPem };
      const second = await signed();
      const one = await signing.importPublicKeys(publicKeyPem, { keyId: "one" });
      const two = await signing.importPublicKeys(otherPublic, { keyId: "two" });
      const keys = (id: string) => one.get(id) ?? two.get(id);
      equal((await signing.verifyRequest(first, { keys, version: 15 })).keyId, "one");
      equal((await signing.verifyRequest(second, { keys, version: 15 })).keyId, "two");
    });
  }

  for (const type of ["ed25519", "p521"] as const) {
    await check(`generateKeyPair("${type}"): its three texts belong together`, async () => {
      const pair = await signing.generateKeyPair(type);
      await works(pair.privateKeyPem, pair.publicKeyPem);
      await works(pair.privateKeyPem, pair.publicKeyJwk);
      ok(!("d" in pair.publicKeyJwk), "the public JWK has d");
      const again = await signing.generateKeyPair(type);
      ok(again.privateKeyPem !== pair.privateKeyPem, "twice the same key");
    });
  }

  await check("a signer does not show its key", async () => {
    const { privateKeyPem } = keyNamed("ed25519", "PKCS#8");
    const signer = await signing.createSigner({ keyId, privateKey: privateKeyPem });
    equal(
      Object.values(signer).filter((value) => typeof value !== "function"),
      [],
    );
  });
}
