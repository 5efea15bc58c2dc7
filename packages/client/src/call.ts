import type { Operation, OperationId, Scope } from "@upvest-sdk/types";
import { buildCall, type Input, type OperationOptions } from "./build-call.js";
import type { Connection } from "./connection.js";
import { type Attempt, refuse } from "./errors.js";
import { run } from "./run.js";
import type { As, ResponseHeaders } from "./wire.js";

/** A `Blob`, where the runtime's types know it. */
export type BlobLike = typeof globalThis extends { Blob: { prototype: infer B } } ? B : unknown;

/** A `ReadableStream`, where the runtime's types know it. */
export type StreamLike = typeof globalThis extends { ReadableStream: { prototype: infer S } } ? S : unknown;

/** An operation's constant: its type carries what goes in and what comes out. */
export interface Callable<I, O> {
  readonly id: OperationId;
  readonly method: string;
  readonly path: string;
  readonly scopes: readonly Scope[];
  readonly "~types"?: { readonly input: I; readonly output: O };
}

/** What comes of a call, by `as`. */
export interface Given<O> {
  json: O;
  blob: BlobLike;
  stream: StreamLike;
}

/** All that is known of a call that succeeded, for an audit log. */
export interface CallResult<T> {
  readonly data: T;
  /** HTTP status. */
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** The header `upvest-request-id`, to quote to the support. */
  readonly requestId: string | undefined;
  /** All attempts, the oldest first; the last one succeeded. */
  readonly attempts: readonly Attempt[];
  /** What it was sent with, if the operation takes one. */
  readonly idempotencyKey: string | undefined;
}

/** Assignable to whatever has nothing that must be given. */
export type Nothing = Record<never, never>;

/** May be left out where nothing in it must be given. */
export type CallInput<I, A> = Nothing extends I
  ? [input?: I & OperationOptions & { as?: A | undefined }]
  : [input: I & OperationOptions & { as?: A | undefined }];

export interface CallFunction {
  /**
   * Calls an operation; gives what a 2xx answers with, throws for all else.
   *
   * @param operation a constant of `@upvest-sdk/client/operations`
   * @param input its `path`, `query` and `body`; `idempotencyKey`, `signal`, `timeout` and `deadline` (ms), `accept`,
   *   and `as`: `json` (default), `blob` or `stream`
   * @throws {UpvestError} whose `outcome` says whether it happened
   */
  <I, O, A extends As = "json">(operation: Callable<I, O>, ...input: CallInput<I, A>): Promise<Given<O>[A]>;
  /** The same, and gives status, headers, request id, attempts and idempotency key as well. */
  withResponse<I, O, A extends As = "json">(
    operation: Callable<I, O>,
    ...input: CallInput<I, A>
  ): Promise<CallResult<Given<O>[A]>>;
}

export function callFunction(connection: Connection): CallFunction {
  const send = async (operation: Operation, input: Input = {}) => {
    const { method, path, idempotent, accept = ["application/json"] } = Object(operation) as Operation;
    if (typeof method !== "string") refuse("INVALID_INPUT", "the first argument is an operation's constant");
    if (input.accept !== undefined && !accept.includes(input.accept)) {
      refuse("INVALID_INPUT", `accept: the operation answers with ${accept.join(", ")}`);
    }
    const call = buildCall(connection, method, path, !!idempotent, input, operation);
    return { ...(await run(connection, call)), idempotencyKey: call.idempotencyKey };
  };
  const call = async (operation: Operation, input?: Input) => (await send(operation, input)).answer.data;
  const withResponse = async (operation: Operation, input?: Input): Promise<CallResult<unknown>> => {
    const { answer, attempts, idempotencyKey } = await send(operation, input);
    return { ...answer, attempts, idempotencyKey };
  };
  return Object.assign(call, { withResponse }) as CallFunction;
}
