// Subscribes an address to events: node dist/subscribe.js https://hooks.example.com/upvest
import { UpvestError } from "@upvest-sdk/client";
import { createWebhook, listWebhooks, testWebhook, updateWebhook } from "@upvest-sdk/client/operations";
import { clientFromEnv } from "./client.js";

async function subscribe(url: string): Promise<void> {
  const client = await clientFromEnv();

  // Creating one takes no idempotency key: so look first whether it is there from an earlier run.
  let webhook: { id: string; enabled: boolean } | undefined;
  for await (const one of client.paginate(listWebhooks)) if (one.url === url) webhook = one;
  webhook ??= await client.call(createWebhook, {
    body: {
      title: "orders",
      url,
      type: ["ORDER", "USER"],
      config: { delay: "1s", max_package_size: 65_536 },
    },
  });

  const path = { webhook_id: webhook.id };
  const { response } = await client.call(testWebhook, { path });
  if (response.status !== 200)
    throw new Error(`${url} answers test data with ${response.status}; subscription ${webhook.id} stays off`);
  // A new one is off.
  if (!webhook.enabled) await client.call(updateWebhook, { path, body: { enabled: true } });
  console.log(`subscription ${webhook.id} is on`);
}

try {
  const [url] = process.argv.slice(2);
  if (!url) throw new Error("say which address: node dist/subscribe.js https://hooks.example.com/upvest");
  await subscribe(url);
} catch (error) {
  process.exitCode = 1;
  if (error instanceof UpvestError)
    console.error(`${error.code}: ${error.message}; outcome: ${error.outcome}`);
  else console.error(error instanceof Error ? error.message : error);
}
