import { setTimeout as wait } from "node:timers/promises";
import { type AnyEvent, WebhookError, type WebhookReceiver } from "@upvest-sdk/webhooks";
import type { Queue } from "bullmq";

/** In ms. While Redis is away, BullMQ waits; the sender should not. */
const enqueueTime = 2_000;

/**
 * Verifies a delivery, puts its events into the queue, and answers: 200 once all of them are there. If one is not, or nobody
 * knows, the answer is 503, and the sender repeats the batch: an event that is there already is known by its id.
 */
export function receiveInto(
  queue: Pick<Queue<AnyEvent>, "addBulk">,
  receiver: Pick<WebhookReceiver, "verify">,
) {
  return async (request: Parameters<WebhookReceiver["handle"]>[0]): Promise<Response> => {
    try {
      const { events } = await receiver.verify(request);
      const jobs = events.map((event) => ({ name: event.type, data: event, opts: { jobId: event.id } }));
      await Promise.race([queue.addBulk(jobs), tooLate()]);
      return new Response(null);
    } catch (error) {
      console.error(error);
      return new Response(null, { status: error instanceof WebhookError ? error.status : 503 });
    }
  };
}

async function tooLate(): Promise<never> {
  await wait(enqueueTime, undefined, { ref: false });
  throw new Error("the queue has not answered in time");
}
