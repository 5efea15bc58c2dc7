import type { Operation } from "@upvest-sdk/types";
import {
  getJwks,
  listAccounts,
  listInstruments,
  listUsers,
  listWebhooks,
} from "@upvest-sdk/types/operations";
import type { Callable } from "./call.js";
import { connectionOf, type UpvestClient } from "./client.js";
import { now, within } from "./clock.js";
import { refuse, type UpvestApiError, UpvestError, type UpvestErrorCode } from "./errors.js";

/** One thing that was tried. Holds no secret. */
export interface DiagnosisStep {
  /** What was tried. */
  readonly name: "token" | "scopes" | "clock" | "call" | "verify keys";
  /** `undefined`: it could not be tried. */
  readonly ok: boolean | undefined;
  /** What was found. */
  readonly found: string;
  /** What to do, if it is not ok. */
  readonly advice?: string;
  /** The code of the error, if there was one. */
  readonly code?: UpvestErrorCode;
  /** The header `upvest-request-id` of the answer, to quote to the support. */
  readonly requestId?: string;
}

/** What `diagnose` found. Holds no secret. */
export interface Diagnosis {
  /** Nothing failed. */
  readonly ok: boolean;
  /** All that was tried, the clock first. */
  readonly steps: readonly DiagnosisStep[];
  /** The first step that failed. */
  readonly failed?: DiagnosisStep["name"];
  /** Our clock less that of the server, in ms; exact to a second. */
  readonly clockOffset?: number;
  /** What was granted. */
  readonly scopes: readonly string[];
}

/** Of these, one that the granted scopes allow is called: they change nothing. */
const harmless: readonly Operation[] = [listUsers, listAccounts, listInstruments, listWebhooks, getJwks];

/** In ms. A signature is good for a minute at most. */
const clockTolerance = 30_000;

const advice: Readonly<Record<string, string>> = {
  NOT_CONNECTED: "Is the URL right, and does a proxy or firewall stand between?",
  SIGNING_FAILED: "The signer throws: see the error's cause; is the key read, and its passphrase right?",
  CREDENTIALS_FAILED: "The function that gives clientSecret or signer fails.",
  TIMEOUT: "The API does not answer in time: is it reachable from here, is `timeout` long enough?",
  SCOPE_MISSING: "Ask Upvest to allow the scope to this client, or leave it out of `scopes`.",
};
const advice401 =
  "One of: the clock is wrong; the key id is not of this key, or of the other environment (sandbox, live); the client id or secret is wrong; something changes the request after it was signed. Look at `signer.explain(...)`.";

/**
 * Tries, one after the other, what every call needs, and says what to do about the first that fails: in the first hour
 * every mistake is a 401. Gets a token anew, makes one signed GET, reads the verify keys if the scopes allow it. Throws
 * nothing but misuse; what it gives may be logged.
 *
 * @throws UpvestConfigurationError `INVALID_INPUT`: not a client of ours
 */
export async function diagnose(client: UpvestClient): Promise<Diagnosis> {
  const connection =
    connectionOf(client) ?? refuse("INVALID_INPUT", "diagnose takes what createUpvestClient gave");
  const { options, tokens } = connection;
  const steps: DiagnosisStep[] = [];
  let scopes: readonly string[] = [];
  let clockOffset: number | undefined;

  const failed = (name: DiagnosisStep["name"], error: unknown): void => {
    const { code, message } =
      error instanceof UpvestError ? error : new UpvestError("TIMEOUT", "no answer in time");
    const { status, requestId, clockOffset: offset } = error as UpvestApiError;
    clockOffset ??= offset;
    steps.push({
      name,
      ok: false,
      found: message,
      advice:
        advice[code] ??
        (status === 401 ? advice401 : "See the code and, with the request id, Upvest's support."),
      code,
      ...(requestId && { requestId }),
    });
  };

  try {
    tokens.reset();
    const begun = now();
    ({ scopes } = await within(options.timeout, undefined, (stop) => tokens.get(stop)));
    steps.push({ name: "token", ok: true, found: `a token in ${Math.round(now() - begun)} ms` });
  } catch (error) {
    failed("token", error);
  }

  const works = steps[0]!.ok === true;
  const missing = options.scopes.filter((scope) => !scopes.includes(scope));
  if (works) {
    steps.push({
      name: "scopes",
      ok: missing.length === 0,
      found: missing.length
        ? `asked for but not granted: ${missing.join(", ")}`
        : `granted: ${scopes.join(", ")}`,
      ...(missing.length && { advice: advice["SCOPE_MISSING"]! }),
    });
  } else steps.push({ name: "scopes", ok: undefined, found: "there is no token" });

  const tryOne = async (name: "call" | "verify keys", operation: Operation | undefined): Promise<void> => {
    if (!works || !operation) {
      steps.push({
        name,
        ok: undefined,
        found: works ? "the scopes allow none that changes nothing" : "there is no token",
      });
      return;
    }
    try {
      const { headers, attempts, requestId } = await client.call.withResponse(
        operation as Callable<{ query?: object }, unknown>,
        operation.paged ? { query: { limit: 1 } } : {},
      );
      const date = Date.parse(headers.get("date") ?? "");
      if (date) clockOffset = Date.now() - date;
      steps.push({
        name,
        ok: true,
        found: `${operation.method} ${operation.path} in ${Math.round(attempts.at(-1)!.duration)} ms`,
        ...(requestId && { requestId }),
      });
    } catch (error) {
      failed(name, error);
    }
  };
  const allowed = (operation: Operation) => operation.scopes.some((scope) => scopes.includes(scope));
  await tryOne("call", harmless.find(allowed));
  await tryOne("verify keys", allowed(getJwks) ? getJwks : undefined);

  const offset = clockOffset;
  steps.splice(0, 0, {
    name: "clock",
    ok: offset === undefined ? undefined : Math.abs(offset) < clockTolerance,
    found: offset === undefined ? "the server said no time" : `ours is ${offset} ms ahead of the server's`,
    ...(offset !== undefined &&
      Math.abs(offset) >= clockTolerance && {
        advice: "Set the clock (NTP): signatures of a wrong time are refused.",
      }),
  });
  const first = steps.find(({ ok }) => ok === false);
  return {
    ok: !first,
    steps,
    ...(first && { failed: first.name }),
    ...(clockOffset !== undefined && { clockOffset }),
    scopes,
  };
}
