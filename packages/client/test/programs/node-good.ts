// With what a server on Node has besides.
import { createUpvestClient, type Fetch, redisTokenStore, type UpvestClient } from "@upvest-sdk/client";
import { createSigner } from "@upvest-sdk/signing/node";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { Agent, fetch as undiciFetch } from "undici";

export const fromUndici: Fetch = undiciFetch;
export const throughAgent: Fetch = (url, init) => undiciFetch(url, { ...init, dispatcher: new Agent() });

export async function make(): Promise<UpvestClient[]> {
  const options = {
    environment: "sandbox",
    clientId: "",
    clientSecret: "",
    scopes: ["users:read"],
    signer: await createSigner({ keyId: "", privateKey: "" }),
  } as const;
  return [
    createUpvestClient({ ...options, fetch: undiciFetch, tokenStore: redisTokenStore(new Redis()) }),
    createUpvestClient({ ...options, tokenStore: redisTokenStore(await createClient().connect()) }),
  ];
}
