import { parseArgs } from "node:util";
import {
  clientOptionsFromEnv,
  createUpvestClient,
  type DiagnosisStep,
  diagnose,
  type EnvironmentOptions,
  UpvestConfigurationError,
} from "@upvest-sdk/client";
import type { Command } from "./command.js";
import { keyIdFrom, signerFor } from "./connect.js";
import { Failure } from "./errors.js";
import { indent, print } from "./output.js";
import { fingerprint, formOf, publicKeyOf, readKey } from "./private-key.js";

const options = { json: { type: "boolean" } } as const;

/** One thing that was tried. */
interface Step {
  name: string;
  status: "ok" | "failed" | "skipped";
  found: string;
  advice?: string | undefined;
  code?: string | undefined;
  requestId?: string | undefined;
}

const stepNames: Readonly<Record<DiagnosisStep["name"], string>> = {
  clock: "clock",
  token: "token",
  scopes: "scopes",
  call: "signed GET",
  "verify keys": "verify keys",
};

/** `upvest doctor`: tries what every call needs, and says what to do about what fails. */
export const doctor: Command = {
  name: "doctor",
  summary: "tries environment, key, clock, token, scopes and a signed call, and says what is wrong",
  usage: `upvest doctor [--json]

  --json   {ok, steps: [{name, status, found, advice, code, requestId}]} for scripts

Reads the UPVEST_API_* variables, changes nothing. Exit code 1 when a step failed.`,
  options,
  async run(args) {
    const { values } = parseArgs({ args, options });
    const steps = await examine(process.env);
    const ok = steps.every(({ status }) => status !== "failed");
    await print(values.json ? JSON.stringify({ ok, steps }) : report(steps, ok));
    return ok ? 0 : 1;
  },
};

async function examine(env: NodeJS.ProcessEnv): Promise<Step[]> {
  const steps: Step[] = [];
  const environment = await attempt(steps, "environment", async () => {
    const keyId = keyIdFrom(env);
    const options = clientOptionsFromEnv(env);
    // Only for its checks.
    createUpvestClient({ ...options, signer: { headers: async ({ headers }) => headers } });
    return {
      result: { ...options, keyId },
      found: `${options.baseUrl}, client ${options.clientId}, key ${keyId}`,
    };
  });
  const key = await attempt(steps, "key", async () => {
    const given = await readKey(env);
    const signer = await signerFor(environment?.keyId ?? "unknown", given);
    const publicKey = publicKeyOf(given);
    const algorithm = publicKey && (publicKey.asymmetricKeyType === "ed25519" ? "Ed25519, " : "P-521, ");
    const print = publicKey ? fingerprint(publicKey) : "unknown";
    const open = given.open ? "\nothers on this machine may read the file: chmod 600" : "";
    return {
      result: { signer, print },
      found: `${algorithm ?? ""}${formOf(given.pem)}, from ${given.source}\npublic key SHA-256 ${print}${open}`,
    };
  });
  if (environment === undefined || key === undefined) {
    for (const name of Object.values(stepNames))
      steps.push({
        name,
        status: "skipped",
        found: `${environment === undefined ? "environment" : "key"} first`,
      });
    return steps;
  }

  const said = new Map<string, string>();
  const { keyId: _, ...options } = environment;
  const client = createUpvestClient({ ...options, signer: key.signer, fetch: listening(said) });
  const { steps: tried, clockOffset } = await diagnose(client);
  for (const step of tried) steps.push(explained(step, environment, key.print, clockOffset, said));
  return steps;
}

async function attempt<T>(
  steps: Step[],
  name: string,
  examine: () => Promise<{ result: T; found: string }>,
): Promise<T | undefined> {
  try {
    const { result, found } = await examine();
    steps.push({ name, status: "ok", found });
    return result;
  } catch (error) {
    steps.push(failed(name, error));
    return undefined;
  }
}

function failed(name: string, error: unknown): Step {
  if (error instanceof Failure)
    return { name, status: "failed", found: error.message, ...(error.advice && { advice: error.advice }) };
  if (!(error instanceof UpvestConfigurationError)) throw error;
  const [option] = /^(baseUrl|clientId|clientSecret|scopes)/.exec(error.message) ?? [];
  const variable = option ? `UPVEST_API_${option.replace(/[A-Z]/, "_$&").toUpperCase()}` : "it";
  const advice = `Set ${variable} to what Upvest gave you.`;
  return { name, status: "failed", found: error.message, code: error.code, advice };
}

/** A `fetch` that notes by request id what the API says of a refusal. */
function listening(said: Map<string, string>) {
  return async (url: string, init: object): Promise<Response> => {
    const response = await fetch(url, init as RequestInit);
    const requestId = response.headers.get("upvest-request-id");
    if (response.status > 399 && requestId) {
      const problem = (await response
        .clone()
        .json()
        .catch(() => undefined)) as { detail?: unknown } | undefined;
      if (typeof problem?.detail === "string") said.set(requestId, problem.detail.slice(0, 1000));
    }
    return response;
  };
}

function explained(
  { name, ok, found, advice, code, requestId }: DiagnosisStep,
  environment: EnvironmentOptions & { keyId: string },
  print: string,
  clockOffset: number | undefined,
  said: ReadonlyMap<string, string>,
): Step {
  const words = requestId === undefined ? undefined : said.get(requestId);
  const step: Step = {
    name: stepNames[name],
    status: ok === undefined ? "skipped" : ok ? "ok" : "failed",
    found: words ? `${found}\nthe API says: ${words}` : found,
    advice: ok === false && /\b401\b/.test(found) ? advice401(environment, print, clockOffset) : advice,
    code,
    requestId,
  };
  if (name === "verify keys" && ok === undefined && found !== "there is no token") {
    step.found = "needs the scope webhooks:read or webhooks:admin";
    step.advice = "Add one of them to UPVEST_API_SCOPES, if you receive webhooks.";
  }
  return step;
}

/** In the first hour every mistake is a 401; what it can be, in the order of how often it is. */
function advice401(
  { baseUrl, clientId, keyId }: EnvironmentOptions & { keyId: string },
  print: string,
  clockOffset: number | undefined,
): string {
  if (keyId === clientId)
    return "UPVEST_API_KEY_ID is the client id. The key id is another one: Upvest gives it to you for the public key.";
  if (clockOffset !== undefined && Math.abs(clockOffset) >= 30_000)
    return "The clock is wrong, see above: set it first (NTP).";
  return [
    "A wrong key, client id, secret and signature are all a 401. Look at these, one after the other:",
    `1. Is ${keyId} the id that Upvest gave you for the public key with the fingerprint ${print}?`,
    `2. Is it a key of ${baseUrl}? Sandbox and live have keys and clients of their own.`,
    `3. Is UPVEST_API_CLIENT_SECRET that of client ${clientId}, whole and without quotes?`,
    clockOffset === undefined
      ? "4. Is the clock right? The server said no time."
      : "4. The clock is right: it is not that.",
    "5. Does a proxy change requests on their way? `upvest call listUsers --dry-run` shows what is signed.",
  ].join("\n");
}

function report(steps: readonly Step[], ok: boolean): string {
  const lines = steps.map(({ name, status, found, advice, code, requestId }) => {
    const marks = [code && `[${code}]`, requestId && `request id ${requestId}`].filter(Boolean).join(", ");
    const [first = "", ...more] = found.split("\n");
    const rest = [
      ...more,
      ...(status === "failed" && marks ? [marks] : []),
      ...(advice ? [`-> ${advice}`] : []),
    ];
    const head = `${status.padEnd(7)}  ${name.padEnd(11)}  ${first}`;
    return rest.length ? `${head}\n${indent(rest.join("\n"), " ".repeat(22))}` : head;
  });
  return `${lines.join("\n")}\n\n${ok ? "All that was tried works." : "Something failed: see what to do above."}`;
}
