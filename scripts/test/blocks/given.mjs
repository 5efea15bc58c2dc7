// What pages leave to the reader, and blocks declare: `declare const client: UpvestClient`.
import { readFile } from "node:fs/promises";
import { clientOptionsFromEnv, createUpvestClient } from "@upvest-sdk/client";
import { createSigner, signingFetch } from "@upvest-sdk/signing/node";
import { createWebhookReceiver, remoteKeys } from "@upvest-sdk/webhooks";

const env = process.env;
const keyId = env["UPVEST_API_KEY_ID"];
const privateKey = await readFile("private.pem", "utf8");

export const readSecret = async () => ({ keyId, privateKey });

export const signer = await createSigner({ keyId, privateKey });

export const client = createUpvestClient({ ...clientOptionsFromEnv(), signer });

export const keys = remoteKeys(client);

export const receiver = createWebhookReceiver({ keys });

/** With token, client id and signature. */
export const signedFetch = async (input, init) => {
  const request = new Request(input, init);
  request.headers.set("authorization", `Bearer ${env["TOKEN"]}`);
  request.headers.set("upvest-client-id", env["UPVEST_API_CLIENT_ID"]);
  return signingFetch(signer)(request);
};

/** An event as it is delivered. */
export const event = {
  id: crypto.randomUUID(),
  created_at: "2026-01-05T09:00:00Z",
  type: "ORDER.FILLED",
  object: { id: "1c2ee1ea-1a5c-4b4d-9d0a-3f6f2b8f1d0e", executions: [], currency: "EUR" },
};

/** The body of an order that the account can pay. */
export const body = {
  account_id: env["ACCOUNT_ID"],
  side: "BUY",
  instrument_id: "IE00B3XXRP09",
  instrument_id_type: "ISIN",
  order_type: "MARKET",
  cash_amount: "100.00",
  currency: "EUR",
};
