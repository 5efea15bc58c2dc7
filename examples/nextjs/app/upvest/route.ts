import { createWebhookReceiver, remoteKeys, type WebhookReceiver } from "@upvest-sdk/webhooks";
import { upvest } from "../../lib/upvest";

let receiver: WebhookReceiver | undefined;

const createReceiver = () =>
  createWebhookReceiver({
    keys: remoteKeys(upvest()),
    onError: (error, { eventId, attempt }) => console.error(error.code, eventId, attempt, error.cause),
  })
    .on("ORDER.FILLED", ({ object }) => console.log(`order ${object.id} was filled`))
    .on("ORDER.CANCELLED", ({ object }) => console.log(`order ${object.id} was cancelled`))
    .on("USER.*", ({ type, object }) => console.log(`${type} ${object.id}`));

/** Where webhooks are sent to. `request` is given on as it is: the signature covers the bytes of its body. */
export function POST(request: Request): Promise<Response> {
  receiver ??= createReceiver();
  return receiver.handle(request);
}
