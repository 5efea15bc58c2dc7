/**
 * A local Upvest: as strict as the Investment API, with state and life cycles, without contract, credentials or network.
 *
 * @packageDocumentation
 */
export type { Credentials, SignatureReport } from "./access.js";
export type { Clock } from "./clock.js";
export type { DeliveryRecord } from "./deliveries.js";
export type { Fault, FaultKind, Faults } from "./faults.js";
export type { IdempotencyMode } from "./idempotency.js";
export * from "./mock-values.js";
export { type Sandbox, type SandboxOptions, startSandbox } from "./sandbox.js";
export type { Exchange } from "./server.js";
