/**
 * Webhooks of the Upvest Investment API: verified, typed, and each event handled once.
 *
 * @packageDocumentation
 */
export type { Claim, Deduplication } from "./deduplication.js";
export { WebhookError, type WebhookErrorCode } from "./errors.js";
export { type AnyEvent, isKnownEvent, parseEvent, type UnknownEvent } from "./event.js";
export type {
  CategoryPattern,
  EventsOf,
  Handler,
  HandlerContext,
  HandlerOptions,
  Pattern,
} from "./handlers.js";
export { type KeySource, staticKeys } from "./keys.js";
export { type MemoryDeduplicationOptions, memoryDeduplication } from "./memory-deduplication.js";
export type { PlatformAbortSignal, PlatformResponse } from "./platform.js";
export {
  createWebhookReceiver,
  type DeadLetter,
  type DeliveryInfo,
  type DeliveryRequest,
  type ErrorInfo,
  type ReceiverOptions,
  type WebhookReceiver,
} from "./receiver.js";
export {
  type RedisClient,
  type RedisDeduplicationOptions,
  redisDeduplication,
} from "./redis-deduplication.js";
export { type KeyClient, remoteKeys } from "./remote-keys.js";
export type { VerificationOptions, VerifiedDelivery } from "./verify-delivery.js";
