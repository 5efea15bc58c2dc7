import { createServer } from "node:http";
import { createWebhookReceiver, staticKeys } from "@upvest-sdk/webhooks";
import { type NodeHandler, toNodeHandler } from "@upvest-sdk/webhooks/node";
import express from "express";

const receiver = createWebhookReceiver({ keys: staticKeys({ keys: [] }) });
const handler: NodeHandler = toNodeHandler(receiver);

createServer(handler).listen(0);
express()
  .use("/hooks", handler)
  .post("/hooks", express.raw({ type: "*/*" }), toNodeHandler(receiver));
const handled: Promise<void> = handler({} as never, {} as never);

export { handled };

toNodeHandler({}); // error: TS2345|TS2741
