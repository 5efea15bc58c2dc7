import { importPublicKeys, type PublicJwk, type PublicKeys } from "@upvest-sdk/signing";
import { getJwks } from "@upvest-sdk/types/operations";
import { fail } from "./errors.js";
import type { KeySource } from "./keys.js";
import { within } from "./wait.js";

/** What is used of a client of `@upvest-sdk/client`. */
export interface KeyClient {
  /** What the client asks a token for. */
  readonly scopes: readonly string[];
  /** Asks the API for the key set. */
  call(
    operation: typeof getJwks,
    input?: {
      /** For an attempt, in ms. */
      timeout?: number;
      /** For the call with all its attempts, in ms. */
      deadline?: number;
    },
  ): Promise<{
    /** The public keys of the set. */
    readonly keys: readonly PublicJwk[];
  }>;
}

/** All in ms. */
const refreshAfter = 3_600_000;
const staleAfter = 86_400_000;
const betweenRefetches = 30_000;
/** Since it was begun. What another delivery began is not waited for any longer: on Workers it may have died with it. */
const patience = 5_000;

/**
 * The API's own key set (`GET /auth/verify_keys`), read through the client: once an hour, and for a key id that it does not
 * know, at most once in 30 s. A key that is gone from the set is gone here, too. While the API cannot be reached, the set is
 * used for at most 24 h; after that, and for an unknown key that cannot be looked for yet, the delivery is answered with
 * 503, so that it comes again.
 *
 * @param client needs the scope `webhooks:read` or `webhooks:admin`
 * @throws {WebhookError} `INVALID_OPTION`: the client asks for neither scope
 */
export function remoteKeys(client: KeyClient): KeySource {
  if (!getJwks.scopes.some((scope) => client?.scopes?.includes(scope))) {
    fail("INVALID_OPTION", "remoteKeys needs a client with the scope webhooks:read or webhooks:admin");
  }
  let keys: PublicKeys | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  const read = async (): Promise<void> => {
    triedAt = performance.now();
    const set = await client.call(getJwks, { timeout: patience, deadline: patience });
    keys = await importPublicKeys(set);
    readAt = performance.now();
  };
  /** Reads the set, unless that was tried a moment ago; whoever comes meanwhile waits for the same. */
  const refresh = async (): Promise<void> => {
    if (performance.now() - triedAt >= betweenRefetches) reading = read();
    // What fails is seen by the age of the set.
    const left = triedAt + patience - performance.now();
    if (reading && left > 0) await within(left, reading);
  };

  return async (keyId) => {
    const asked = performance.now();
    if (asked - readAt >= refreshAfter) await refresh();
    let key = keys?.get(keyId);
    if (!key && readAt < asked) {
      await refresh();
      key = keys?.get(keyId);
    }
    if (performance.now() - readAt >= staleAfter)
      fail("KEYS_UNAVAILABLE", "the API's keys could not be read");
    // It may be new: not in a set that was read before it was asked for.
    if (!key && readAt < asked)
      fail("KEYS_UNAVAILABLE", "the key is unknown, and cannot be looked for at the moment");
    return key;
  };
}
