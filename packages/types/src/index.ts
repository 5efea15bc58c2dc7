/**
 * Types of the Upvest Investment API: models, webhook events, what an operation takes and gives.
 *
 * @packageDocumentation
 */
export type { EventMap, EventOf, EventType, WebhookEvent } from "./generated/events.js";
export type * from "./generated/models.js";
export { apiVersion } from "./generated/openapi.js";
export type {
  InputOf,
  Operation,
  OperationId,
  OperationTypes,
  OutputOf,
  Scope,
} from "./generated/operations.js";
