import type { OperationId } from "@upvest-sdk/types";
import { refuse } from "./errors.js";

// The pattern of the API: a UUID of version 0 to 5. One of version 7 does not match.
const key = /^[\da-f]{8}-?[\da-f]{4}-?[0-5][\da-f]{3}-?[089ab][\da-f]{3}-?[\da-f]{12}$/i;

export function checkIdempotencyKey(given: string): void {
  if (!key.test(given)) {
    refuse("IDEMPOTENCY_KEY_INVALID", "an idempotency key is a UUID of version 0 to 5");
  }
}

// Of this package, made once at random.
const namespace = [
  0x8c, 0x6d, 0x2a, 0x10, 0x5b, 0x1e, 0x4f, 0x47, 0x9d, 0x0a, 0x3e, 0x71, 0xc2, 0x94, 0x68, 0xb5,
];

/**
 * A stable idempotency key (UUID v5, RFC 9562, 5.5) from ids of your own: a job that is run again after a crash repeats its
 * calls rather than doubling them. The API keeps a key for 24 h; after that look whether the call happened.
 *
 * @param operation The operation, or its id: the same ids give another key for another operation.
 * @param ids What makes the call the one that it is: the id of your order, say. Never only what may come twice.
 * @throws UpvestConfigurationError `INVALID_INPUT`: no id, or an empty one
 */
export async function idempotencyKeyFrom(
  operation:
    | {
        /** The operation's id in the description. */
        readonly id: OperationId;
      }
    | OperationId,
  ...ids: readonly (string | number)[]
): Promise<string> {
  const name = typeof operation === "string" ? operation : operation?.id;
  const valid = (id: unknown) => (typeof id === "string" && id !== "") || Number.isFinite(id);
  if (!name || !ids.length || !ids.every(valid)) {
    refuse(
      "INVALID_INPUT",
      "idempotencyKeyFrom takes an operation, and ids: texts that are not empty, or numbers",
    );
  }
  const text = new TextEncoder().encode(JSON.stringify([name, ...ids]));
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-1", new Uint8Array([...namespace, ...text])));
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
