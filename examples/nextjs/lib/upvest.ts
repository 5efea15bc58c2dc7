import { readFile } from "node:fs/promises";
import { clientOptionsFromEnv, createUpvestClient, type UpvestClient } from "@upvest-sdk/client";
import { createSigner, type Signer } from "@upvest-sdk/signing/node";

let client: UpvestClient | undefined;

/** The one client of this process, made when it is first asked for: `next build` loads this file, and has no secrets. */
export function upvest(): UpvestClient {
  client ??= createUpvestClient({ ...clientOptionsFromEnv(), signer: readSigner });
  return client;
}

async function readSigner(): Promise<Signer> {
  const {
    UPVEST_API_KEY_ID: keyId,
    UPVEST_API_HTTP_SIGN_PRIVATE_KEY_FILENAME: keyFile,
    UPVEST_API_HTTP_SIGN_PRIVATE_KEY_PASSPHRASE: passphrase,
  } = process.env;
  if (!keyId || !keyFile)
    throw new Error("set UPVEST_API_KEY_ID and UPVEST_API_HTTP_SIGN_PRIVATE_KEY_FILENAME");
  return createSigner({ keyId, privateKey: await readFile(keyFile, "utf8"), passphrase });
}
