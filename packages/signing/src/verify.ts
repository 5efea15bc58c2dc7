import { type Component, type SignatureVersion, signatureBase } from "./base.js";
import { defaultMaxBodyBytes } from "./body.js";
import { encode } from "./bytes.js";
import { derivedComponent, queryParams } from "./components.js";
import { checkDigest, type Hash } from "./digest.js";
import { SignatureError } from "./errors.js";
import type { Algorithm, PublicKeys, VerificationKey } from "./keys.js";
import { type Message, type PlainRequest, type RequestLike, readMessage } from "./message.js";
import { refuse } from "./refuse.js";
import { type Item, type Member, type Params, readDictionary, split } from "./structured-fields.js";

/** What a signature has to meet. Times are in ms; those on the wire are in s. */
export interface VerifyOptions {
  /** What `importPublicKeys` gives, or a function of the key id. What the function throws is passed on. */
  keys:
    | Pick<PublicKeys, "get">
    | ((keyId: string) => VerificationKey | undefined | Promise<VerificationKey | undefined>);
  /**
   * 15: requests to the API. 6: webhooks. `"either"`: as `upvest-signature-version` says; without that header 15 if
   * `content-digest` is covered, else 6.
   */
  version: SignatureVersion | "either";
  /** Which signature to check when there are several. Default `sig1`, or the only one there is. */
  label?: string | undefined;
  /**
   * Names of the components that have to be covered. Default: `@method`, `@path`, `@query` when there is one, and the
   * digest when there is a body. A list of your own takes the place of all of these: without the digest in it, a message
   * whose body is not signed is accepted.
   */
  required?: readonly string[] | undefined;
  /** How long ago, in ms, the signature may have been made. Default `Infinity`. */
  maxAge?: number | undefined;
  /** How far the clocks of both sides may differ, in ms. Default 300,000. */
  clockSkew?: number | undefined;
  /** Whether `expires` is looked at. Default true. */
  enforceExpires?: boolean | undefined;
  /** The time in ms, for tests. Default `Date.now`. */
  now?: (() => number) | undefined;
  /** How many bytes of a stream are read at most. Default 16 MiB. */
  maxBodyBytes?: number | undefined;
}

/** What was verified. */
export interface VerifiedRequest {
  /** Which of the request's signatures it was, by its label in both headers. */
  readonly label: string;
  /** The `keyid` of the signature. */
  readonly keyId: string;
  /** The algorithm of the key. */
  readonly algorithm: Algorithm;
  /** The form of the signature. */
  readonly version: SignatureVersion;
  /** The covered components as the signature lists them, without quotes. */
  readonly components: readonly string[];
  /** Unix time in seconds, as on the wire. */
  readonly created: number;
  /** Unix time in seconds, as on the wire. */
  readonly expires?: number;
  /** As on the wire. Whether it was there before is for you to look. */
  readonly nonce?: string;
  /** The bytes of the body. That of a fetch request is used up. */
  readonly body: Uint8Array;
}

const maxHeaderBytes = 16_384;

const notComponent =
  /[A-Z]|^@(?!(method|path|query|request-target|authority|scheme|target-uri|query-param)$)/;

export async function verifyWith(
  hash: Hash,
  request: RequestLike | PlainRequest,
  options: VerifyOptions,
): Promise<VerifiedRequest> {
  const {
    keys,
    version: wanted,
    label: wantedLabel,
    required,
    maxAge = Infinity,
    clockSkew = 300_000,
    enforceExpires = true,
    now = Date.now,
    maxBodyBytes = defaultMaxBodyBytes,
  } = options ?? {};
  const find = typeof keys === "function" ? keys : keys?.get?.bind(keys);
  if (!find || ![15, 6, "either"].includes(wanted) || !Array.isArray(required ?? [])) {
    refuse("INVALID_OPTION", "keys, version (15, 6 or either) or required");
  }
  if (!(maxAge >= 0 && clockSkew >= 0 && maxBodyBytes >= 0)) {
    refuse("INVALID_OPTION", "maxAge, clockSkew or maxBodyBytes");
  }
  const message = await readMessage(request, encode, maxBodyBytes, false);
  const { headers, target, body } = message;

  let size = 0;
  for (const [name, value] of headers) size += name.length + value.length;
  if (size > maxHeaderBytes) refuse("HEADERS_TOO_LARGE", "more than 16 KiB");

  const { label, input, signature } = readSignature(headers, wantedLabel);
  const { params, text } = input;
  // A parameter in each, but for the first.
  const parts = split(text, ";");
  const covered = readCovered(input, parts.length - 1, message);
  const components = [...covered.keys()];
  const list = (): string => coveredNames(components);

  const version =
    wanted === "either"
      ? Number(headers.get("upvest-signature-version") ?? (covered.has("content-digest") ? 15 : 6))
      : wanted;
  if (version !== 15 && version !== 6) refuse("SIGNATURE_VERSION", "neither 15 nor 6");
  const digest = version === 15 ? "content-digest" : "digest";
  for (const name of required ?? ["@method", "@path", ...(target.query && ["@query"])]) {
    if (!covered.has(name)) refuse("COMPONENT_REQUIRED", name + list());
  }
  if (!required && body.length > 0 && !covered.has(digest)) refuse("DIGEST_UNCOVERED", digest + list());
  for (const { name, value } of covered.values()) {
    if (name === "content-length" && value !== `${body.length}`) {
      refuse("CONTENT_LENGTH_MISMATCH", `the body has ${body.length} bytes`);
    }
    if (name === "content-digest" || name === "digest") await checkDigest(name, value, body, hash);
  }

  const { keyid: keyId, alg, nonce } = params;
  if (typeof keyId !== "string" || typeof (nonce ?? "") !== "string") {
    refuse("SIGNATURE_MALFORMED", "keyid or nonce");
  }
  const readTime = (name: string): number => {
    const value = params[name] as number;
    // The parser gives 1 for `1.0` as well.
    if (!Number.isInteger(value) || value < 0 || !parts.includes(`${name}=${value}`))
      refuse("TIME_MALFORMED", name);
    return value;
  };
  const created = readTime("created");
  const expires = params["expires"] === undefined ? undefined : readTime("expires");
  const time = now();
  if (expires !== undefined && expires < created) refuse("TIME_ORDER", "expires before created");
  if (created * 1000 > time + clockSkew) refuse("NOT_YET_VALID", "created in the future");
  if (created * 1000 < time - clockSkew - maxAge) refuse("TOO_OLD", "created before maxAge");
  if (enforceExpires && expires !== undefined && expires * 1000 < time - clockSkew)
    refuse("EXPIRED", "check the clock");

  const key = await find(keyId);
  if (!key) refuse("KEY_UNKNOWN", "no public key for keyid");
  if ((alg ?? key.algorithm) !== key.algorithm) refuse("ALGORITHM_MISMATCH", `the key is ${key.algorithm}`);
  const base = encode(signatureBase(covered.values(), text, version));
  let valid = false;
  try {
    valid = await key.verify(signature, base);
  } catch (error) {
    if (error instanceof SignatureError) throw error;
  }
  if (!valid) refuse("SIGNATURE_INVALID", `another key, or changed since${list()}`);
  // Set one by one: V8 takes longer for a spread than for reading the structured fields.
  const verified: Mutable<VerifiedRequest> = {
    label,
    keyId,
    algorithm: key.algorithm,
    version,
    components,
    created,
    body,
  };
  if (expires !== undefined) verified.expires = expires;
  if (nonce !== undefined) verified.nonce = nonce as string;
  return verified;
}

interface SignatureInput {
  readonly value: readonly Item[];
  readonly params: Params;
  readonly text: string;
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

function readSignature(headers: ReadonlyMap<string, string>, wanted: string | undefined) {
  const read = (name: string): Map<string, Member> =>
    readDictionary(
      headers.get(name) ?? refuse("SIGNATURE_MISSING", name),
      name,
      "SIGNATURE_MALFORMED",
      "SIGNATURE_REPEATED",
    );
  const inputs = read("signature-input");
  const signatures = read("signature");
  const label = wanted ?? (inputs.size > 1 ? "sig1" : [...inputs.keys()][0]!);
  const input = inputs.get(label);
  const signature = signatures.get(label);
  if (!input || !signature) refuse("SIGNATURE_LABEL", "not in both headers");
  // Base64 has no spaces, though the parser takes them.
  if (!Array.isArray(input.value) || !/^:[^ :]*:/.test(signature.text)) {
    refuse("SIGNATURE_MALFORMED", "no list or no bytes");
  }
  return {
    label,
    input: { value: input.value as readonly Item[], params: input.params ?? {}, text: input.text },
    signature: signature.value as Uint8Array,
  };
}

const coveredNames = (names: readonly unknown[]): string => `; covered: ${names.join(" ").slice(0, 500)}`;

/** By the name with its parameters. */
function readCovered(input: SignatureInput, count: number, message: Message): Map<string, Component> {
  const covered = new Map<string, Component>();
  let left = count - Object.keys(input.params).length;
  let query: Map<string, string | undefined> | undefined;
  for (const { value: name, params = {} } of input.value) {
    if (typeof name !== "string" || notComponent.test(name)) {
      refuse("COMPONENT_UNKNOWN", "not of a request, or not in lower case");
    }
    const { name: param } = params;
    const own = Object.keys(params).length;
    left -= own;
    if (own !== Number(name === "@query-param") || (own > 0 && typeof param !== "string")) {
      refuse("COMPONENT_PARAMETER", name);
    }
    let value: string | undefined;
    let parameters = "";
    if (param !== undefined) {
      parameters = `;name="${param}"`;
      query ??= queryParams(message.target.query);
      value = query.get(param as string);
    } else value = name[0] === "@" ? derivedComponent(name, message) : message.headers.get(name);
    // Sent in chunks, a body has no length on the wire.
    if (name === "content-length") value ??= `${message.body.length}`;
    const id = name + parameters;
    if (covered.has(id)) refuse("COMPONENT_REPEATED", id);
    value ??= refuse("COMPONENT_MISSING", id + coveredNames(input.value.map(({ value }) => value)));
    covered.set(id, { name, parameters, value });
  }
  if (left !== 0) refuse("SIGNATURE_MALFORMED", "a parameter twice");
  return covered;
}
