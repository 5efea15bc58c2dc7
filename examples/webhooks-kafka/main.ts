// The same events, one a message, from the API's Kafka topic.
import { createWebhookReceiver, parseEvent, redisDeduplication, WebhookError } from "@upvest-sdk/webhooks";
import { Redis } from "ioredis";
import { Kafka } from "kafkajs";

const {
  KAFKA_BROKER,
  KAFKA_USERNAME,
  KAFKA_PASSWORD,
  KAFKA_TOPIC,
  KAFKA_GROUP = "upvest-events",
} = process.env;

const redis = new Redis(process.env["REDIS_URL"] ?? "redis://127.0.0.1:6379");
const receiver = createWebhookReceiver({
  // Kafka knows who is at the other end: nothing is verified here.
  keys: () => undefined,
  deduplicate: redisDeduplication(redis),
  onError: (error, info) => console.error(info, error),
});
receiver.on("ORDER.FILLED", ({ object }) => console.log(`order ${object.id} was filled`));

const kafka = new Kafka({
  brokers: [KAFKA_BROKER!],
  ssl: true,
  // The mechanism is the one that you were given.
  sasl: { mechanism: "scram-sha-512", username: KAFKA_USERNAME!, password: KAFKA_PASSWORD! },
});
const consumer = kafka.consumer({ groupId: KAFKA_GROUP });
await consumer.connect();
await consumer.subscribe({ topics: [KAFKA_TOPIC!] });
await consumer.run({
  // What throws is read again, and the partition waits for it. What ends, ends before its offset is committed.
  eachMessage: async ({ message, partition }) => {
    try {
      await receiver.dispatch([parseEvent(message.value?.toString() ?? "")]);
    } catch (error) {
      // A message that is no event would stand in the way for ever; in a topic, all can be read again.
      if (!(error instanceof WebhookError) || error.code !== "MALFORMED") throw error;
      console.error(`message ${message.offset} of partition ${partition} is no event`, error);
    }
  },
});
