import type { Scope } from "@upvest-sdk/types";
import { isBrowser } from "./browser.js";
import { refuse } from "./errors.js";
import type { Hooks } from "./hooks.js";
import type { RetryOptions } from "./retry.js";
import type { TokenStore } from "./token.js";
import type { Fetch, Signer } from "./wire.js";

/** The options that do not say where the API is. */
interface CommonOptions {
  /** The id that Upvest gave you (a UUID). */
  clientId: string;
  /** Or an async function that gives it, asked again after `refreshCredentials`. */
  clientSecret: string | (() => string | Promise<string>);
  /** What the token is to be allowed to do. */
  scopes: readonly Scope[];
  /** What `createSigner` of `@upvest-sdk/signing` gives, or an async function that gives it, asked again after `refreshCredentials`. */
  signer: Signer | (() => Signer | Promise<Signer>);
  /** Sends the requests. Default: the global `fetch` at the time of the call. */
  fetch?: Fetch | undefined;
  /** How often and after which pauses a call is repeated that may succeed later. */
  retry?: RetryOptions | undefined;
  /** How long an attempt may take, in ms, its answer included. Default 30,000. */
  timeout?: number | undefined;
  /** How long a call may take, in ms, with all its attempts and the pauses between. Default 90,000. */
  deadline?: number | undefined;
  /** Shares the token with other processes: see `redisTokenStore`. Default: each client has its own. */
  tokenStore?: TokenStore | undefined;
  /**
   * `automatic` (default): a call of an operation that takes an idempotency key gets a random one, if it has none.
   * `explicit`: it is refused.
   */
  idempotency?: "automatic" | "explicit" | undefined;
  /** Functions that are told of attempts, retries and tokens, for logs and traces. */
  hooks?: Hooks | undefined;
  /** Whoever opens the page can read client secret and key. For tests of your own only. */
  dangerouslyAllowBrowser?: boolean | undefined;
}

/** Where the API is: one of both. */
type Target =
  | {
      /** `sandbox`: https://sandbox.upvest.co. `live`: https://api.upvest.co. */
      environment: "sandbox" | "live";
      /** Not both. */
      baseUrl?: undefined;
    }
  | {
      /** `https://...`; `http` only to this machine. */
      baseUrl: string;
      /** Not both. */
      environment?: undefined;
    };

/** What a client is made with. All times are in ms. */
export type ClientOptions = CommonOptions & Target;

const hosts = { sandbox: "https://sandbox.upvest.co", live: "https://api.upvest.co" };

const uuid = /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i;
const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;

const check = (met: unknown, what: string): void => {
  if (!met) refuse("INVALID_OPTION", what);
};

const isAbsentOrFunction = (value: unknown): boolean => value === undefined || typeof value === "function";

export const isDuration = (ms: unknown): boolean => typeof ms === "number" && ms > 0;

/** The options, checked and filled in. */
export interface Options {
  readonly environment?: "sandbox" | "live" | undefined;
  /** Origin and path before those of the operations, without a slash at the end. */
  readonly base: string;
  readonly clientId: string;
  readonly clientSecret: CommonOptions["clientSecret"];
  readonly scopes: readonly Scope[];
  readonly signer: CommonOptions["signer"];
  readonly fetch?: Fetch | undefined;
  readonly retry: Required<{ [K in keyof RetryOptions]: number }>;
  readonly timeout: number;
  readonly deadline: number;
  readonly tokenStore?: TokenStore | undefined;
  readonly idempotency: "automatic" | "explicit";
  readonly hooks: Hooks;
}

/** Checks what can be checked without a network, and fills in what is not given. */
export function readOptions(options: ClientOptions): Options {
  const {
    environment,
    baseUrl,
    clientId,
    clientSecret,
    scopes,
    signer,
    fetch,
    retry,
    timeout = 30_000,
    deadline = 90_000,
    tokenStore,
    idempotency = "automatic",
    hooks = {},
    dangerouslyAllowBrowser,
  } = options ?? ({} as ClientOptions);
  if (isBrowser() && dangerouslyAllowBrowser !== true) {
    refuse("BROWSER", "on a page all can read the secret: call from your server");
  }
  const { maxRetries = 3, baseDelay = 250, maxDelay = 8_000, budget = 0.2 } = retry ?? {};
  check((environment === undefined) !== (baseUrl === undefined), "either environment or baseUrl");
  check(environment === undefined || Object.hasOwn(hosts, environment), "environment: sandbox or live");
  check(uuid.test(clientId), "clientId: a UUID");
  check(
    (typeof clientSecret === "string" && clientSecret) || typeof clientSecret === "function",
    "clientSecret",
  );
  check(
    Array.isArray(scopes) && scopes.length && scopes.every((scope) => /^\w+:\w+$/.test(scope)),
    "scopes: at least one, such as users:read",
  );
  check(
    typeof signer === "function" || typeof signer?.headers === "function",
    "signer: what createSigner gives",
  );
  check(isAbsentOrFunction(fetch), "fetch");
  check(tokenStore === undefined || typeof tokenStore?.getToken === "function", "tokenStore");
  check(hooks && Object.values(hooks).every(isAbsentOrFunction), "hooks: functions");
  check(isDuration(timeout) && isDuration(deadline), "timeout and deadline: ms");
  check(
    typeof (retry ?? {}) === "object" &&
      Number.isInteger(maxRetries) &&
      Math.min(maxRetries, baseDelay, maxDelay, budget) >= 0,
    "retry: maxRetries (an integer), baseDelay, maxDelay (ms), budget",
  );
  check(/^(automatic|explicit)$/.test(idempotency), "idempotency: automatic or explicit");
  return {
    ...options,
    base: environment ? hosts[environment] : readBaseUrl(baseUrl!),
    scopes: [...new Set(scopes)].sort(),
    retry: { maxRetries, baseDelay, maxDelay, budget },
    timeout,
    deadline,
    idempotency,
    hooks,
  };
}

function readBaseUrl(given: string): string {
  let url: URL;
  try {
    url = new URL(given);
  } catch {
    refuse("INVALID_OPTION", "baseUrl: an absolute URL");
  }
  const { protocol, hostname, username, password, search, hash, origin, pathname } = url;
  check(
    (protocol === "https:" || (protocol === "http:" && loopback.test(hostname))) &&
      !(username || password || search || hash),
    "baseUrl: https (http to loopback), without user, query and fragment",
  );
  return origin + pathname.replace(/\/+$/, "");
}
