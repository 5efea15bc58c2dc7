import { randomBytes } from "node:crypto";
import {
  type ClientOptions,
  clientOptionsFromEnv,
  createUpvestClient,
  type Signer,
  type UpvestClient,
} from "@upvest-sdk/client";
import { createSigner, type Explanation, SignatureError } from "@upvest-sdk/signing/node";
import { Failure } from "./errors.js";
import { conceal, concealKey } from "./output.js";
import { type GivenKey, keyVariables, readKey } from "./private-key.js";

/** Told what is signed, just before it is. Not told of requests for a token. */
export type OnSign = (explanation: Explanation, request: { method: string; url: string }) => Promise<void>;

/** Conceals all that is secret in the environment, before anything is shown. */
export function concealEnvironment(env: NodeJS.ProcessEnv): void {
  conceal(env["UPVEST_API_CLIENT_SECRET"]);
  conceal(env[keyVariables.passphrase]);
  concealKey(env[keyVariables.text]);
  concealKey(env[keyVariables.base64]);
  // Some put the key where its file's name belongs.
  if (env[keyVariables.file]?.includes("-----BEGIN")) concealKey(env[keyVariables.file]);
}

const advice: Readonly<Record<string, string>> = {
  PASSPHRASE_MISSING: `The key is encrypted: set ${keyVariables.passphrase}.`,
  PASSPHRASE_WRONG: `${keyVariables.passphrase} is of another key, or mistyped.`,
  KEY_ALGORITHM: "The API takes P-521 and Ed25519 only: `upvest keygen` makes such a key.",
  INVALID_OPTION: "UPVEST_API_KEY_ID is the id that Upvest gave you, without quotes.",
  KEY_FORMAT: "Give the private key as PEM, whole, from BEGIN to END: it may be cut, or the public one.",
};

/**
 * The id of the key, as the environment has it.
 *
 * @throws {Failure} it is not set
 */
export function keyIdFrom(env: NodeJS.ProcessEnv): string {
  const keyId = env["UPVEST_API_KEY_ID"]?.trim();
  if (!keyId)
    throw new Failure(
      "no key id: UPVEST_API_KEY_ID is not set",
      "Upvest gives it to you for the public key that you handed over.",
    );
  return keyId;
}

/**
 * A signer with the key of the environment.
 *
 * @throws {Failure} the key cannot be used, and what to do about it
 */
export async function signerFor(
  keyId: string,
  { pem, passphrase }: GivenKey,
  onSign?: OnSign,
): Promise<Signer> {
  // Fixed from the explanation to the signature, so that both are of the same base.
  let nonce = "";
  let time = 0;
  try {
    const signer = await createSigner({
      keyId,
      privateKey: pem,
      passphrase,
      ...(onSign && { nonce: () => nonce, now: () => time }),
    });
    return {
      async headers(request) {
        conceal(request.headers["authorization"]?.replace(/^Bearer /, ""));
        nonce = randomBytes(16).toString("hex");
        time = Date.now();
        if (onSign && !new URL(request.url).pathname.endsWith("/auth/token"))
          await onSign(await signer.explain(request), request);
        return signer.headers(request);
      },
    };
  } catch (error) {
    if (!(error instanceof SignatureError)) throw error;
    throw new Failure(`${error.message} [${error.code}]`, advice[error.code]);
  }
}

/**
 * A client by the vendor's environment variables.
 *
 * @param more options besides those of the environment
 * @throws {Failure} the key is missing or cannot be used
 */
export async function connect(
  env: NodeJS.ProcessEnv,
  more: Partial<Pick<ClientOptions, "fetch" | "tokenStore">> = {},
  onSign?: OnSign,
): Promise<UpvestClient> {
  const options = clientOptionsFromEnv(env);
  const signer = await signerFor(keyIdFrom(env), await readKey(env), onSign);
  return createUpvestClient({ ...options, ...more, signer });
}
