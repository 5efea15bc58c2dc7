// What `createSigner` gives is a signer.
import { createUpvestClient, type UpvestClient } from "@upvest-sdk/client";
import { createSigner } from "@upvest-sdk/signing";

export async function make(): Promise<UpvestClient> {
  return createUpvestClient({
    environment: "sandbox",
    clientId: "",
    clientSecret: "",
    scopes: ["users:read"],
    signer: await createSigner({ keyId: "", privateKey: "" }),
  });
}
