import type { Operation } from "@upvest-sdk/types";
import type { AbortSignalLike } from "./clock.js";
import { type Connection, formType } from "./connection.js";
import { refuse } from "./errors.js";
import { checkIdempotencyKey } from "./idempotency-key.js";
import { isDuration } from "./options.js";
import { fillPath } from "./path.js";
import { writeQuery } from "./query.js";
import type { Call } from "./run.js";
import type { As } from "./wire.js";

/** What every call takes besides its path, query and body. */
export interface CallOptions {
  /**
   * For operations that take one; default a random UUID. The same key again repeats the call rather than doing it twice,
   * for 24 h: see `idempotencyKeyFrom`.
   */
  idempotencyKey?: string | undefined;
  /** Stops the call, also while it waits. */
  signal?: AbortSignalLike | undefined;
  /** In place of the client's, in ms. */
  timeout?: number | undefined;
  /** In place of the client's, in ms. */
  deadline?: number | undefined;
}

/** What a call by an operation's constant takes besides: its form of answer. */
export interface OperationOptions extends CallOptions {
  /** What is to be answered with, where an operation has a choice: `application/pdf`. */
  accept?: string | undefined;
  /** A stream is the caller's from its first byte: `timeout`, `deadline` and `signal` are over then; cancel it. */
  as?: As | undefined;
}

/** What goes into a call, whichever way it is made. */
export interface Input extends OperationOptions {
  readonly path?: object | undefined;
  readonly query?: object | undefined;
  readonly body?: unknown;
}

/** Of an object, only what is named may be there: what is left out in silence was meant to be sent. */
export function checkNames(given: object, names: RegExp): void {
  for (const name of Object.keys(given)) {
    if (!names.test(name)) refuse("INVALID_INPUT", `${name}: set by the client, or unknown`);
  }
}

const encoder = /* @__PURE__ */ new TextEncoder();

/**
 * Checks all that can be checked before anything is sent.
 *
 * @param keyed whether it takes an idempotency key
 */
export function buildCall(
  { options, headers: common }: Connection,
  method: string,
  path: string,
  keyed: boolean,
  input: Input,
  operation?: Operation,
  answered?: Call["answered"],
): Call {
  const { body, accept, as = "json", signal, timeout = options.timeout, deadline = options.deadline } = input;
  // Not by a spread: V8 is slow to add to what was made so.
  const headers: Record<string, string> = Object.assign({}, common);
  const url = options.base + fillPath(path, input.path) + writeQuery(input.query);
  if (!isDuration(timeout) || !isDuration(deadline)) refuse("INVALID_OPTION", "timeout and deadline: ms");

  const accepted = accept ?? operation?.accept?.[0];
  if (accepted !== undefined) headers["accept"] = accepted;
  if (!/^[ -~]+$/.test(headers["accept"]!) || !/^(json|blob|stream)$/.test(as)) {
    refuse("INVALID_INPUT", "accept: a media type; as: json, blob or stream");
  }

  let bytes: Uint8Array | undefined;
  if (body !== undefined) {
    const form = operation?.contentType === formType;
    headers["content-type"] = form ? formType : "application/json";
    try {
      bytes = encoder.encode(form ? `${new URLSearchParams(Object(body))}` : JSON.stringify(body));
    } catch {
      // Without a cause, which might quote what could not be written.
    }
    if (!bytes?.length || method === "GET") {
      refuse("INVALID_INPUT", "body: JSON, none with GET");
    }
  }

  let { idempotencyKey } = input;
  const ownKey = idempotencyKey !== undefined;
  if (ownKey) {
    if (!keyed) refuse("IDEMPOTENCY_KEY_INVALID", "this operation takes none");
    checkIdempotencyKey(idempotencyKey!);
  } else if (keyed) {
    if (options.idempotency === "explicit") {
      refuse("IDEMPOTENCY_KEY_MISSING", "give one: see idempotencyKeyFrom");
    }
    idempotencyKey = crypto.randomUUID();
  }
  if (idempotencyKey !== undefined) headers["idempotency-key"] = idempotencyKey;

  return {
    method,
    path,
    url,
    headers,
    bytes,
    operationId: operation?.id,
    scopes: operation?.scopes,
    idempotencyKey,
    ownKey,
    as,
    signal,
    timeout,
    deadline,
    answered,
  };
}
