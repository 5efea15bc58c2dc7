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

const hex = (text: string) => new Uint8Array(Buffer.from(text, "hex"));

// RFC 8032, 7.1: secret key, public key, message, signature.
const vectors: [name: string, string, string, string, string][] = [
  [
    "TEST 1",
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  ],
  [
    "TEST 2",
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  ],
  [
    "TEST 3",
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    "af82",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  ],
  [
    "TEST SHA(abc)",
    "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
    "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
  ],
];

describe("RFC 8032", () => {
  it.each(vectors)("%s", async (_, secret, x, message, signature) => {
    const keys = [await importPrivateKey(hex(secret)), await importNode(hex(secret)), nobleKey(hex(secret))];
    for (const key of keys) {
      expect(Buffer.from(await key.sign(hex(message))).toString("hex")).toBe(signature);
    }
    const jwk: Jwk = { kty: "OKP", crv: "Ed25519", x: Buffer.from(x, "hex").toString("base64url"), kid: "k" };
    for (const importKeys of [importPublicKeys, importPublicNode]) {
      const key = (await importKeys(jwk)).get("k")!;
      expect(await key.verify(hex(signature), hex(message))).toBe(true);
      expect(await key.verify(hex(signature), hex(`${message}00`))).toBe(false);
      for (const at of [0, 31, 32, 63]) {
        const wrong = hex(signature);
        wrong[at]! ^= 1;
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
