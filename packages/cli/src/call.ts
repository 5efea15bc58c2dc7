import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { type Callable, type CallResult, UpvestApiError, UpvestError } from "@upvest-sdk/client";
import type { Explanation } from "@upvest-sdk/signing";
import type { Operation } from "@upvest-sdk/types";
import type { Command } from "./command.js";
import { connect, type OnSign } from "./connect.js";
import { Failure, fileFault, UsageError } from "./errors.js";
import { explanationText } from "./explanation.js";
import { findOperation, operations } from "./find-operation.js";
import { indent, print, printError } from "./output.js";
import { readPairs } from "./pairs.js";

const options = {
  path: { type: "string", multiple: true },
  query: { type: "string", multiple: true },
  body: { type: "string" },
  "idempotency-key": { type: "string" },
  json: { type: "boolean" },
  explain: { type: "boolean" },
  "dry-run": { type: "boolean" },
} as const;

/** `upvest call`: one call of an operation. */
export const call: Command = {
  name: "call",
  summary: "calls an operation, and prints what it answers",
  usage: `upvest call <operation> [--path k=v ...] [--query k=v ...] [--body <file>|-] [options]

  <operation>              placeOrder or place_order; \`upvest operations\` lists all
  --path k=v               a parameter of the path
  --query k=v              a parameter of the query; several of a name make a list
  --body FILE              JSON from a file, or - for the standard input
  --idempotency-key UUID   the same again repeats the call, rather than doing it twice (24 h); default a random one
  --explain                prints what is signed to the standard error, before it is sent
  --dry-run                prints what would be signed, and sends nothing, not even for a token
  --json                   {status, requestId, idempotencyKey, attempts, data} for scripts; error for a failure

The answer goes to the standard output, all about it to the standard error.`,
  options,
  argument: [...operations.keys()],
  async run(args) {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const [given, ...more] = positionals;
    if (given === undefined) throw new UsageError("an operation is missing.");
    if (more.length) throw new UsageError("one operation at a time; parameters go by --path and --query.");
    const operation = findOperation(given);
    if (operation.id === "issue_token")
      throw new UsageError("tokens are got by themselves, and never shown; `upvest doctor` tries it.");
    const path = readPairs("path", values.path);
    checkPath(operation, path);
    const input: Input = {
      path,
      query: readPairs("query", values.query),
      ...(values.body !== undefined && { body: await readBody(values.body) }),
      ...(values["idempotency-key"] !== undefined && { idempotencyKey: values["idempotency-key"] }),
    };
    const json = values.json === true;
    if (values["dry-run"]) return dryRun(operation, input, json);
    return send(operation, input, json, values.explain === true);
  },
};

interface Input {
  path: object;
  query: object;
  body?: unknown;
  idempotencyKey?: string;
}

type AnyCallable = Callable<Input, unknown>;

async function send(operation: Operation, input: Input, json: boolean, explain: boolean): Promise<number> {
  const onSign: OnSign = (explanation, request) => printError(explanationText(explanation, request));
  const client = await connect(process.env, {}, explain ? onSign : undefined);
  let result: CallResult<unknown>;
  try {
    result = await client.call.withResponse(operation as AnyCallable, input);
  } catch (error) {
    if (!(error instanceof UpvestError)) throw error;
    refuseMisuse(error);
    if (json) await print(jsonLine(failureOf(error)));
    await printError(failureText(error));
    return 1;
  }
  const { status, requestId, idempotencyKey, attempts, data } = result;
  if (json) {
    await print(jsonLine({ status, requestId, idempotencyKey, attempts, data }));
    return 0;
  }
  const duration = attempts.reduce((sum, attempt) => sum + attempt.duration, 0);
  const about = [
    `${status}`,
    `${Math.round(duration)} ms${attempts.length > 1 ? ` in ${attempts.length} attempts` : ""}`,
    requestId && `request id ${requestId}`,
    idempotencyKey && `idempotency key ${idempotencyKey}`,
  ];
  await printError(about.filter(Boolean).join(", "));
  if (data !== undefined) await print(JSON.stringify(data, null, 2));
  return 0;
}

async function dryRun(operation: Operation, input: Input, json: boolean): Promise<number> {
  let signed: { explanation: Explanation; method: string; url: string } | undefined;
  const client = await connect(
    process.env,
    {
      tokenStore: {
        getToken: async () => ({
          accessToken: "none",
          scopes: client.scopes,
          expiresIn: 60_000,
          refreshIn: 60_000,
        }),
      },
      fetch: async () => new Response(null, { status: 204 }),
    },
    async (explanation, { method, url }) => {
      signed = { explanation, method, url };
    },
  );
  try {
    await client.call(operation as AnyCallable, input);
  } catch (error) {
    if (!(error instanceof UpvestError)) throw error;
    refuseMisuse(error);
    throw new Failure(error.message);
  }
  const { explanation, method, url } = signed!;
  if (json) await print(JSON.stringify({ method, url, explanation }));
  else await print(`${explanationText(explanation, { method, url })}\nNothing was sent.`);
  return 0;
}

/** What the client finds wrong with an input was wrong on the command line. */
function refuseMisuse({ code, message }: UpvestError): void {
  if (code === "INVALID_INPUT" || code === "IDEMPOTENCY_KEY_INVALID") throw new UsageError(`${message}.`);
}

function checkPath({ id, path }: Operation, given: object): void {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  const missing = names.filter((name) => !Object.hasOwn(given, name));
  const wrong = Object.entries(given).filter(
    ([name, value]) => !names.includes(name) || Array.isArray(value),
  );
  if (missing.length)
    throw new UsageError(`${id} needs ${missing.map((name) => `--path ${name}=...`).join(" ")}.`);
  if (wrong.length)
    throw new UsageError(
      `--path ${wrong[0]![0]}: ${names.length ? `${id} takes each of ${names.join(", ")} once` : `${id} takes none`}.`,
    );
}

async function readBody(file: string): Promise<unknown> {
  if (/^\s*[{[]/.test(file))
    throw new UsageError("--body takes a file, or - for the standard input, not JSON.");
  const given = await (file === "-" ? text(process.stdin) : readFile(file, "utf8")).catch((error) => {
    throw new Failure(`the body cannot be read from ${file}: ${fileFault(error)}`);
  });
  try {
    return JSON.parse(given);
  } catch {
    // Without what the parser says, which quotes the body.
    throw new Failure(`the body from ${file === "-" ? "the standard input" : file} is not JSON`);
  }
}

const outcomes = {
  not_sent: "Nothing reached the API.",
  rejected: "The API refused it: nothing was done.",
} as const;

function whatToDo({ outcome, idempotencyKey }: UpvestError): string {
  if (outcome !== "unknown") return outcomes[outcome];
  return idempotencyKey === undefined
    ? "It may have happened: look, before you call again."
    : `It may have happened. Call again with --idempotency-key ${idempotencyKey} within 24 hours: it is done once.`;
}

/** What is not there is null, so that scripts find all fields. */
const jsonLine = (result: object) =>
  JSON.stringify(result, (_, value) => (value === undefined ? null : value));

/** The same fields as those of a success, and the error. */
function failureOf(error: UpvestError): object {
  const { code, message, outcome, idempotencyKey, attempts } = error;
  const { status, requestId, problem, body } = error as Partial<UpvestApiError>;
  return { status, requestId, idempotencyKey, attempts, error: { code, message, outcome, problem, body } };
}

function failureText(error: UpvestError): string {
  const { status, requestId, problem, body } = error as Partial<UpvestApiError>;
  // Such as ECONNREFUSED.
  const beneath = (error.cause as { cause?: { code?: unknown } } | undefined)?.cause?.code;
  const lines = [
    `upvest: ${error.message} [${error.code}${typeof beneath === "string" ? `, ${beneath}` : ""}]`,
    problem && indent(JSON.stringify(problem, null, 2)),
    body && indent(body),
    requestId && !problem?.request_id && `request id ${requestId}`,
    whatToDo(error),
    error instanceof UpvestApiError && status === 401 && "`upvest doctor` looks for the reason.",
  ];
  return lines.filter(Boolean).join("\n");
}
