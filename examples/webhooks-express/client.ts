import { readFile } from "node:fs/promises";
import { clientOptionsFromEnv, createUpvestClient, type UpvestClient } from "@upvest-sdk/client";
import { createSigner } from "@upvest-sdk/signing/node";

/** A client by the environment: `UPVEST_API_BASE_URL` and the others. */
export async function clientFromEnv(): Promise<UpvestClient> {
  const {
    UPVEST_API_KEY_ID: keyId,
    UPVEST_API_HTTP_SIGN_PRIVATE_KEY_FILENAME: keyFile,
    UPVEST_API_HTTP_SIGN_PRIVATE_KEY_PASSPHRASE: passphrase,
  } = process.env;
  if (!keyId || !keyFile)
    throw new Error("set UPVEST_API_KEY_ID and UPVEST_API_HTTP_SIGN_PRIVATE_KEY_FILENAME");
  return createUpvestClient({
    ...clientOptionsFromEnv(),
    signer: await createSigner({ keyId, privateKey: await readFile(keyFile, "utf8"), passphrase }),
  });
}
