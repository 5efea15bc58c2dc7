/**
 * A thin client of the Upvest Investment API.
 *
 * @packageDocumentation
 */
export type { CallOptions, OperationOptions } from "./build-call.js";
export type { Callable, CallFunction, CallResult } from "./call.js";
export { createUpvestClient, type UpvestClient } from "./client.js";
export { type Diagnosis, type DiagnosisStep, diagnose } from "./diagnose.js";
export { clientOptionsFromEnv, type EnvironmentOptions } from "./env.js";
export {
  type Attempt,
  type Outcome,
  UpvestApiError,
  UpvestConfigurationError,
  UpvestConnectionError,
  UpvestError,
  type UpvestErrorCode,
  UpvestTimeoutError,
} from "./errors.js";
export type { AnsweredInfo, AttemptInfo, Hooks, RetryInfo, TokenInfo } from "./hooks.js";
export { idempotencyKeyFrom } from "./idempotency-key.js";
export type { ClientOptions } from "./options.js";
export type { Page, PagedCallable, Pages, PaginateFunction } from "./paginate.js";
export type { PathSurface } from "./path-surface.js";
export type { PathMethod, PathResponse, PathResult } from "./path-types.js";
export { type RedisClient, type RedisTokenStoreOptions, redisTokenStore } from "./redis-token-store.js";
export type { RetryOptions } from "./retry.js";
export type { StoredToken, TokenStore } from "./token.js";
export type { Fetch, ResponseLike, Signer } from "./wire.js";
