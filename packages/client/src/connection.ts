import { apiVersion } from "@upvest-sdk/types";
import { asError } from "./as-error.js";
import { now, type Stop, within } from "./clock.js";
import { credential } from "./credential.js";
import { UpvestConnectionError } from "./errors.js";
import { exchange, type Watch } from "./exchange.js";
import { tell } from "./hooks.js";
import type { Options } from "./options.js";
import { type RetryBudget, retryBudget } from "./retry.js";
import { isToken, lifetimeOf, type StoredToken, type TokenSource, tokenSource } from "./token.js";
import type { Answer, As, Wire } from "./wire.js";

/** What all calls of a client share. */
export interface Connection {
  readonly options: Options;
  /** What each request carries. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tokens: TokenSource;
  readonly budget: RetryBudget;
  /** Signs and sends one request. */
  exchange(wire: Wire, headers: Record<string, string>, as: As, stop: Stop, watch: Watch): Promise<Answer>;
  /** Forgets token, secret and signer. */
  refresh(): void;
}

export const tokenPath = "/auth/token";
export const formType = "application/x-www-form-urlencoded";

export function connect(options: Options): Connection {
  const { base, clientId, scopes, timeout, tokenStore, hooks, fetch } = options;
  const signer = credential(options.signer);
  const secret = credential(options.clientSecret);
  const scope = scopes.join(" ");
  const headers = {
    accept: "application/json",
    "upvest-api-version": "1",
    "upvest-client-id": clientId,
    // Browsers set their own.
    "user-agent": `upvest-sdk (API ${apiVersion})`,
  };

  const send: Connection["exchange"] = (wire, own, as, stop, watch) =>
    exchange(wire, own, as, signer, fetch, stop, watch);

  /** One request for a token. Not a call: no retry, as those who wait for it have theirs. */
  const requestToken = async (stop: Stop): Promise<StoredToken> => {
    const begun = now();
    const client_secret = secret.current() ?? (await secret.get(stop));
    const form = { client_id: clientId, client_secret, grant_type: "client_credentials", scope };
    const bytes = new TextEncoder().encode(`${new URLSearchParams(form)}`);
    const { data, status, requestId } = await send(
      { method: "POST", url: base + tokenPath, bytes },
      { ...headers, "content-type": formType },
      "json",
      stop,
      {},
    );
    const { access_token: accessToken, expires_in, scope: granted } = Object(data);
    if (!isToken(accessToken)) {
      throw new UpvestConnectionError("ANSWER_UNREADABLE", "none in the answer", { status, requestId });
    }
    const token = {
      accessToken,
      scopes: typeof granted === "string" ? granted.split(" ") : scopes,
      ...lifetimeOf(expires_in),
    };
    tell(hooks.onToken, { scopes: token.scopes, expiresIn: token.expiresIn, duration: now() - begun });
    return token;
  };

  // Not stopped by the signal of one caller: others wait for it as well.
  const request = () =>
    within(timeout, undefined, requestToken).catch((thrown) => {
      throw asError(thrown, timeout);
    });

  const tokens = tokenSource((refused) =>
    tokenStore ? tokenStore.getToken(`${base} ${clientId} ${scope}`, refused, request) : request(),
  );

  return {
    options,
    headers,
    tokens,
    budget: retryBudget(options.retry.budget),
    exchange: send,
    refresh() {
      signer.forget();
      secret.forget();
      tokens.reset();
    },
  };
}
