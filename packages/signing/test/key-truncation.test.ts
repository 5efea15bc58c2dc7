import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as portable from "../src/index.js";
import * as node from "../src/node.js";

const passphrase = "secret";
const encrypted = { cipher: "aes-256-cbc", passphrase };

/** Private keys as DER, with the label that PEM gives them. */
const privateKeys = [
  generateKeyPairSync("ed25519").privateKey,
  generateKeyPairSync("ec", { namedCurve: "P-521" }).privateKey,
].flatMap((key) => {
  const forms = [
    { label: "PRIVATE KEY", der: key.export({ type: "pkcs8", format: "der" }) },
    { label: "ENCRYPTED PRIVATE KEY", der: key.export({ type: "pkcs8", format: "der", ...encrypted }) },
  ];
  if (key.asymmetricKeyType === "ec") {
    forms.push({ label: "EC PRIVATE KEY", der: key.export({ type: "sec1", format: "der" }) });
  }
  return forms;
});
const publicKeys = privateKeys
  .filter(({ label }) => label === "PRIVATE KEY")
  .map(({ der }) => createPublicKey(createPrivateKey({ key: der, type: "pkcs8", format: "der" })))
  .map((key) => ({ label: "PUBLIC KEY", der: key.export({ type: "spki", format: "der" }) }));

const pem = (label: string, der: Uint8Array) =>
  `-----BEGIN ${label}-----\n${Buffer.from(der).toString("base64")}\n-----END ${label}-----\n`;

describe.each([
  { entry: "portable", ...portable },
  { entry: "node", ...node },
])("a key that is not whole, $entry", ({ createSigner, importPublicKeys, SignatureError }) => {
  const codeOf = async (label: string, der: Uint8Array): Promise<string> => {
    const text = pem(label, der);
    const read: Promise<unknown> = label.startsWith("PUBLIC")
      ? importPublicKeys(text, { keyId: "k" })
      : createSigner({ keyId: "k", privateKey: text, passphrase });
    return read.then(
      () => "taken",
      (error: unknown) => (error instanceof SignatureError ? error.code : String(error)),
    );
  };

  it.each([...privateKeys, ...publicKeys])("$label of $der.length bytes: cut off anywhere", async (key) => {
    expect(await codeOf(key.label, key.der)).toBe("taken");
    for (let length = 0; length < key.der.length; length++) {
      expect(await codeOf(key.label, key.der.subarray(0, length)), `${length} bytes`).toBe("KEY_FORMAT");
    }
    expect(await codeOf(key.label, Buffer.concat([key.der, Buffer.of(0)])), "a byte more").toBe("KEY_FORMAT");
  });

  it("with a byte changed where its structure is: taken, or refused with a code of keys", async () => {
    const changed = fc.tuple(
      fc.constantFrom(...privateKeys, ...publicKeys),
      fc.nat({ max: 60 }),
      fc.integer({ min: 1, max: 255 }),
    );
    await fc.assert(
      fc.asyncProperty(changed, async ([{ label, der }, at, mask]) => {
        const other = Uint8Array.from(der);
        other[at]! ^= mask;
        expect(await codeOf(label, other)).toMatch(
          /^(taken|KEY_FORMAT|KEY_ALGORITHM|KEY_NEEDS_NODE|PASSPHRASE_WRONG)$/,
        );
        // What says how long the whole is cannot be wrong.
        if (at < 2) expect(await codeOf(label, other)).toBe("KEY_FORMAT");
      }),
      { numRuns: 400 },
    );
  });
});
