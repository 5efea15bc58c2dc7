import type { AnyEvent, WebhookReceiver } from "@upvest-sdk/webhooks";
import { Worker, type WorkerOptions } from "bullmq";
import type { Redis } from "ioredis";
import { queueName } from "./queue.js";

/**
 * Handles the events of the queue, one at a time. What `dispatch` throws is a failed attempt: the job comes again, and so does
 * one whose worker died.
 */
export function startWorker(
  redis: Redis,
  receiver: Pick<WebhookReceiver, "dispatch">,
  options: Partial<WorkerOptions> = {},
): Worker<AnyEvent> {
  return new Worker<AnyEvent>(queueName, (job) => receiver.dispatch([job.data]), {
    connection: redis,
    // More than one at a time: events are no longer handled in their order.
    concurrency: 1,
    // A job counts as stalled when its worker died. The default gives it up after the second time.
    maxStalledCount: 1_000,
    ...options,
  });
}
