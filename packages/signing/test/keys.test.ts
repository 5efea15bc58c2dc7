import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
  webcrypto,
} from "node:crypto";
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SignatureError, type SignatureErrorCode } from "../src/errors.js";
import { generateKeyPair } from "../src/generate-key-pair.js";
import { importPrivateKey as importPortable } from "../src/keys/import-private-key.js";
import { importPublicKeys as importPublicPortable } from "../src/keys/import-public-keys.js";
import type { PrivateKeyInput } from "../src/keys/private-key-input.js";
import type { Algorithm, Jwk, OwnKey } from "../src/keys.js";
import { importPrivateKey as importNode } from "../src/node/import-private-key.js";
import { importPublicKeys as importPublicNode } from "../src/node/import-public-keys.js";
import { makeKeys, opensslIsPresent, storedKeys, type TestKey } from "./openssl-keys.js";

const entries = [
  { entry: "portable", importPrivateKey: importPortable, importPublicKeys: importPublicPortable },
  { entry: "node", importPrivateKey: importNode, importPublicKeys: importPublicNode },
];
const stored = storedKeys();
const message = new TextEncoder().encode('"@method": GET\n"@path": /users');

async function errorOf(run: () => unknown): Promise<SignatureError> {
  try {
    await run();
  } catch (error) {
    expect(error).toBeInstanceOf(SignatureError);
    return error as SignatureError;
  }
  return expect.unreachable("was taken");
}
const codeOf = async (run: () => unknown): Promise<SignatureErrorCode> => (await errorOf(run)).code;

/** By node:crypto, whose DER is OpenSSL's. */
function accepts(publicKey: KeyObject | string, algorithm: Algorithm, signature: Uint8Array): boolean {
  return verify(algorithm === "ed25519" ? null : "sha512", message, publicKey, signature);
}
async function signsAs(key: OwnKey, algorithm: Algorithm, publicKey: KeyObject | string): Promise<void> {
  expect(key.algorithm).toBe(algorithm);
  expect(accepts(publicKey, algorithm, await key.sign(message))).toBe(true);
}

const pair = {
  ed25519: generateKeyPairSync("ed25519"),
  p521: generateKeyPairSync("ec", { namedCurve: "P-521" }),
};
const jwkOf = (key: KeyObject) => key.export({ format: "jwk" }) as Jwk;
const pkcs8 = (key: KeyObject) => key.export({ type: "pkcs8", format: "pem" }) as string;
const spki = (key: KeyObject) => key.export({ type: "spki", format: "pem" }) as string;
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "base64url"));
const pem = (label: string, der: Uint8Array) =>
  `-----BEGIN ${label}-----\n${Buffer.from(der).toString("base64")}\n-----END ${label}-----\n`;

const sources: [string, TestKey[]][] = [["stored keys", stored]];
if (opensslIsPresent) sources.push(["keys that openssl makes now", makeKeys()]);

it.skipIf(!opensslIsPresent)("the stored keys have all the forms that openssl makes", () => {
  const forms = (keys: TestKey[]) => keys.map(({ algorithm, name }) => `${algorithm}: ${name}`);
  expect(forms(stored)).toEqual(forms(sources[1]![1]));
});

describe.each(entries)("$entry", ({ entry, importPrivateKey, importPublicKeys }) => {
  describe.each(sources)("%s", (_, keys) => {
    it.each(keys)(
      "$algorithm: $name",
      async ({ algorithm, privateKeyPem, passphrase, needsNode, publicKeyPem }) => {
        if (needsNode && entry === "portable") {
          for (const given of [passphrase, undefined, "wrong"]) {
            const error = await errorOf(() => importPrivateKey(privateKeyPem, given));
            expect(error.code).toBe("KEY_NEEDS_NODE");
            expect(error.message).toContain("@upvest-sdk/signing/node");
          }
          return;
        }
        await signsAs(await importPrivateKey(privateKeyPem, passphrase), algorithm, publicKeyPem);
        const keys = await importPublicKeys(publicKeyPem, { keyId: "k" });
        const signature = await (await importPrivateKey(privateKeyPem, passphrase)).sign(message);
        expect(await keys.get("k")?.verify(signature, message)).toBe(true);
        expect(await keys.get("k")?.verify(signature, message.slice(1))).toBe(false);
        // OpenSSL reads the same out of it.
        const native = createPrivateKey({ key: privateKeyPem, passphrase: passphrase ?? "" });
        expect(createPublicKey(native).equals(createPublicKey(publicKeyPem))).toBe(true);
        if (passphrase === undefined) {
          await signsAs(await importPrivateKey(privateKeyPem, "not needed"), algorithm, publicKeyPem);
          return;
        }
        expect(await codeOf(() => importPrivateKey(privateKeyPem))).toBe("PASSPHRASE_MISSING");
        expect(await codeOf(() => importPrivateKey(privateKeyPem, ""))).toBe("PASSPHRASE_MISSING");
        for (const wrong of ["wrong", `${passphrase} `, passphrase.normalize("NFD"), "x".repeat(1000)]) {
          expect(await codeOf(() => importPrivateKey(privateKeyPem, wrong))).toBe("PASSPHRASE_WRONG");
        }
      },
    );
  });

  it("calls a wrong passphrase wrong, also where the padding happens to be right", async () => {
    const { privateKeyPem } = stored.find(
      ({ name }) => name === (entry === "node" ? "SEC 1, Proc-Type, AES-128" : "PBES2, PBKDF2, AES-128"),
    )!;
    // One in 256 has a padding that looks right.
    for (let i = 0; i < 1000; i++) {
      expect(await codeOf(() => importPrivateKey(privateKeyPem, `wrong ${i}`))).toBe("PASSPHRASE_WRONG");
    }
  });

  describe("PEM text", () => {
    const { privateKey, publicKey } = pair.p521;
    const sec1 = privateKey.export({ type: "sec1", format: "pem" }) as string;
    const legacy = stored.find(({ name }) => name === "SEC 1, Proc-Type, AES-256")!;

    it.each([
      ["CRLF", (text: string) => text.replaceAll("\n", "\r\n")],
      ["CR", (text: string) => text.replaceAll("\n", "\r")],
      ["a backslash and an n for line ends", (text: string) => text.replaceAll("\n", "\\n")],
      ["no line end behind it", (text: string) => text.trimEnd()],
      ["indented", (text: string) => text.replaceAll(/^/gm, "\t  ")],
      ["a byte order mark", (text: string) => `\uFEFF${text}`],
      ["text around it", (text: string) => `Bag Attributes\n  friendlyName: x\n${text}\n--- the end ---`],
      ["rules of dashes around it", (text: string) => `${"-".repeat(64)}\n${text}\n${"-".repeat(65)}\n`],
      [
        "other blocks before it",
        (text: string) => `${pem("EC PARAMETERS", Uint8Array.of(1))}${spki(publicKey)}${text}`,
      ],
      ["other blocks behind it", (text: string) => `${text}${pem("CERTIFICATE", Uint8Array.of(1))}`],
      ["a block before it that does not end", (text: string) => `-----BEGIN CERTIFICATE-----\nAAAA\n${text}`],
    ])("with %s", async (_, change) => {
      await signsAs(await importPrivateKey(change(sec1)), "ecdsa-p521-sha512", publicKey);
      await signsAs(await importPrivateKey(change(pkcs8(privateKey))), "ecdsa-p521-sha512", publicKey);
      await signsAs(
        await importPrivateKey(change(pkcs8(pair.ed25519.privateKey))),
        "ed25519",
        pair.ed25519.publicKey,
      );
      if (entry === "node") {
        await signsAs(
          await importPrivateKey(change(legacy.privateKeyPem), legacy.passphrase),
          "ecdsa-p521-sha512",
          legacy.publicKeyPem,
        );
      }
      const keys = await importPublicKeys(change(spki(pair.ed25519.publicKey)).replace(spki(publicKey), ""), {
        keyId: "k",
      });
      expect(keys.keyIds).toEqual(["k"]);
    });

    it("with what it is told by its content, not by its label", async () => {
      for (const text of [
        pkcs8(privateKey).replaceAll("PRIVATE KEY", "EC PRIVATE KEY"),
        sec1.replaceAll("EC PRIVATE KEY", "PRIVATE KEY"),
        pem("ANY PRIVATE KEY", privateKey.export({ type: "pkcs8", format: "der" })),
      ]) {
        await signsAs(await importPrivateKey(text), "ecdsa-p521-sha512", publicKey);
      }
    });

    it("takes the first of several private keys", async () => {
      const both = pkcs8(pair.ed25519.privateKey) + pkcs8(privateKey);
      await signsAs(await importPrivateKey(both), "ed25519", pair.ed25519.publicKey);
    });

    it("reads PKCS#8 with attributes and a public key (RFC 5958, version 2)", async () => {
      const der = createPrivateKey(pkcs8(pair.ed25519.privateKey)).export({ type: "pkcs8", format: "der" });
      const x = bytesOf(jwkOf(pair.ed25519.publicKey).x!);
      const v2 = Uint8Array.of(0x30, 83, 2, 1, 1, ...der.subarray(5), 0xa0, 0, 0x81, 33, 0, ...x);
      v2[1] = v2.length - 2;
      await signsAs(await importPrivateKey(pem("PRIVATE KEY", v2)), "ed25519", pair.ed25519.publicKey);
    });

    it.each([
      ["empty", ""],
      ["no PEM", "hello"],
      ["a path", "./private.pem"],
      ["only a public key", spki(publicKey)],
      ["no end", sec1.replace(/-----END.*/, "")],
      ["another end", sec1.replace("END EC", "END")],
      ["no content", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----"],
      ["not Base64", "-----BEGIN PRIVATE KEY-----\n*\n-----END PRIVATE KEY-----"],
      ["not DER", pem("PRIVATE KEY", Uint8Array.of(1, 2, 3))],
      ["an OpenSSH key", pem("OPENSSH PRIVATE KEY", Uint8Array.of(1))],
    ])("is refused: %s", async (_, text) => {
      expect(await codeOf(() => importPrivateKey(text))).toBe("KEY_FORMAT");
    });

    it.each([
      "DES-EDE3-CBC,0011223344556677",
      "AES-256-CBC",
      "AES-256-CBC,00",
      "AES-256-GCM,00112233445566778899AABBCCDDEEFF",
    ])("is refused: encrypted with %s", async (dekInfo) => {
      const text = legacy.privateKeyPem.replace(/DEK-Info: .*/, `DEK-Info: ${dekInfo}`);
      const code = entry === "node" ? "KEY_FORMAT" : "KEY_NEEDS_NODE";
      expect(await codeOf(() => importPrivateKey(text, "x"))).toBe(code);
    });

    it("is refused: PBES2 with triple DES", async () => {
      const text = privateKey.export({
        type: "pkcs8",
        format: "pem",
        cipher: "des-ede3-cbc",
        passphrase: "x",
      });
      expect(await codeOf(() => importPrivateKey(text as string, "x"))).toBe("KEY_FORMAT");
    });
  });

  describe("other algorithms", () => {
    const others: [string, KeyObject][] = [
      ["P-256", generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey],
      ["P-384", generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey],
      ["secp256k1", generateKeyPairSync("ec", { namedCurve: "secp256k1" }).privateKey],
      ["RSA", generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey],
      ["Ed448", generateKeyPairSync("ed448").privateKey],
      ["X25519", generateKeyPairSync("x25519").privateKey],
    ];
    it.each(others)("%s is refused in every form", async (name, key) => {
      const refused = async (run: () => unknown) => {
        const error = await errorOf(run);
        expect(error.code).toBe("KEY_ALGORITHM");
        expect(error.message).toMatch(/Ed25519.*P-521/);
      };
      await refused(() => importPrivateKey(pkcs8(key)));
      const encrypted = key.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" });
      await refused(() => importPrivateKey(encrypted as string, "x"));
      if (name.startsWith("P-") || name === "secp256k1") {
        await refused(() => importPrivateKey(key.export({ type: "sec1", format: "pem" }) as string));
      }
      if (name === "RSA")
        await refused(() => importPrivateKey(key.export({ type: "pkcs1", format: "pem" }) as string));
      await refused(() => importPrivateKey(jwkOf(key)));
      await refused(() => importPublicKeys(spki(createPublicKey(key)), { keyId: "k" }));
      await refused(() => importPublicKeys({ keys: [{ ...jwkOf(createPublicKey(key)), kid: "k" }] }));
    });

    it("a public key in PKCS#1 is refused", async () => {
      const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
      const text = publicKey.export({ type: "pkcs1", format: "pem" }) as string;
      expect(await codeOf(() => importPublicKeys(text, { keyId: "k" }))).toBe("KEY_ALGORITHM");
    });

    it("a remote key and a CryptoKey are refused", async () => {
      const sign = async () => new Uint8Array();
      const remote = { algorithm: "ecdsa-p256-sha256", sign } as unknown as PrivateKeyInput;
      expect(await codeOf(() => importPrivateKey(remote))).toBe("KEY_ALGORITHM");
      const made = await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, [
        "sign",
      ]);
      expect(await codeOf(() => importPrivateKey((made as webcrypto.CryptoKeyPair).privateKey))).toBe(
        "KEY_ALGORITHM",
      );
      const hmac = await webcrypto.subtle.generateKey({ name: "HMAC", hash: "SHA-512" }, false, ["sign"]);
      expect(await codeOf(() => importPrivateKey(hmac as webcrypto.CryptoKey))).toBe("KEY_ALGORITHM");
    });
  });

  describe("JWK", () => {
    const p521 = jwkOf(pair.p521.privateKey);
    const ed25519 = jwkOf(pair.ed25519.privateKey);

    it.each<[string, object]>([
      ["as it is", {}],
      [
        "with members that runtimes trip over",
        { alg: "Ed25519", key_ops: ["verify"], use: "enc", ext: false, oth: [] },
      ],
      ["without x and y", { x: undefined, y: undefined }],
    ])("%s", async (_, more) => {
      await signsAs(await importPrivateKey({ ...p521, ...more }), "ecdsa-p521-sha512", pair.p521.publicKey);
      await signsAs(await importPrivateKey({ ...ed25519, ...more }), "ed25519", pair.ed25519.publicKey);
    });

    it("with padding, and in plain Base64", async () => {
      const d = Buffer.from(bytesOf(ed25519.d!)).toString("base64");
      expect(d).toMatch(/=$/);
      await signsAs(await importPrivateKey({ ...ed25519, d }), "ed25519", pair.ed25519.publicKey);
    });

    it("whose numbers lack their leading zeros", async () => {
      const short = (text: string) =>
        Buffer.from(
          BigInt(`0x${Buffer.from(text, "base64url").toString("hex")}`)
            .toString(16)
            .replace(/^(?=(..)*.$)/, "0"),
          "hex",
        ).toString("base64url");
      for (const { privateKey, publicKey } of Array.from({ length: 6 }, () =>
        generateKeyPairSync("ec", { namedCurve: "P-521" }),
      )) {
        const jwk = jwkOf(privateKey);
        const key = await importPrivateKey({ ...jwk, d: short(jwk.d!) });
        await signsAs(key, "ecdsa-p521-sha512", publicKey);
        const keys = await importPublicKeys({
          ...jwk,
          d: undefined,
          x: short(jwk.x!),
          y: short(jwk.y!),
          kid: "k",
        });
        expect(await keys.get("k")!.verify(await key.sign(message), message)).toBe(true);
      }
    });

    it.each<[string, Jwk]>([
      ["no d", { ...p521, d: undefined }],
      ["d that is no text", { ...p521, d: 1 as unknown as string }],
      ["d that is no base64url", { ...p521, d: "*" }],
      ["d of zero", { ...p521, d: "AAAA" }],
      ["d of 522 bits", { ...p521, d: Buffer.alloc(66, 255).toString("base64url") }],
      ["d of 67 bytes", { ...p521, d: Buffer.alloc(67, 1).toString("base64url") }],
      ["a short seed", { ...ed25519, d: Buffer.alloc(31, 1).toString("base64url") }],
      ["nothing in it", {}],
    ])("is refused: %s", async (_, jwk) => {
      expect(await codeOf(() => importPrivateKey(jwk))).toBe("KEY_FORMAT");
    });
  });

  it("takes a 32-byte seed, and nothing else in bytes", async () => {
    const seed = bytesOf(jwkOf(pair.ed25519.privateKey).d!);
    await signsAs(await importPrivateKey(seed), "ed25519", pair.ed25519.publicKey);
    await signsAs(await importPrivateKey(Buffer.from(seed)), "ed25519", pair.ed25519.publicKey);
    const within = new Uint8Array(40).fill(9);
    within.set(seed, 3);
    const given = within.subarray(3, 35);
    const key = await importPrivateKey(given);
    within.fill(0);
    await signsAs(key, "ed25519", pair.ed25519.publicKey);
    for (const length of [0, 31, 33, 64, 66]) {
      expect(await codeOf(() => importPrivateKey(new Uint8Array(length)))).toBe("KEY_FORMAT");
    }
    expect(await codeOf(() => importPrivateKey(Buffer.from(pkcs8(pair.ed25519.privateKey))))).toBe(
      "KEY_FORMAT",
    );
  });

  it.each([undefined, null, 1, true, [], {}, () => 1, Symbol("x"), new Date(0), "x"])(
    "refuses %s",
    async (value) => {
      expect(await codeOf(() => importPrivateKey(value as unknown as string))).toBe("KEY_FORMAT");
      expect(await codeOf(() => importPublicKeys(value as unknown as string, { keyId: "k" }))).toBe(
        "KEY_FORMAT",
      );
    },
  );

  describe("CryptoKey", () => {
    const { subtle } = webcrypto;
    const algorithms = [
      ["ed25519", { name: "Ed25519" }],
      ["ecdsa-p521-sha512", { name: "ECDSA", namedCurve: "P-521" }],
    ] as const;

    it.each(algorithms)("%s", async (algorithm, web) => {
      const made = (await subtle.generateKey(web, false, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
      const publicKey = createPublicKey({
        key: Buffer.from(await subtle.exportKey("spki", made.publicKey)),
        format: "der",
        type: "spki",
      });
      await signsAs(await importPrivateKey(made.privateKey), algorithm, publicKey);
      const error = await errorOf(() => importPrivateKey(made.publicKey));
      expect(error.code).toBe("KEY_USAGE");
    });

    it("without the usage sign is refused", async () => {
      const made = (await subtle.generateKey({ name: "ECDH", namedCurve: "P-521" }, true, [
        "deriveBits",
      ])) as webcrypto.CryptoKeyPair;
      expect(await codeOf(() => importPrivateKey(made.privateKey))).toBe("KEY_USAGE");
      const shape = {
        type: "private",
        extractable: false,
        algorithm: { name: "Ed25519" },
        usages: ["verify"],
      };
      expect(await codeOf(() => importPrivateKey(shape))).toBe("KEY_USAGE");
    });
  });

  describe("a key elsewhere", () => {
    const remote = (algorithm: Algorithm, answer: unknown) =>
      importPrivateKey({ algorithm, sign: async () => answer as Uint8Array });

    it("gives P-521 raw or in DER", async () => {
      for (const dsaEncoding of ["der", "ieee-p1363"] as const) {
        for (let i = 0; i < 20; i++) {
          const signature = sign("sha512", message, { key: pair.p521.privateKey, dsaEncoding });
          await signsAs(
            await remote("ecdsa-p521-sha512", signature),
            "ecdsa-p521-sha512",
            pair.p521.publicKey,
          );
        }
      }
    });

    it("gives Ed25519", async () => {
      const signature = new Uint8Array(sign(null, message, pair.ed25519.privateKey));
      await signsAs(await remote("ed25519", signature), "ed25519", pair.ed25519.publicKey);
      // A view that is no Uint8Array.
      await signsAs(
        await remote("ed25519", new DataView(signature.buffer)),
        "ed25519",
        pair.ed25519.publicKey,
      );
    });

    it.each<[Algorithm, string, unknown]>([
      ["ed25519", "nothing", undefined],
      ["ed25519", "text", Buffer.alloc(64).toString("base64")],
      ["ed25519", "63 bytes", new Uint8Array(63)],
      ["ed25519", "an ArrayBuffer", new ArrayBuffer(64)],
      ["ecdsa-p521-sha512", "nothing", null],
      ["ecdsa-p521-sha512", "no bytes", new Uint8Array()],
      ["ecdsa-p521-sha512", "131 bytes", new Uint8Array(131)],
      ["ecdsa-p521-sha512", "64 bytes, as of P-256", new Uint8Array(64).fill(1)],
      ["ecdsa-p521-sha512", "522 bits", new Uint8Array(132).fill(2)],
      ["ecdsa-p521-sha512", "DER with something behind it", Uint8Array.of(0x30, 6, 2, 1, 1, 2, 1, 1, 0)],
    ])("%s: %s is refused", async (algorithm, _, answer) => {
      const key = await remote(algorithm, answer);
      expect(await codeOf(() => key.sign(message))).toBe("KEY_SIGNATURE_FORMAT");
    });

    it("that fails: its error is passed on", async () => {
      const outage = new Error("the KMS is away");
      const key = await importPrivateKey({ algorithm: "ed25519", sign: () => Promise.reject(outage) });
      await expect(key.sign(message)).rejects.toBe(outage);
    });

    it("keeps its this", async () => {
      class Vault {
        readonly algorithm = "ed25519";
        #key = pair.ed25519.privateKey;
        async sign(bytes: Uint8Array): Promise<Uint8Array> {
          return sign(null, bytes, this.#key);
        }
      }
      await signsAs(await importPrivateKey(new Vault()), "ed25519", pair.ed25519.publicKey);
    });
  });

  it("shows nothing of a key", async () => {
    const jwk = { p521: jwkOf(pair.p521.privateKey), ed25519: jwkOf(pair.ed25519.privateKey) };
    const encrypted = stored.find(({ name }) => name === "PBES2, PBKDF2, AES-256")!;
    const inputs: [PrivateKeyInput, (string | undefined)?][] = [
      [pkcs8(pair.p521.privateKey)],
      [pkcs8(pair.ed25519.privateKey)],
      [jwk.p521],
      [jwk.ed25519],
      [bytesOf(jwk.ed25519.d!)],
      [encrypted.privateKeyPem, encrypted.passphrase],
    ];
    for (const [input, passphrase] of inputs) {
      const key = await importPrivateKey(input, passphrase);
      expect(JSON.stringify(key)).toBe(`{"algorithm":"${key.algorithm}"}`);
      const shown = inspect(key, { showHidden: true, depth: null, getters: true });
      expect(shown.length).toBeLessThan(400);
      expect(shown).toMatch(/sign/);
      expect(shown).not.toMatch(/[A-Za-z0-9+/_-]{40}|Uint8Array|Buffer|KeyObject|CryptoKey/);
      expect(Object.keys(key).sort()).toEqual(["algorithm", "sign"]);
    }
  });

  it("errors quote nothing of a key or a passphrase, and have no cause", async () => {
    const d = jwkOf(pair.p521.privateKey).d!;
    const secret = "Sup3rSecretPassphrase";
    const text = pkcs8(pair.p521.privateKey);
    const { privateKeyPem } = stored.find(({ name }) => name === "PBES2, PBKDF2, AES-256")!;
    const runs: (() => unknown)[] = [
      () => importPrivateKey(privateKeyPem, secret),
      () => importPrivateKey(`${text.slice(0, 200)}${text.slice(210)}`),
      () => importPrivateKey(text.replace("PRIVATE KEY-----\n", "PRIVATE KEY-----\n*")),
      () => importPrivateKey({ kty: "EC", crv: "P-256", d }),
      () => importPrivateKey({ kty: "EC", crv: "P-521", d: `${d}*` }),
      () => importPrivateKey({ kty: "EC", crv: "P-521", d: `${d}${d}` }),
      () => importPrivateKey(bytesOf(d)),
      () => importPrivateKey(text.slice(0, -5)),
      () => importPublicKeys(text, { keyId: "k" }),
    ];
    for (const run of runs) {
      const error = await errorOf(run);
      const shown = inspect(error, { showHidden: true, depth: null }).replaceAll(/^ +at .*$/gm, "");
      expect(error.cause).toBeUndefined();
      expect(shown).not.toContain(secret);
      for (const [known, size] of [
        [d, 8],
        [text.replaceAll("\n", "").slice(27, -25), 12],
      ] as const) {
        for (let i = 0; i + size <= known.length; i += 4)
          expect(shown).not.toContain(known.slice(i, i + size));
      }
    }
  });

  describe("public keys", () => {
    const p521 = { ...jwkOf(pair.p521.publicKey), kid: "a" };
    const ed25519 = { ...jwkOf(pair.ed25519.publicKey), kid: "b" };
    const rsa = { ...jwkOf(generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey), kid: "c" };

    it("come as a set, one JWK or PEM", async () => {
      const keys = await importPublicKeys({ keys: [p521, ed25519] });
      expect(keys.keyIds).toEqual(["a", "b"]);
      expect(keys.get("c")).toBeUndefined();
      expect(keys.get("__proto__")).toBeUndefined();
      expect(keys.get("a")?.algorithm).toBe("ecdsa-p521-sha512");
      expect(keys.get("b")?.algorithm).toBe("ed25519");
      expect((await importPublicKeys(p521)).keyIds).toEqual(["a"]);
      expect((await importPublicKeys(p521, { keyId: "x" })).keyIds).toEqual(["x"]);
      expect((await importPublicKeys(spki(pair.p521.publicKey), { keyId: "x" })).keyIds).toEqual(["x"]);
    });

    it("of a private JWK too, and with members that runtimes trip over", async () => {
      const more = { alg: "Ed25519", key_ops: ["sign"], use: "enc", ext: false };
      const keys = await importPublicKeys({
        keys: [{ ...jwkOf(pair.ed25519.privateKey), ...more, kid: "k" }],
      });
      const signature = sign(null, message, pair.ed25519.privateKey);
      expect(await keys.get("k")?.verify(signature, message)).toBe(true);
    });

    it("of a set leave out what cannot be used, unless nothing is left", async () => {
      const noId = { ...p521, kid: undefined };
      const damaged = { ...p521, kid: "d", x: "*" };
      const keys = await importPublicKeys({
        keys: [rsa, noId, damaged, {}, null as unknown as Jwk, ed25519],
      });
      expect(keys.keyIds).toEqual(["b"]);
      expect(await codeOf(() => importPublicKeys({ keys: [rsa, noId] }))).toBe("KEY_ALGORITHM");
      expect(await codeOf(() => importPublicKeys({ keys: [noId] }))).toBe("INVALID_OPTION");
      expect(await codeOf(() => importPublicKeys({ keys: [damaged] }))).toBe("KEY_FORMAT");
      expect(await codeOf(() => importPublicKeys({ keys: [] }))).toBe("KEY_FORMAT");
    });

    it("with the same id: the first counts", async () => {
      const keys = await importPublicKeys({ keys: [ed25519, { ...p521, kid: "b" }] });
      expect(keys.keyIds).toEqual(["b"]);
      expect(keys.get("b")?.algorithm).toBe("ed25519");
    });

    it("need an id", async () => {
      expect(await codeOf(() => importPublicKeys(spki(pair.p521.publicKey)))).toBe("INVALID_OPTION");
      expect(await codeOf(() => importPublicKeys({ ...p521, kid: undefined }))).toBe("INVALID_OPTION");
      expect(await codeOf(() => importPublicKeys({ keys: [p521] }, { keyId: "x" }))).toBe("INVALID_OPTION");
    });

    it.each<[string, string | Jwk]>([
      ["a private key", pkcs8(pair.p521.privateKey)],
      ["a cut PEM block", spki(pair.p521.publicKey).replace(/.{8}\n-----END/, "\n-----END")],
      ["a point that is not on the curve", { ...p521, y: p521.x }],
      ["a long coordinate", { ...p521, x: Buffer.alloc(67).toString("base64url") }],
      ["no y", { ...p521, y: undefined }],
      ["31 bytes for Ed25519", { ...ed25519, x: Buffer.alloc(31).toString("base64url") }],
    ])("are refused: %s", async (_, key) => {
      expect(await codeOf(() => importPublicKeys(key, { keyId: "k" }))).toBe("KEY_FORMAT");
    });

    it("refuse signatures that are not in canonical form, and say so", async () => {
      const keys = await importPublicKeys({ keys: [p521, ed25519] });
      const der = sign("sha512", message, pair.p521.privateKey);
      const raw = sign("sha512", message, { key: pair.p521.privateKey, dsaEncoding: "ieee-p1363" });
      expect(await keys.get("a")!.verify(der, message)).toBe(true);
      for (const wrong of [raw, Buffer.concat([der, Buffer.of(0)]), Buffer.alloc(0)]) {
        expect(await codeOf(() => keys.get("a")!.verify(wrong, message))).toBe("SIGNATURE_ENCODING");
      }
      for (const length of [0, 63, 65, 132]) {
        expect(await codeOf(() => keys.get("b")!.verify(new Uint8Array(length), message))).toBe(
          "SIGNATURE_ENCODING",
        );
      }
      expect(await keys.get("b")!.verify(new Uint8Array(64).fill(255), message)).toBe(false);
      // r and s of zero are well-formed, and no signature.
      expect(await keys.get("a")!.verify(Uint8Array.of(0x30, 6, 2, 1, 0, 2, 1, 0), message)).toBe(false);
    });
  });

  it("junk gives SignatureError and nothing else", async () => {
    const good = stored
      .filter(({ needsNode }) => entry === "node" || !needsNode)
      .map((key) => key.privateKeyPem);
    good.push(spki(pair.p521.publicKey), spki(pair.ed25519.publicKey));
    const label = fc.constantFrom(
      "PRIVATE KEY",
      "EC PRIVATE KEY",
      "ENCRYPTED PRIVATE KEY",
      "PUBLIC KEY",
      "RSA PRIVATE KEY",
    );
    const block = fc.tuple(label, fc.uint8Array({ maxLength: 80 })).map(([name, der]) => pem(name, der));
    const text = fc.array(
      fc.oneof(
        block,
        fc.string({ unit: "binary" }),
        fc.constantFrom(
          "-----",
          "-----BEGIN ",
          "-----END ",
          "-----BEGIN PRIVATE KEY-----",
          "\r\n",
          "Proc-Type: 4,ENCRYPTED\nDEK-Info: ",
          "----",
        ),
      ),
      { maxLength: 8 },
    );
    const damaged = fc
      .tuple(fc.constantFrom(...good), fc.nat(), fc.nat({ max: 127 }), fc.boolean())
      .map(([key, where, char, insert]) => {
        const at = where % key.length;
        return key.slice(0, at) + String.fromCharCode(char) + key.slice(insert ? at : at + 1);
      });
    // Inside of the DER, where the structure is.
    const bitten = fc
      .tuple(
        fc.constantFrom(...good.filter((key) => !key.includes("Proc-Type"))),
        fc.nat({ max: 120 }),
        fc.nat({ max: 7 }),
      )
      .map(([key, where, bit]) => {
        const name = /BEGIN ((?!EC PARAM).+?)-----/.exec(key)![1]!;
        const der = Buffer.from(key.split(`BEGIN ${name}-----`)[1]!.split("-----")[0]!, "base64");
        der[where % der.length]! ^= 1 << bit;
        return pem(name, der);
      });
    const outcomes = new Map<string, number>();
    const count = async (run: Promise<unknown>) => {
      const outcome = await run.then(
        () => "taken",
        (error) => (error instanceof SignatureError ? error.code : String(error)),
      );
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      expect(outcome).toMatch(/^(taken|[A-Z_]+)$/);
    };
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          text.map((parts) => parts.join("")),
          damaged,
          bitten,
        ),
        async (junk) => {
          await count(importPrivateKey(junk, "wrong"));
          await count(importPublicKeys(junk, { keyId: "k" }));
        },
      ),
      { numRuns: 1500 },
    );
    expect(outcomes.size).toBeGreaterThanOrEqual(4);
  });

  it("any text around a key leaves it what it is", async () => {
    const { privateKey, publicKey } = pair.ed25519;
    const around = fc.string({ unit: "binary" }).map((text) => text.replaceAll("-----", "----"));
    await fc.assert(
      fc.asyncProperty(around, around, fc.boolean(), async (before, after, crlf) => {
        const text = crlf ? pkcs8(privateKey).replaceAll("\n", "\r\n") : pkcs8(privateKey);
        await signsAs(await importPrivateKey(`${before}\n${text}${after}`), "ed25519", publicKey);
      }),
      { numRuns: 300 },
    );
  });

  it("reads a long text in linear time", async () => {
    const started = performance.now();
    for (const part of ["-----BEGIN PRIVATE KEY-----", "-----", "-----BEGIN X-----\n:", "a:", "\\n"]) {
      expect(await codeOf(() => importPrivateKey(part.repeat(1_000_000 / part.length)))).toBe("KEY_FORMAT");
      const inside = `-----BEGIN PRIVATE KEY-----\n${part.replaceAll("-", "x").repeat(1_000_000 / part.length)}\n-----END PRIVATE KEY-----`;
      expect(await codeOf(() => importPrivateKey(inside))).toMatch(/^KEY_/);
    }
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe("what a runtime lacks", () => {
  const without = async (
    change: (subtle: typeof crypto.subtle) => object | undefined,
    run: () => unknown,
  ) => {
    const { crypto: real } = globalThis;
    const bind = (subtle: object | undefined) => ({
      value: subtle && {
        subtle: Object.setPrototypeOf(
          subtle,
          new Proxy(real.subtle, { get: (target, name) => Reflect.get(target, name).bind(target) }),
        ),
      },
      configurable: true,
    });
    Object.defineProperty(globalThis, "crypto", bind(change(real.subtle)));
    try {
      return await codeOf(run);
    } finally {
      Object.defineProperty(globalThis, "crypto", { value: real, configurable: true });
    }
  };
  const notSupported = () => Promise.reject(new DOMException("no", "NotSupportedError"));

  it("is said, and for Ed25519 what to take", async () => {
    const lacks = () => ({ importKey: notSupported, generateKey: notSupported });
    for (const { privateKey, publicKey } of [pair.ed25519, pair.p521]) {
      expect(await without(lacks, () => importPortable(pkcs8(privateKey)))).toBe("RUNTIME_LACKS_ALGORITHM");
      expect(await without(lacks, () => importPublicPortable(spki(publicKey), { keyId: "k" }))).toBe(
        "RUNTIME_LACKS_ALGORITHM",
      );
      expect(
        await without(
          () => undefined,
          () => importPortable(pkcs8(privateKey)),
        ),
      ).toBe("RUNTIME_LACKS_ALGORITHM");
    }
    expect(await without(lacks, () => generateKeyPair("ed25519"))).toBe("RUNTIME_LACKS_ALGORITHM");
    const { privateKeyPem, passphrase } = stored.find(({ name }) => name === "PBES2, PBKDF2, AES-192")!;
    const noAes192 = () => ({ deriveKey: () => Promise.reject(new DOMException("no", "OperationError")) });
    expect(await without(noAes192, () => importPortable(privateKeyPem, passphrase))).toBe(
      "RUNTIME_LACKS_ALGORITHM",
    );
  });

  it("the message names nobleKey for Ed25519", async () => {
    let message = "";
    await without(
      () => ({ importKey: notSupported }),
      () =>
        importPortable(pkcs8(pair.ed25519.privateKey)).catch((error: Error) => {
          message = error.message;
          throw error;
        }),
    );
    expect(message).toContain("nobleKey");
  });
});

it("imported keys are not extractable", async () => {
  const real = crypto.subtle.importKey;
  const asked: unknown[] = [];
  crypto.subtle.importKey = function (this: unknown, ...args: unknown[]) {
    asked.push(args[3]);
    return Reflect.apply(real, crypto.subtle, args);
  } as typeof real;
  try {
    await importPortable(pkcs8(pair.ed25519.privateKey));
    const { privateKeyPem, passphrase } = stored.find(({ name }) => name === "PBES2, PBKDF2, AES-256")!;
    await importPortable(privateKeyPem, passphrase);
  } finally {
    crypto.subtle.importKey = real;
  }
  expect(asked).toEqual([false, false, false]);
});

describe("speed, in the Node entry", () => {
  it("Ed25519 is signed at once; P-521 does not hold the event loop", async () => {
    const p521 = await importNode(pkcs8(pair.p521.privateKey));
    const order: string[] = [];
    const signing = Promise.resolve(p521.sign(message)).then(() => order.push("signed"));
    setImmediate(() => order.push("loop"));
    await signing;
    expect(order).toEqual(["loop", "signed"]);
    const ed25519 = await importNode(pkcs8(pair.ed25519.privateKey));
    const started = process.getActiveResourcesInfo().length;
    const signature = ed25519.sign(message);
    expect(process.getActiveResourcesInfo().length).toBe(started);
    await signature;
  });
});

describe("generateKeyPair", () => {
  it.each(["ed25519", "p521"] as const)("%s", async (type) => {
    const made = await generateKeyPair(type);
    const algorithm = type === "p521" ? "ecdsa-p521-sha512" : type;
    expect(made.privateKeyPem).toBe(pkcs8(createPrivateKey(made.privateKeyPem)));
    expect(made.publicKeyPem).toBe(spki(createPublicKey(made.privateKeyPem)));
    const { kty, crv, x, y } = jwkOf(createPublicKey(made.privateKeyPem));
    expect(made.publicKeyJwk).toStrictEqual(type === "p521" ? { kty, crv, x, y } : { kty, crv, x });
    for (const { importPrivateKey, importPublicKeys } of entries) {
      await signsAs(await importPrivateKey(made.privateKeyPem), algorithm, made.publicKeyPem);
      expect((await importPublicKeys(made.publicKeyJwk, { keyId: "k" })).keyIds).toEqual(["k"]);
    }
  });

  it("of another type is refused", async () => {
    expect(await codeOf(() => generateKeyPair("p256" as "p521"))).toBe("INVALID_OPTION");
  });
});
