import { createUpvestClient } from "@upvest-sdk/client";
import { startSandbox } from "@upvest-sdk/sandbox";
import { createSigner } from "@upvest-sdk/signing/node";
import { firstOrder } from "./story.js";

const sandbox = await startSandbox();
try {
  console.log(`A local Upvest runs at ${sandbox.url}\n`);
  const { clientId, clientSecret, keyId, privateKeyPem } = sandbox.credentials;
  const client = createUpvestClient({
    baseUrl: sandbox.url,
    clientId,
    clientSecret,
    scopes: sandbox.scopes,
    signer: await createSigner({ keyId, privateKey: privateKeyPem }),
  });
  await firstOrder(client, (text) => console.log(text));
} finally {
  await sandbox.close();
}
