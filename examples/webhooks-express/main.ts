// Receives webhooks: node dist/main.js, with PORT and what the client reads from the environment.
import { createWebhookReceiver, remoteKeys } from "@upvest-sdk/webhooks";
import { toNodeHandler } from "@upvest-sdk/webhooks/node";
import express from "express";
import { clientFromEnv } from "./client.js";
import { addHandlers } from "./handlers.js";

const receiver = addHandlers(
  createWebhookReceiver({
    keys: remoteKeys(await clientFromEnv()),
    onError: (error, { eventId, attempt }) => console.error(error.code, eventId, attempt, error.cause),
  }),
);

const app = express();
app.disable("x-powered-by");
// Before any body parser: the signature covers the bytes.
app.all("/upvest", toNodeHandler(receiver));
app.use(express.json());
app.get("/healthz", (_request, response) => {
  response.send("ok");
});

const server = app.listen(Number(process.env["PORT"] ?? "3000"), (error) => {
  if (error) throw error;
  console.log("receiving on", Object(server.address()).port);
});

// A delivery that is being handled is answered first. What comes later is sent again by the API.
for (const signal of ["SIGINT", "SIGTERM"])
  process.once(signal, () => {
    server.close(() => console.log("closed"));
  });
