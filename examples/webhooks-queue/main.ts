// Two processes: `node dist/main.js receive` and `node dist/main.js work`. Each can be there more than once.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { clientOptionsFromEnv, createUpvestClient } from "@upvest-sdk/client";
import { createSigner } from "@upvest-sdk/signing/node";
import { createWebhookReceiver, redisDeduplication, remoteKeys } from "@upvest-sdk/webhooks";
import { toNodeHandler } from "@upvest-sdk/webhooks/node";
import { addHandlers } from "./handlers.js";
import { connect, openQueue } from "./queue.js";
import { receiveInto } from "./receive.js";
import { startWorker } from "./work.js";

const { REDIS_URL = "redis://127.0.0.1:6379", PORT = "3000" } = process.env;
const redis = connect(REDIS_URL);
redis.on("error", (error) => console.error(error));

if (process.argv[2] === "receive") {
  const client = createUpvestClient({
    ...clientOptionsFromEnv(),
    signer: await createSigner({
      keyId: process.env["UPVEST_API_KEY_ID"]!,
      privateKey: await readFile(process.env["UPVEST_API_HTTP_SIGN_PRIVATE_KEY_FILENAME"]!, "utf8"),
    }),
  });
  // It only verifies: ids are claimed where events are handled.
  const receiver = createWebhookReceiver({ keys: remoteKeys(client), deduplicate: false });
  const handle = receiveInto(openQueue(redis), receiver);
  const server = createServer(toNodeHandler({ handle })).listen(Number(PORT), () =>
    console.log("receiving on", Object(server.address()).port),
  );
} else {
  const receiver = createWebhookReceiver({
    // Nothing is verified here.
    keys: () => undefined,
    deduplicate: redisDeduplication(redis),
    onError: (error, info) => console.error(info, error),
  });
  const worker = startWorker(redis, addHandlers(receiver));
  worker.on("error", (error) => console.error(error));
  // The event at hand is finished, the rest is for others.
  process.once("SIGTERM", () => worker.close().then(() => redis.quit()));
  console.log("working");
}
