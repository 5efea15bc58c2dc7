import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import type { Fault } from "./faults.js";
import { type SandboxOptions, startSandbox } from "./sandbox.js";

const usage = `A local Upvest: as strict as the Investment API, with state and life cycles.

Usage: upvest-sandbox [options]

  --port N               TCP port on 127.0.0.1 (default: one that is free)
  --seed TEXT            the same ids, keys and clock each time
  --state FILE           keep everything over restarts
  --description FILE     serve another description: what \`upvest-codegen normalize\` writes
  --manual-clock         time stands still, but for POST /_sandbox/clock {"advance": ms}
  --public-key FILE      a key of yours that may sign, too: SPKI PEM or JWKS
  --key-id ID            its id, if the file has none
  --fault JSON           e.g. '{"kind":"status","status":503,"times":2}'; several times for several
  --idempotency MODE     conflict (default), wait, rerun: a key with another request, or while the first runs
  --nonces MODE          once (default), any: a nonce that was used before
  --coverage MODE        documented (default), minimal: what a signature has to cover
  --rate-limit N         requests a second before 429 (the vendor's sandbox: 300)
  --json                 print one line of JSON, for scripts
  --help
`;

const flags = {
  port: { type: "string" },
  seed: { type: "string" },
  state: { type: "string" },
  description: { type: "string" },
  "manual-clock": { type: "boolean" },
  "public-key": { type: "string" },
  "key-id": { type: "string" },
  fault: { type: "string", multiple: true },
  idempotency: { type: "string" },
  nonces: { type: "string" },
  coverage: { type: "string" },
  "rate-limit": { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean" },
} as const;

function readOptions(args: readonly string[]): { options: SandboxOptions; json: boolean; help: boolean } {
  const { values } = parseArgs({ args: [...args], options: flags });
  const number = (name: "port" | "rate-limit") => {
    const text = values[name];
    if (text === undefined) return undefined;
    if (!/^\d{1,7}$/.test(text)) throw new TypeError(`--${name} takes a whole number, not ${text}.`);
    return Number(text);
  };
  const faults = (values.fault ?? []).map((text): Fault => {
    try {
      return JSON.parse(text);
    } catch {
      throw new TypeError(
        `--fault takes JSON, e.g. '{"kind":"status","status":503,"times":2}', not ${text}.`,
      );
    }
  });
  const keyText = values["public-key"] === undefined ? undefined : readFileSync(values["public-key"], "utf8");
  return {
    json: values.json === true,
    help: values.help === true,
    options: {
      port: number("port"),
      seed: values.seed,
      state: values.state,
      description: values.description,
      clock: values["manual-clock"] ? "manual" : "real",
      publicKeys: keyText?.trimStart().startsWith("{") ? JSON.parse(keyText) : keyText,
      publicKeyId: values["key-id"],
      faults,
      // Checked where the sandbox starts.
      idempotency: values.idempotency as SandboxOptions["idempotency"],
      nonces: values.nonces as SandboxOptions["nonces"],
      coverage: values.coverage as SandboxOptions["coverage"],
      rateLimit: number("rate-limit"),
    },
  };
}

/**
 * `upvest-sandbox`.
 * @returns the exit code; the process goes on until it is told to end
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const { options, json, help } = readOptions(args);
    if (help) {
      console.log(usage);
      return 0;
    }
    const sandbox = await startSandbox(options);
    const { clientId, clientSecret, keyId, privateKeyPem } = sandbox.credentials;
    const folder =
      options.state === undefined ? mkdtempSync(path.join(tmpdir(), "upvest-sandbox-")) : undefined;
    const keyFile =
      folder === undefined ? path.resolve(`${options.state}.private.pem`) : path.join(folder, "private.pem");
    writeFileSync(keyFile, privateKeyPem, { mode: 0o600 });
    const scopes = sandbox.scopes.join(",");
    const end = () => {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
      void sandbox.close().then(() => process.exit(0));
    };
    process.once("SIGINT", end);
    process.once("SIGTERM", end);
    if (json) {
      console.log(
        JSON.stringify({
          url: sandbox.url,
          clientId,
          clientSecret,
          keyId,
          privateKeyFile: keyFile,
          scopes: sandbox.scopes,
        }),
      );
      return 0;
    }
    console.log(`A local Upvest runs at ${sandbox.url}
Its console: ${sandbox.url}/_console

  client id      ${clientId}
  client secret  ${clientSecret}
  key id         ${keyId}
  private key    ${keyFile}

To paste into a shell:

export UPVEST_API_BASE_URL=${sandbox.url}
export UPVEST_API_CLIENT_ID=${clientId}
export UPVEST_API_CLIENT_SECRET=${clientSecret}
export UPVEST_API_SCOPES=${scopes}
export UPVEST_API_KEY_ID=${keyId}
export UPVEST_API_HTTP_SIGN_PRIVATE_KEY_FILENAME=${keyFile}

Ctrl-C ends it.`);
    return 0;
  } catch (error) {
    const usageFault = error instanceof TypeError;
    console.error(`upvest-sandbox: ${error instanceof Error ? error.message : error}`);
    if (usageFault) console.error("upvest-sandbox --help tells the options.");
    return usageFault ? 2 : 1;
  }
}
