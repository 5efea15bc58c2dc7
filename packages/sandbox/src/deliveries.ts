import { createHash, sign } from "node:crypto";
import { signWebhook } from "@upvest-sdk/signing/node";
import type { EventType, WebhookSubscription, WebhookTestResult } from "@upvest-sdk/types";
import type { Outbox } from "./tables.js";
import type { WebhookKeys } from "./webhook-keys.js";
import type { World } from "./world.js";

/** One attempt to deliver a batch. */
export interface DeliveryRecord {
  /** Of this attempt. */
  id: string;
  /** The subscription that it is for. */
  webhook_id: string;
  /** Where it was sent to. */
  url: string;
  /** Unix time of the clock, ms. */
  at: number;
  /** From 1 on; a batch is sent again until it is taken. */
  attempt: number;
  /** What the receiver answered, if it did. */
  status?: number | undefined;
  /** Why it counts as not delivered. */
  error?: string | undefined;
  /** Ids of the events, in the order of the request. */
  events: string[];
  /** The text that was signed. */
  signatureBase?: string | undefined;
  /** How long it took, real time. */
  ms: number;
}

export interface DeliveriesOptions {
  keys: WebhookKeys;
  /** Each is asked once for a chance to go wrong; yes: it does. */
  faults?: {
    /** A batch that was taken is sent once more, as if the answer had been lost. */
    duplicate?(): boolean;
    /** The events of a batch are in the wrong order. */
    reorder?(): boolean;
    /** Before an attempt: a new key signs, and the old one is no longer published. */
    rotateKey?(): boolean;
  };
  fetch?: typeof fetch | undefined;
  /** How long an answer is waited for, in ms of real time. What the API waits is not documented. Default 10,000. */
  timeout?: number | undefined;
  /** After each attempt, test deliveries included. */
  onDelivery?: ((record: DeliveryRecord) => void) | undefined;
}

export interface Deliveries {
  /** An event is there: it goes into the queue of each subscription that is enabled and takes its category. */
  onEvent(world: World, eventId: string, type: EventType): void;
  readonly tasks: { readonly [sendTask]: (world: World, webhookId: string) => Promise<void> };
  /**
   * Sends test data, at once and beside the queue, whether the subscription is enabled or not.
   * @throws {Problem} 404
   */
  test(world: World, webhookId: string): Promise<WebhookTestResult>;
  /** After a restart: goes on with what was being sent when the state was saved. */
  resume(world: World): void;
}

/** Used for what a subscription's `config` leaves out; what the API takes is not documented. */
export const defaultConfig = { delay: "1s", max_package_size: 51_200 };

const sendTask = "deliveries.send";
const longestPause = 600;
// Of an answer that is passed on.
const longestAnswer = 65_536;

/** How long is waited after so many failed attempts: 1, 2, 3, 5, 8 ... 600 s. */
function pauseAfter(attempts: number): number {
  let [pause, next] = [1, 2];
  for (let failed = 1; failed < attempts && pause < longestPause; failed++)
    [pause, next] = [next, pause + next];
  return Math.min(pause, longestPause) * 1000;
}

const takes = ({ type }: WebhookSubscription, event: string) => {
  const category = event.slice(0, event.indexOf("."));
  return type.some((one) => one === "ALL" || one === category);
};

function createdAt(world: World, eventId: string): string {
  const { created_at }: { created_at: string } = JSON.parse(world.tables.events.need(eventId).json);
  return created_at;
}

const eventText = (world: World, webhookId: string, eventId: string) =>
  `${world.tables.events.need(eventId).json.slice(0, -1)},"webhook_id":"${webhookId}"}`;

const envelope = (events: readonly string[]) => `{"payload":[${events.join(",")}]}`;

/** How many of the events that wait go into one request, and whether it has room for more. */
function nextBatch(world: World, webhook: WebhookSubscription, { waiting }: Outbox) {
  const { max_package_size } = { ...defaultConfig, ...webhook.config };
  let size = envelope([]).length;
  let count = 0;
  for (const id of waiting) {
    size += Buffer.byteLength(eventText(world, webhook.id, id)) + (count ? 1 : 0);
    // One that is too large by itself is sent all the same.
    if (size > max_package_size && count) return { count, full: true };
    count++;
  }
  return { count, full: size >= max_package_size };
}

/**
 * Sees to it that what waits is sent when it is time: a batch is closed by age or by size.
 * @param pause before a batch that was not taken is sent again, ms
 */
export function scheduleDelivery(world: World, webhookId: string, pause = 0): void {
  const webhook = world.tables.webhooks.get(webhookId);
  const outbox = world.tables.outboxes.get(webhookId);
  if (!webhook?.enabled || !outbox) return;
  const now = world.clock.now();
  // Sizes are not added up for nothing.
  if (outbox.due !== undefined && outbox.due <= now) return;
  let due = now;
  if (outbox.batch.length) due += pause;
  else {
    const oldest = outbox.waiting[0];
    if (oldest === undefined) return;
    if (!nextBatch(world, webhook, outbox).full) {
      const { delay } = { ...defaultConfig, ...webhook.config };
      due = Math.max(now, Date.parse(createdAt(world, oldest)) + Number.parseInt(delay, 10) * 1000);
    }
  }
  if (outbox.due !== undefined && outbox.due <= due) return;
  outbox.due = due;
  world.later(due - now, sendTask, webhookId);
}

export function createDeliveries({
  keys,
  faults = {},
  fetch: send = fetch,
  timeout = 10_000,
  onDelivery,
}: DeliveriesOptions): Deliveries {
  // Of this process only: what was being sent when the state was saved is sent again.
  const underway = new WeakSet<Outbox>();

  const attempt = async (
    world: World,
    { id: webhook_id, url }: WebhookSubscription,
    body: string,
    events: string[],
    attempt: number,
  ): Promise<{ record: DeliveryRecord; answer: WebhookTestResult["response"] }> => {
    const at = world.clock.now();
    const began = performance.now();
    const answer: WebhookTestResult["response"] = { status: 0, headers: {}, body: "" };
    let signatureBase: string | undefined;
    let error: string | undefined;
    try {
      if (faults.rotateKey?.()) {
        const { kid } = keys.current;
        keys.rotate();
        keys.drop(kid);
      }
      const { kid, privateKeyPem } = keys.current;
      // By the real time, whatever the clock of the world says: the receiver goes by its own.
      const headers = await signWebhook(
        {
          url,
          body,
          headers: { "content-type": "application/json", accept: "*/*", "user-agent": "upvest-sandbox" },
        },
        {
          keyId: kid,
          privateKey: {
            algorithm: "ecdsa-p521-sha512",
            async sign(bytes) {
              signatureBase = new TextDecoder().decode(bytes);
              return sign("sha512", bytes, privateKeyPem);
            },
          },
        },
      );
      const response = await send(url, {
        method: "POST",
        headers,
        body,
        redirect: "manual",
        signal: AbortSignal.timeout(timeout),
      });
      answer.status = response.status;
      answer.headers = Object.fromEntries(response.headers);
      error = refusal(response.status);
      answer.body = await textOf(response);
    } catch (cause) {
      // What goes wrong after the status changes nothing about it.
      if (answer.status === 0) {
        error = failure(cause, timeout);
        answer.error = error;
      }
    }
    const record: DeliveryRecord = {
      // Not taken from the world's ids: those must not depend on how often a receiver fails.
      id: createHash("sha256").update(`${webhook_id} ${events[0]} ${attempt}`).digest("hex").slice(0, 32),
      webhook_id,
      url,
      at,
      attempt,
      ...(answer.status !== 0 && { status: answer.status }),
      ...(error !== undefined && { error }),
      events,
      ...(signatureBase !== undefined && { signatureBase }),
      ms: Math.round(performance.now() - began),
    };
    return { record, answer };
  };

  return {
    onEvent(world, eventId, type) {
      for (const webhook of world.tables.webhooks.list(({ enabled }) => enabled)) {
        if (!takes(webhook, type)) continue;
        const outbox = outboxOf(world, webhook.id);
        outbox.waiting.push(eventId);
        // Behind a batch that is not taken yet it waits.
        if (!outbox.batch.length) scheduleDelivery(world, webhook.id);
      }
    },

    tasks: {
      async [sendTask](world, webhookId) {
        const webhook = world.tables.webhooks.get(webhookId);
        const outbox = world.tables.outboxes.get(webhookId);
        if (!webhook || !outbox || underway.has(outbox)) return;
        // Disabled or done meanwhile, or planned anew.
        if (outbox.due === undefined || world.clock.now() < outbox.due) return;
        outbox.due = undefined;
        if (!outbox.batch.length) {
          outbox.batch = outbox.waiting.splice(0, nextBatch(world, webhook, outbox).count);
          const times = new Map(outbox.batch.map((id) => [id, createdAt(world, id)]));
          outbox.batch.sort((a, b) => Date.parse(times.get(a)!) - Date.parse(times.get(b)!));
          if (outbox.batch.length > 1 && faults.reorder?.()) outbox.batch.reverse();
          outbox.attempts = 0;
        }
        outbox.attempts++;
        underway.add(outbox);
        const events = [...outbox.batch];
        const body = envelope(events.map((id) => eventText(world, webhookId, id)));
        const { record } = await attempt(world, webhook, body, events, outbox.attempts);
        underway.delete(outbox);
        const repeat = record.error !== undefined || (outbox.attempts === 1 && faults.duplicate?.());
        if (!repeat) outbox.batch = [];
        outbox.due = undefined;
        scheduleDelivery(world, webhookId, pauseAfter(outbox.attempts));
        onDelivery?.(record);
      },
    },

    async test(world, webhookId) {
      const webhook = world.tables.webhooks.need(webhookId);
      const event = {
        id: world.ids.uuid(),
        created_at: world.time(),
        // None that stands for something that happened; what the API sends is not documented.
        type: "WEBHOOK.TEST",
        object: webhook,
        webhook_id: webhookId,
      };
      const body = envelope([JSON.stringify(event)]);
      const { record, answer } = await attempt(world, webhook, body, [event.id], 1);
      onDelivery?.(record);
      return { url: record.url, response: answer };
    },

    resume(world) {
      for (const { id } of world.tables.webhooks.list())
        if (world.tables.outboxes.get(id)?.due === undefined) scheduleDelivery(world, id);
    },
  };
}

function outboxOf(world: World, webhookId: string): Outbox {
  const { outboxes } = world.tables;
  return outboxes.get(webhookId) ?? outboxes.set(webhookId, { waiting: [], batch: [], attempts: 0 });
}

/**
 * Why an answer counts as a failure, if it does. Of two pages of the docs one names 200 as success and one all of 200 to 299.
 * What passes here has to pass there, so it is 200.
 */
function refusal(status: number): string | undefined {
  if (status === 200) return undefined;
  if (status >= 300 && status < 400) return `answered with ${status}; redirects are not followed`;
  return status < 300
    ? `answered with ${status}; only 200 is sure to count as success, so the batch is sent again`
    : `answered with ${status}`;
}

function failure(error: unknown, timeout: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer within ${timeout} ms`;
  // fetch hides the reason in there, and a host with two addresses has no text but a code.
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  const code = "code" in cause ? String(cause.code) : "";
  return [code, cause.message].filter(Boolean).join(": ");
}

async function textOf({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body ?? []) {
    parts.push(part);
    size += part.length;
    if (size > longestAnswer) break;
  }
  return Buffer.concat(parts).subarray(0, longestAnswer).toString("utf8");
}
