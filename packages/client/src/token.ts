import type { Scope } from "@upvest-sdk/types";
import { now, type Stop } from "./clock.js";
import { shared } from "./shared.js";

/** A token in a store that processes share. */
export interface StoredToken {
  /** The bearer token (RFC 6750): a secret. */
  readonly accessToken: string;
  /** What was granted. */
  readonly scopes: readonly string[];
  /** How long it is valid from now on, in ms. */
  readonly expiresIn: number;
  /** When a new one is due, from now on, in ms: before it expires. */
  readonly refreshIn: number;
}

/** Shares tokens between processes: see `redisTokenStore`. */
export interface TokenStore {
  /**
   * Gives the token that is kept, or gets one by `request` and keeps it until a new one is due. When the store is out of
   * order, it gives what `request` does: it throws nothing else than that.
   *
   * @param key what the token is for: origin, client id, scopes
   * @param refused a token that no longer works: not to be given again
   */
  getToken(
    key: string,
    refused: string | undefined,
    request: () => Promise<StoredToken>,
  ): Promise<StoredToken>;
}

export interface Token {
  readonly accessToken: string;
  readonly scopes: readonly string[];
  /** On the clock of `now`. */
  readonly expiresAt: number;
  readonly refreshAt: number;
}

export interface TokenSource {
  /** The token, if it is valid; a new one is got ahead of need. */
  current(): Token | undefined;
  /** Waits for a new one. */
  get(stop: Stop): Promise<Token>;
  /** After a 401 with this token: whether another try makes sense, with a token that there is or will be. */
  renew(token: Token): boolean;
  /** Forgets the token. */
  reset(): void;
}

/** In ms. A server that forgets `expires_in` is asked again after a minute; nothing is believed for longer than a day. */
const unknownLifetime = 60_000;
const longestLifetime = 86_400_000;
const longestMargin = 60_000;
/** A bad signature, a wrong clock and a wrong secret are all 401s: a new token helps none of them. */
const betweenForced = 10_000;

/** From `expires_in` of the API's answer, in s. */
export function lifetimeOf(seconds: unknown): Pick<StoredToken, "expiresIn" | "refreshIn"> {
  const ms = seconds === undefined || seconds === null ? Number.NaN : Number(seconds) * 1000;
  const expiresIn = Number.isNaN(ms) ? unknownLifetime : Math.min(Math.max(ms, 0), longestLifetime);
  return { expiresIn, refreshIn: expiresIn - Math.min(longestMargin, expiresIn * 0.2) };
}

/** @param fetchToken gets a token from the store or the API; `refused` is one that no longer works */
export function tokenSource(fetchToken: (refused: string | undefined) => Promise<StoredToken>): TokenSource {
  let refused: string | undefined;
  let forcedAt = -betweenForced;
  const { current, get, begin, forget } = shared(
    async (): Promise<Token> => {
      const { accessToken, scopes, expiresIn, refreshIn } = await fetchToken(refused);
      const time = now();
      return { accessToken, scopes, expiresAt: time + expiresIn, refreshAt: time + refreshIn };
    },
    ({ expiresAt }) => now() < expiresAt,
  );
  const reset = () => {
    refused = current()?.accessToken ?? refused;
    forget();
  };
  return {
    current() {
      const token = current();
      if (token && now() >= token.refreshAt) begin();
      return token;
    },
    get,
    renew(token) {
      if (current()?.accessToken !== token.accessToken) return true;
      const time = now();
      if (time - forcedAt < betweenForced) return false;
      forcedAt = time;
      reset();
      return true;
    },
    reset,
  };
}

/** What else is given as one would end up in an error of `fetch`, which quotes a header that it refuses. */
export const isToken = (given: unknown): given is string =>
  typeof given === "string" && /^[!-~]+$/.test(given);

/** Of the scopes, which are alternatives, one has to be granted. */
export function lacksScope(operation: readonly Scope[] | undefined, { scopes }: Token): boolean {
  return !!operation?.length && !operation.some((scope) => scopes.includes(scope));
}
