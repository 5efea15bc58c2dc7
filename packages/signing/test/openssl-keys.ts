import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Algorithm } from "../src/keys.js";

/** A key made for tests only, in one of the forms that openssl writes. */
export interface TestKey {
  name: string;
  algorithm: Algorithm;
  privateKeyPem: string;
  passphrase?: string;
  /** What only the Node entry reads. */
  needsNode?: boolean;
  publicKeyPem: string;
}

const passphrase = "päss wörd 🔑 ' \" $";

export const opensslIsPresent = spawnSync("openssl", ["version"]).status === 0;

/** All forms of both algorithms, by the `openssl` command. */
export function makeKeys(): TestKey[] {
  const folder = mkdtempSync(join(tmpdir(), "upvest-sdk-keys-"));
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, encoding: "utf8" });
  writeFileSync(join(folder, "passphrase"), passphrase);
  const keys: TestKey[] = [];
  const pass = ["-passout", "file:passphrase"];
  const add = (algorithm: Algorithm, publicKeyPem: string, name: string, args: string[], more = {}) => {
    const secret = args.includes("-passout") ? { passphrase } : {};
    keys.push({ name, algorithm, privateKeyPem: openssl(...args), ...secret, ...more, publicKeyPem });
  };
  try {
    openssl("ecparam", "-genkey", "-name", "secp521r1", "-out", "p521.pem");
    openssl("genpkey", "-algorithm", "ed25519", "-out", "ed25519.pem");
    for (const [algorithm, file] of [
      ["ecdsa-p521-sha512", "p521.pem"],
      ["ed25519", "ed25519.pem"],
    ] as const) {
      const publicKeyPem = openssl("pkey", "-in", file, "-pubout");
      const make = (name: string, args: string[], more?: object) =>
        add(algorithm, publicKeyPem, name, args, more);
      const pkcs8 = ["pkcs8", "-topk8", "-in", file];
      make("PKCS#8", [...pkcs8, "-nocrypt"]);
      for (const bits of [128, 192, 256]) {
        make(`PBES2, PBKDF2, AES-${bits}`, [...pkcs8, "-v2", `aes-${bits}-cbc`, ...pass]);
      }
      for (const sha of [1, 256, 384, 512]) {
        const prf = sha === 1 ? "hmacWithSHA1" : `hmacWithSHA${sha}`;
        make(`PBES2, PBKDF2, HMAC-SHA-${sha}`, [...pkcs8, "-v2", "aes-256-cbc", "-v2prf", prf, ...pass]);
      }
      make("PBES2, scrypt", [...pkcs8, "-v2", "aes-256-cbc", "-scrypt", ...pass], { needsNode: true });
      make("genpkey -aes256", ["pkey", "-in", file, "-aes256", ...pass]);
      if (algorithm === "ed25519") continue;
      make("SEC 1 after EC PARAMETERS", ["ecparam", "-genkey", "-name", "secp521r1"]);
      const last = keys.at(-1)!;
      writeFileSync(join(folder, "fresh.pem"), last.privateKeyPem);
      last.publicKeyPem = openssl("pkey", "-in", "fresh.pem", "-pubout");
      make("SEC 1", ["ec", "-in", file]);
      make("SEC 1 without the public key", ["ec", "-in", file, "-no_public"]);
      make("SEC 1 with a compressed public key", ["ec", "-in", file, "-conv_form", "compressed"]);
      for (const bits of [128, 192, 256]) {
        make(`SEC 1, Proc-Type, AES-${bits}`, ["ec", "-in", file, `-aes${bits}`, ...pass], {
          needsNode: true,
        });
      }
    }
    return keys;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const fixture = new URL("fixtures/keys.json", import.meta.url);

/** Those that are in the repository; `UPDATE_KEYS=1` writes them anew. */
export function storedKeys(): TestKey[] {
  if (process.env["UPDATE_KEYS"]) writeFileSync(fixture, `${JSON.stringify(makeKeys(), null, 1)}\n`);
  return JSON.parse(readFileSync(fixture, "utf8")) as TestKey[];
}
