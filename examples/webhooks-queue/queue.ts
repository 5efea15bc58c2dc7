import type { AnyEvent } from "@upvest-sdk/webhooks";
import { Queue } from "bullmq";
import { Redis } from "ioredis";

/** A job is one event; its id is the event's. */
export const queueName = "upvest-events";

/** A worker waits for Redis for as long as it takes. */
export const connect = (url: string): Redis => new Redis(url, { maxRetriesPerRequest: null });

export const openQueue = (redis: Redis): Queue<AnyEvent> =>
  new Queue(queueName, {
    connection: redis,
    defaultJobOptions: {
      // Some twelve days; what still fails then stays among the failed jobs, for people to look at.
      attempts: 20,
      backoff: { type: "exponential", delay: 1_000 },
      removeOnComplete: { age: 3_600 },
      removeOnFail: false,
    },
  });
