import { baseBytes, type Covered, type SignatureVersion, signatureBase } from "./base.js";
import { defaultMaxBodyBytes, readBody } from "./body.js";
import type { Hash } from "./digest.js";
import { type Explanation, explanation } from "./explain.js";
import { toBase64 } from "./keys/base64.js";
import type { PrivateKeyInput } from "./keys/private-key-input.js";
import type { SigningKey } from "./keys.js";
import { isFetchRequest, type Message, type PlainRequest, type RequestLike, readMessage } from "./message.js";
import { refuse } from "./refuse.js";
import { isUncovered } from "./uncovered-headers.js";

/** A private key and the id that Upvest gave its public half. */
export interface CurrentKey {
  keyId: string;
  privateKey: PrivateKeyInput;
  /** Of an encrypted PEM. */
  passphrase?: string | undefined;
}

export interface SignatureOptions {
  /** How long a signature is valid, in ms: whole seconds, 1,000 to 60,000. Default 60,000, as the vendor's own proxy. */
  lifetime?: number | undefined;
  /** The time in ms, for tests. Default `Date.now`. */
  now?: (() => number) | undefined;
  /** Printable ASCII, a different one on each call, for tests. Default 128 random bits in hex. */
  nonce?: (() => string) | undefined;
  /** How many bytes of a stream are read at most, to sign them. Default 16 MiB. */
  maxBodyBytes?: number | undefined;
}

export interface StaticKeyOptions extends CurrentKey, SignatureOptions {}

export interface RotatingKeyOptions extends SignatureOptions {
  /** Gives the key to sign with now; called for each signature, so that a key can be changed without a restart. */
  privateKey: () => CurrentKey | Promise<CurrentKey>;
  keyId?: undefined;
  passphrase?: undefined;
}

export type SignerOptions = StaticKeyOptions | RotatingKeyOptions;

/** Signs requests. Each call makes a fresh signature: sign a retry again. */
export interface Signer {
  /**
   * Signs a fetch `Request`: gives a new one to send, and leaves the given one usable, its body too. The body is sent as
   * bytes with its length, never chunked.
   * @throws {SignatureError} BODY_USED, BODY_TOO_LARGE, INVALID_REQUEST
   */
  sign<R extends RequestLike>(request: R): Promise<R>;
  /**
   * Signs plain values, for HTTP stacks other than fetch. Gives all headers to send, those given included: names in lower
   * case, repeated ones joined. Send exactly the method in capitals, the URL, these headers and the bytes of the body.
   * @throws {SignatureError} INVALID_REQUEST
   */
  headers(request: PlainRequest): Promise<Record<string, string>>;
  /**
   * What a signature of this request covers and what it leaves out, and why; to look at before asking why the answer was
   * a 401. Signs nothing; the value of `authorization` is blanked.
   */
  explain(request: RequestLike | PlainRequest): Promise<Explanation>;
}

/** What differs between the portable entry and the one for Node. */
export interface Platform {
  importPrivateKey(privateKey: PrivateKeyInput, passphrase?: string): Promise<SigningKey>;
  encode(text: string): Uint8Array;
  hash: Hash;
  /** 128 random bits. */
  nonce(): string;
}

const notPrintable = /[^ -~]|["\\]|^$/;

const check = (met: boolean, option: string): void => {
  if (!met) refuse("INVALID_OPTION", option);
};

export async function makeSigner(
  platform: Platform,
  options: SignerOptions,
  version: SignatureVersion = 15,
): Promise<Signer> {
  const {
    privateKey,
    lifetime = 60_000,
    now = Date.now,
    nonce = platform.nonce,
    maxBodyBytes = defaultMaxBodyBytes,
  } = options ?? {};
  const fixed = typeof privateKey === "function" ? undefined : await load(platform, options as CurrentKey);
  check(!!fixed || (options.keyId ?? options.passphrase) === undefined, "keyId beside a privateKey function");
  check(
    Number.isInteger(lifetime) && lifetime % 1000 === 0 && lifetime > 0 && lifetime <= 60_000,
    "lifetime (ms, 1,000 to 60,000)",
  );
  check(maxBodyBytes >= 0, "maxBodyBytes");
  check(typeof now === "function", "now");
  check(typeof nonce === "function", "nonce");

  // Two, since both are asked for while one takes over from the other.
  let recent: LoadedKey[] = [];
  const current = async (): Promise<LoadedKey> => {
    const given = await (privateKey as RotatingKeyOptions["privateKey"])();
    let loaded = recent.find(
      (known) =>
        known.keyId === given?.keyId &&
        known.privateKey === given.privateKey &&
        known.passphrase === given.passphrase,
    );
    if (!loaded) {
      loaded = await load(platform, given);
      recent = [loaded, ...recent.slice(0, 1)];
    }
    return loaded;
  };

  const compose = async (message: Message): Promise<Composed> => {
    const body = typeof message.body === "string" ? platform.encode(message.body) : message.body;
    const digest = body.length > 0 && (await platform.hash(version === 15 ? "sha-512" : "sha-256", body));
    const covered = cover(message, version, body.length, digest);
    const { keyId, key } = fixed ?? (await current());
    const created = Math.floor(now() / 1000);
    const fresh = nonce();
    check(created >= 0 && created < 1e15, "now");
    check(nonce === platform.nonce || !notPrintable.test(fresh), "nonce (printable, no quotes)");
    const names = [...covered.keys()].join('" "');
    const params = `("${names}");keyid="${keyId}";created=${created};expires=${created + lifetime / 1000};nonce="${fresh}"`;
    return { covered, key, keyId, params, version };
  };

  const readFetchBody = (request: RequestLike) => readBody(request, maxBodyBytes, true);

  const sign = async (
    request: RequestLike | PlainRequest,
    body: PlainRequest["body"],
  ): Promise<Record<string, string>> => {
    const message = readMessage(request, body);
    const { covered, key, params } = await compose(message);
    const signature = await key.sign(baseBytes(signatureBase(covered, params, version), platform.encode));
    const all: Record<string, string> = {};
    for (const [name, value] of message.headers) all[name] = value;
    all["signature-input"] = `sig1=${params}`;
    all["signature"] = `sig1=:${toBase64(signature)}:`;
    if (version === 15) all["upvest-signature-version"] = "15";
    return all;
  };

  return {
    async sign(request) {
      const body = await readFetchBody(request);
      const method = request.method.toUpperCase();
      const init: Record<string, unknown> = { method, headers: await sign(request, body) };
      // A body given here leaves that of the request alone, but for Chromium, which uses it up.
      if (request.body !== null && method !== "GET" && method !== "HEAD") init["body"] = body;
      return new (request.constructor as new (input: unknown, init: object) => typeof request)(
        request.body ? request.clone() : request,
        init,
      );
    },
    headers: (request) => sign(request, request?.body),
    async explain(request) {
      const body = isFetchRequest(request) ? await readFetchBody(request) : request?.body;
      const message = readMessage(request, body);
      const given = [...message.headers.keys()];
      return explanation(await compose(message), given);
    },
  };
}

interface LoadedKey extends CurrentKey {
  readonly key: SigningKey;
}

/** A request about to be signed. */
export interface Composed {
  readonly covered: Covered;
  readonly keyId: string;
  readonly key: SigningKey;
  readonly params: string;
  readonly version: SignatureVersion;
}

async function load(platform: Platform, given: CurrentKey): Promise<LoadedKey> {
  const { keyId, privateKey, passphrase } = given ?? {};
  check(typeof keyId === "string" && !notPrintable.test(keyId), "keyId");
  return { keyId, privateKey, passphrase, key: await platform.importPrivateKey(privateKey, passphrase) };
}

/** Puts what is missing into the headers of the message, and gives the components to cover. */
function cover(
  { method, target, headers }: Message,
  version: SignatureVersion,
  length: number,
  digest: string | false,
): Covered {
  const covered: Covered = new Map();
  covered.set("@method", method.toUpperCase());
  covered.set("@path", target.path);
  if (target.query) covered.set("@query", target.query);
  const digestHeader = version === 15 ? "content-digest" : "digest";
  headers.delete("content-length");
  headers.delete(digestHeader);
  // fetch adds these two by itself; set here, they are covered.
  if (version === 15) {
    if (!headers.has("accept")) headers.set("accept", "*/*");
    if (!headers.has("accept-language")) headers.set("accept-language", "*");
  }
  if (digest) {
    headers.set("content-length", `${length}`);
    headers.set(digestHeader, version === 15 ? `sha-512=:${digest}:` : `SHA-256=${digest}`);
  }
  for (const [name, value] of headers) if (!isUncovered(name)) covered.set(name, value);
  return covered;
}
