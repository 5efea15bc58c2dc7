import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SignatureError } from "../src/errors.js";
import { importPrivateKey } from "../src/keys/import-private-key.js";
import { importPublicKeys } from "../src/keys/import-public-keys.js";
import type { Jwk } from "../src/keys.js";
import { nobleKey } from "../src/noble.js";
import { importPrivateKey as importNode } from "../src/node/import-private-key.js";
import { importPublicKeys as importPublicNode } from "../src/node/import-public-keys.js";
import rfc8032 from "./fixtures/rfc8032.json" with { type: "json" };

const hex = (text: string) => new Uint8Array(Buffer.from(text, "hex"));

describe("RFC 8032, 7.1", () => {
  it("has five vectors", () => expect(rfc8032).toHaveLength(5));

  it.each(rfc8032)("$name", async ({ secretKey, publicKey: x, message, signature }) => {
    const seed = hex(secretKey);
    const keys = [await importPrivateKey(seed), await importNode(seed), nobleKey(seed)];
    for (const key of keys) {
      expect(Buffer.from(await key.sign(hex(message))).toString("hex")).toBe(signature);
    }
    const jwk: Jwk = { kty: "OKP", crv: "Ed25519", x: Buffer.from(x, "hex").toString("base64url"), kid: "k" };
    for (const importKeys of [importPublicKeys, importPublicNode]) {
      const key = (await importKeys(jwk)).get("k")!;
      expect(await key.verify(hex(signature), hex(message))).toBe(true);
      expect(await key.verify(hex(signature), hex(`${message}00`))).toBe(false);
      for (let bit = 0; bit < 512; bit += 7) {
        const wrong = hex(signature);
        wrong[bit >> 3]! ^= 1 << (bit & 7);
        expect(await key.verify(wrong, hex(message))).toBe(false);
      }
    }
  });
});

describe("nobleKey", () => {
  it("gives the same bytes as WebCrypto and node:crypto, for 1,000 random messages and keys", async () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    const seed = fc.uint8Array({ minLength: 32, maxLength: 32 });
    await fc.assert(
      fc.asyncProperty(seed, bytes, async (secret, message) => {
        const expected = await (await importPrivateKey(secret)).sign(message);
        expect(await nobleKey(secret).sign(message)).toEqual(expected);
        expect(new Uint8Array(await (await importNode(secret)).sign(message))).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it("takes a seed, a JWK and PEM, and is a private key for the others", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const jwk = privateKey.export({ format: "jwk" }) as Jwk;
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
    const message = Buffer.from("message");
    for (const form of [
      jwk,
      pem,
      pem.replaceAll("\n", "\r\n"),
      new Uint8Array(Buffer.from(jwk.d!, "base64url")),
    ]) {
      const key = nobleKey(form);
      expect(key.algorithm).toBe("ed25519");
      expect(Buffer.from(await key.sign(message)).equals(sign(null, message, privateKey))).toBe(true);
      for (const importKey of [importPrivateKey, importNode]) {
        expect(verify(null, message, publicKey, await (await importKey(key)).sign(message))).toBe(true);
      }
      expect(JSON.stringify(key)).toBe('{"algorithm":"ed25519"}');
    }
  });

  it("keeps its own copy of a seed", async () => {
    const seed = new Uint8Array(32).fill(7);
    const key = nobleKey(seed);
    const before = await key.sign(new Uint8Array(3));
    seed.fill(0);
    expect(await key.sign(new Uint8Array(3))).toEqual(before);
  });

  it("refuses other keys at once", () => {
    const codeOf = (run: () => unknown) => {
      try {
        run();
      } catch (error) {
        expect(error).toBeInstanceOf(SignatureError);
        return (error as SignatureError).code;
      }
      return expect.unreachable("was taken");
    };
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-521" });
    const p521 = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
    expect(codeOf(() => nobleKey(p521))).toBe("KEY_ALGORITHM");
    expect(codeOf(() => nobleKey(privateKey.export({ format: "jwk" }) as Jwk))).toBe("KEY_ALGORITHM");
    expect(codeOf(() => nobleKey(new Uint8Array(31)))).toBe("KEY_FORMAT");
    expect(codeOf(() => nobleKey("x"))).toBe("KEY_FORMAT");
    expect(
      codeOf(() => nobleKey(createPublicKey(p521).export({ type: "spki", format: "pem" }) as string)),
    ).toBe("KEY_FORMAT");
    const encrypted = createPrivateKey(p521).export({
      type: "pkcs8",
      format: "pem",
      cipher: "aes-256-cbc",
      passphrase: "x",
    });
    expect(codeOf(() => nobleKey(encrypted as string))).toBe("KEY_FORMAT");
  });
});
