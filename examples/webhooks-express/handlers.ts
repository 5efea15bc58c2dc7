import type { WebhookReceiver } from "@upvest-sdk/webhooks";

/** What is done with events. A handler that throws makes the API send the event again. */
export function addHandlers(receiver: WebhookReceiver): WebhookReceiver {
  return receiver
    .on("ORDER.FILLED", ({ object }) => {
      // A real one writes to a database; see examples/webhooks-sql for how to do that exactly once.
      for (const { share_quantity, price } of object.executions)
        console.log(`order ${object.id} was filled: ${share_quantity} units at ${price} ${object.currency}`);
    })
    .on("ORDER.CANCELLED", ({ object }) => {
      console.log(`order ${object.id} was cancelled: ${object.cancellation_reason ?? "no reason given"}`);
    })
    .on("USER.*", ({ type, object }) => {
      console.log(`${type} ${object.id}`);
    });
}
