import type { Operation, OperationId } from "@upvest-sdk/types";
import { buildCall, checkNames, type Input, type OperationOptions } from "./build-call.js";
import type { Connection } from "./connection.js";
import { type Attempt, refuse } from "./errors.js";
import { type Call, run } from "./run.js";
import type { As, ResponseHeaders } from "./wire.js";

/** A `Blob`, where the runtime's types know it. */
export type BlobLike = typeof globalThis extends { Blob: { prototype: infer B } } ? B : unknown;

/** A `ReadableStream`, where the runtime's types know it. */
export type StreamLike = typeof globalThis extends { ReadableStream: { prototype: infer S } } ? S : unknown;

/** An operation's constant: its type carries what goes in and what comes out. */
export interface Callable<I, O> {
  /** The operation's id in the description. */
  readonly id: OperationId;
  /** HTTP method, in capitals. */
  readonly method: string;
  /** The path, with its parameters in braces. */
  readonly path: string;
  /** For the type checker only: never there at run time. */
  readonly "~types"?: { readonly input: I; readonly output: O };
}

/** What comes of a call whose answer is not read as JSON. */
export type Unread<A> = A extends "blob" ? BlobLike : StreamLike;

/** All that is known of a call that succeeded, for an audit log. */
export interface CallResult<T> {
  /** The body: the operation's model, or what `as` asks for. */
  readonly data: T;
  /** HTTP status. */
  readonly status: number;
  /** All headers of the answer. */
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

/** What an operation is compared with that is called without an input, but must be given one. */
export interface InputMissing {
  /** Says in the compiler's message what is missing. */
  readonly "a second argument, with path, query or body": never;
}

/** What a call takes besides the operation's own input. */
interface CallInput<A extends As> extends OperationOptions {
  as?: A | undefined;
}

// Two signatures, since they differ in the number of arguments: so the compiler tries only one of them, reports its errors
// where they are, and has less to do than with an argument that is optional by a condition.
/** `client.call`: calls an operation by its constant. */
export interface CallFunction {
  /** Calls an operation that needs no input. */
  <I, O>(operation: Nothing extends I ? Callable<I, O> : InputMissing): Promise<O>;
  /**
   * Calls an operation; gives what a 2xx answers with, throws for all else.
   *
   * @param operation a constant of `@upvest-sdk/client/operations`
   * @param input its `path`, `query` and `body`; `idempotencyKey`, `signal`, `timeout` and `deadline` (ms), `accept`,
   *   and `as`: `json` (default), `blob` or `stream`
   * @throws {UpvestError} whose `outcome` says whether it happened
   */
  <I, O, A extends As = "json">(
    operation: Callable<I, O>,
    input: I & CallInput<A>,
  ): Promise<A extends "json" ? O : Unread<A>>;
  /** The same, and gives status, headers, request id, attempts and idempotency key as well. */
  withResponse: WithResponse;
}

/** `client.call.withResponse`: as `client.call`, with all that is known of the call. */
interface WithResponse {
  <I, O>(operation: Nothing extends I ? Callable<I, O> : InputMissing): Promise<CallResult<O>>;
  <I, O, A extends As = "json">(
    operation: Callable<I, O>,
    input: I & CallInput<A>,
  ): Promise<CallResult<A extends "json" ? O : Unread<A>>>;
}

export function callFunction(connection: Connection): CallFunction {
  const build = (operation: Operation, input: Input = {}): Call => {
    const { method, path, idempotent, accept = ["application/json"] } = Object(operation) as Operation;
    if (typeof method !== "string") refuse("INVALID_INPUT", "the first argument is an operation's constant");
    checkNames(input, /^(path|query|body|idempotencyKey|accept|as|signal|timeout|deadline)$/);
    if (input.accept !== undefined && !accept.includes(input.accept)) {
      refuse("INVALID_INPUT", `accept: the operation answers with ${accept.join(", ")}`);
    }
    return buildCall(connection, method, path, !!idempotent, input, operation);
  };
  const call = async (operation: Operation, input?: Input) =>
    (await run(connection, build(operation, input))).answer.data;
  const withResponse = async (operation: Operation, input?: Input): Promise<CallResult<unknown>> => {
    const call = build(operation, input);
    const { answer, attempts } = await run(connection, call);
    return { ...answer, attempts, idempotencyKey: call.idempotencyKey };
  };
  return Object.assign(call, { withResponse }) as CallFunction;
}
