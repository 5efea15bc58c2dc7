import type { WebhookReceiver } from "@upvest-sdk/webhooks";

/** What is done with events. */
export function addHandlers(receiver: WebhookReceiver): WebhookReceiver {
  return receiver
    .on("ORDER.FILLED", ({ object }, { idempotencyKey }) => {
      console.log(`order ${object.id} was filled; key of calls made for it: ${idempotencyKey}`);
    })
    .on("CASH_BALANCE.*", ({ object }) => {
      console.log(`${object.available_for_trading} ${object.currency} can be traded with`);
    });
}
