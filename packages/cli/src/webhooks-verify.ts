import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { importPublicKeys, SignatureError } from "@upvest-sdk/signing/node";
import {
  createWebhookReceiver,
  isKnownEvent,
  type ReceiverOptions,
  remoteKeys,
  type VerifiedDelivery,
  WebhookError,
} from "@upvest-sdk/webhooks";
import type { Command } from "./command.js";
import { connect } from "./connect.js";
import { Failure, fileFault, UsageError } from "./errors.js";
import { indent, print, printError, table } from "./output.js";
import { readSavedRequest } from "./saved-request.js";

const options = {
  keys: { type: "string" },
  url: { type: "string" },
  json: { type: "boolean" },
} as const;

/** `upvest webhooks verify`: says whether a saved delivery is one of Upvest's. */
export const webhooksVerify: Command = {
  name: "webhooks verify",
  summary: "checks the signature of a saved webhook delivery, and shows its events",
  usage: `upvest webhooks verify <file> [--keys <jwks.json|public.pem>] [--url URL] [--json]

  <file>        the request as it came: request line, headers, an empty line, the body; LF or CRLF
  --keys FILE   a key set, as GET /auth/verify_keys gives it, or one public key as PEM; default: asks the API,
                with the UPVEST_API_* variables
  --url URL     the URL as Upvest calls it, where a proxy changes the path
  --json        {verified, keyId, algorithm, components, created, expires, events} or {verified, error} for scripts`,
  options,
  async run(args) {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const [file, ...more] = positionals;
    if (!file || more.length) throw new UsageError("give one file with a delivery.");
    if (values.url !== undefined && !URL.canParse(values.url))
      throw new UsageError("--url takes an absolute URL.");
    const request = readSavedRequest(await read(file));
    const keys = values.keys === undefined ? await keysOfApi() : await keysFrom(values.keys);
    const receiver = createWebhookReceiver({ keys, url: values.url, deduplicate: false });
    try {
      const delivery = await receiver.verify(request);
      await print(values.json ? JSON.stringify({ verified: true, ...delivery }) : verdict(delivery));
      return 0;
    } catch (error) {
      if (!(error instanceof WebhookError)) throw error;
      const { cause } = error;
      const code = cause instanceof SignatureError ? cause.code : error.code;
      if (error.code === "KEYS_UNAVAILABLE")
        throw new Failure(
          `the API's keys could not be had: ${cause instanceof Error ? cause.message : error.message}`,
          "`upvest doctor` looks for the reason; or give --keys.",
        );
      const signed = error.code !== "MALFORMED" || cause instanceof SignatureError;
      const { message } = error;
      if (values.json) await print(JSON.stringify({ verified: false, error: { code, message } }));
      else
        await printError(`${signed ? "NOT VERIFIED" : "VERIFIED, BUT NOT A DELIVERY"}: ${message} [${code}]`);
      if (!values.json && advice[code]) await printError(`-> ${advice[code]}`);
      return 1;
    }
  },
};

const advice: Readonly<Record<string, string>> = {
  DIGEST_MISMATCH:
    "The body is not what was sent: save its bytes as they came, before a parser or an editor changes them.",
  CONTENT_LENGTH_MISMATCH: "The body is not what was sent: it is cut, or something was added.",
  SIGNATURE_INVALID:
    "If a proxy changes the path, give --url as Upvest calls it. Else it is another key's, or was changed.",
  KEY_UNKNOWN:
    "The key is of the other environment (sandbox, live), or was replaced since: try the current key set.",
  SIGNATURE_MISSING: "Either it is not from Upvest, or its headers were not all saved.",
  COMPONENT_MISSING: "A header that is covered is not in the file: save all of them.",
};

async function keysOfApi(): Promise<ReceiverOptions["keys"]> {
  const client = await connect(process.env);
  try {
    return remoteKeys(client);
  } catch (error) {
    if (!(error instanceof WebhookError)) throw error;
    throw new Failure(
      "UPVEST_API_SCOPES has neither webhooks:read nor webhooks:admin, which the API's keys need",
      "Add one of them, or give --keys.",
    );
  }
}

async function keysFrom(file: string): Promise<ReceiverOptions["keys"]> {
  const text = Buffer.from(await read(file))
    .toString()
    .trim();
  try {
    if (!text.startsWith("{")) {
      // PEM has no key id: the one key there is.
      const keys = await importPublicKeys(text, { keyId: "pem" });
      return { get: () => keys.get("pem") };
    }
    return await importPublicKeys(JSON.parse(text));
  } catch (error) {
    const why = error instanceof SignatureError ? `${error.message} [${error.code}]` : "it is not JSON";
    throw new Failure(
      `no public keys in ${file}: ${why}`,
      "Give what GET /auth/verify_keys answers, or a public key as PEM.",
    );
  }
}

async function read(file: string): Promise<Uint8Array> {
  return readFile(file).catch((error) => {
    throw new Failure(`${file} cannot be read: ${fileFault(error)}`);
  });
}

function verdict({ keyId, algorithm, components, created, expires, events }: VerifiedDelivery): string {
  const time = (seconds: number) => new Date(seconds * 1000).toISOString();
  const late =
    expires !== undefined && expires * 1000 < Date.now() ? " (has passed; that is not checked)" : "";
  const rows = events.map((event) => [
    event.type,
    event.id,
    String(event.created_at ?? ""),
    isKnownEvent(event) ? "" : "(unknown to this version)",
  ]);
  return `VERIFIED
  key id   ${keyId} (${algorithm})
  created  ${time(created)}${expires === undefined ? "" : `\n  expires  ${time(expires)}${late}`}
  covered  ${components.join(" ")}

${events.length === 1 ? "1 event" : `${events.length} events`}
${indent(table(rows))}`.trimEnd();
}
