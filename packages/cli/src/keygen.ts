import { createPublicKey } from "node:crypto";
import { access, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { generateKeyPair } from "@upvest-sdk/signing/node";
import type { Command } from "./command.js";
import { Failure, fileFault, UsageError } from "./errors.js";
import { concealKey, print } from "./output.js";
import { fingerprint, keyVariables } from "./private-key.js";

const options = {
  algorithm: { type: "string", default: "p521" },
  out: { type: "string" },
  "public-out": { type: "string" },
} as const;

/** `upvest keygen`: a key pair; the private key goes into a file and nowhere else. */
export const keygen: Command = {
  name: "keygen",
  summary: "makes a key pair, and says what to do with it",
  usage: `upvest keygen [--algorithm p521|ed25519] --out <private.pem> [--public-out <public.pem>]

  --algorithm NAME    p521 (default; what the vendor's own clients use) or ed25519
  --out FILE          for the private key: readable by you alone, never overwritten
  --public-out FILE   for the public key, which is printed as well`,
  options,
  choices: { algorithm: ["p521", "ed25519"] },
  async run(args) {
    const { values } = parseArgs({ args, options });
    const { algorithm, out, "public-out": publicOut } = values;
    if (algorithm !== "p521" && algorithm !== "ed25519")
      throw new UsageError("--algorithm is p521 or ed25519.");
    if (!out) throw new UsageError("--out <private.pem> is missing.");
    if (publicOut === "") throw new UsageError("--public-out takes a file.");
    if (publicOut !== undefined && path.resolve(publicOut) === path.resolve(out))
      throw new UsageError("--out and --public-out are the same file.");
    for (const file of [out, publicOut]) if (file !== undefined) await refuseExisting(file);

    const { privateKeyPem, publicKeyPem } = await generateKeyPair(algorithm);
    concealKey(privateKeyPem);
    await write(out, privateKeyPem, 0o600);
    if (publicOut !== undefined) {
      await write(publicOut, publicKeyPem, 0o644).catch(async (error) => {
        await rm(out);
        throw error;
      });
    }
    await print(`The private key is in ${out}, readable by you alone. Nobody else needs it, Upvest included.

Hand this public key over to Upvest, who give you its key id:

${publicKeyPem}
Its fingerprint (SHA-256): ${fingerprint(createPublicKey(publicKeyPem))}

Then set these, with what Upvest gave you in place of the dots, and run \`upvest doctor\`:

export UPVEST_API_BASE_URL=https://sandbox.upvest.co
export UPVEST_API_CLIENT_ID=...
export UPVEST_API_CLIENT_SECRET=...
export UPVEST_API_SCOPES=users:read,users:admin,...
export UPVEST_API_KEY_ID=...
export ${keyVariables.file}=${quote(path.resolve(out))}`);
    return 0;
  },
};

async function refuseExisting(file: string): Promise<void> {
  const exists = await access(file).then(
    () => true,
    () => false,
  );
  if (exists) throw new Failure(`${file} exists already, and is not overwritten`, "Give another name.");
}

async function write(file: string, text: string, mode: number): Promise<void> {
  try {
    await writeFile(file, text, { mode, flag: "wx" });
  } catch (error) {
    throw new Failure(`${file} cannot be written: ${fileFault(error)}`);
  }
}

/** As a shell takes it. */
const quote = (text: string) => (/^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
