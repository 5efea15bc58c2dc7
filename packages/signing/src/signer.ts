import { type Component, type SignatureVersion, signatureBase } from "./base.js";
import { defaultMaxBodyBytes } from "./body.js";
import type { DigestAlgorithm, Hash } from "./digest.js";
import { type Explanation, explanation } from "./explain.js";
import { toBase64 } from "./keys/base64.js";
import type { PrivateKeyInput } from "./keys/private-key-input.js";
import type { OwnKey } from "./keys.js";
import { type Message, type PlainRequest, type RequestLike, readMessage } from "./message.js";
import { refuse } from "./refuse.js";
import { isUncovered } from "./uncovered-headers.js";

/** A private key and the id that Upvest gave its public half. */
export interface CurrentKey {
  /** The id that Upvest gave you for the public half: printable ASCII. */
  keyId: string;
  /** Ed25519, or ECDSA on P-521. A secret. */
  privateKey: PrivateKeyInput;
  /** Of an encrypted PEM. */
  passphrase?: string | undefined;
}

/** How signatures are made. */
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

/** A signer with one key for as long as it lives. */
export interface StaticKeyOptions extends CurrentKey, SignatureOptions {}

/** A signer whose key may change. */
export interface RotatingKeyOptions extends SignatureOptions {
  /** Gives the key to sign with now; called for each signature, so that a key can be changed without a restart. */
  privateKey: () => CurrentKey | Promise<CurrentKey>;
  /** Given by the function, with its key. */
  keyId?: undefined;
  /** Given by the function, with its key. */
  passphrase?: undefined;
}

/** What a signer is made with: one key, or a function that gives the current one. */
export type SignerOptions = StaticKeyOptions | RotatingKeyOptions;

/** Signs requests. Each call makes a fresh signature: sign a retry again. */
export interface Signer {
  /**
   * Signs a fetch `Request`: gives a new one to send, and leaves the given one usable, its body too. The body is sent as
   * bytes with its length, never chunked. `fetch` sets the length by itself: before you give the request to it, take
   * `content-length` off, as `signingFetch` and `signing` do; an undici that is newer than Node's own refuses it twice.
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
  importPrivateKey(privateKey: PrivateKeyInput, passphrase?: string): Promise<OwnKey>;
  encode(text: string): Uint8Array;
  hash: Hash;
  /** 128 random bits. */
  nonce(): string;
}

/** One of the two ways to sign, and its digest of the body. */
export interface Form {
  readonly version: SignatureVersion;
  readonly algorithm: DigestAlgorithm;
  readonly header: string;
  /** @param digest in base64 */
  value(digest: string): string;
}

const v15: Form = {
  version: 15,
  algorithm: "sha-512",
  header: "content-digest",
  value: (digest) => `sha-512=:${digest}:`,
};

/** A request about to be signed. */
export interface Composed {
  readonly loaded: LoadedKey;
  readonly message: Message;
  readonly covered: readonly Component[];
  readonly params: string;
}

interface LoadedKey {
  /** What it was read from. */
  readonly given: readonly unknown[];
  readonly keyId: string;
  readonly key: OwnKey;
}

// What can stand in a quoted string as it is.
const printable = /^[ !#-[\]-~]+$/;

const check = (met: boolean, option: string): void => {
  if (!met) refuse("INVALID_OPTION", option);
};

export async function makeSigner(
  platform: Platform,
  options: SignerOptions,
  form: Form = v15,
): Promise<Signer> {
  const {
    keyId,
    privateKey,
    passphrase,
    lifetime = 60_000,
    // Looked up each time: a clock that a test puts in its place later counts, too.
    now = () => Date.now(),
    nonce = platform.nonce,
    maxBodyBytes = defaultMaxBodyBytes,
  } = options ?? {};
  const rotates = typeof privateKey === "function";

  // Two, since both are asked for while one takes over from the other.
  let recent: LoadedKey[] = [];
  const load = async ({ keyId, privateKey, passphrase }: CurrentKey): Promise<LoadedKey> => {
    const given = [keyId, privateKey, passphrase];
    let loaded = recent.find((known) => known.given.every((value, index) => value === given[index]));
    if (!loaded) {
      check(typeof keyId === "string" && printable.test(keyId), "keyId");
      loaded = { given, keyId, key: await platform.importPrivateKey(privateKey, passphrase) };
      recent = [loaded, ...recent.slice(0, 1)];
    }
    return loaded;
  };
  if (rotates) check((keyId ?? passphrase) === undefined, "keyId beside a privateKey function");
  else await load({ keyId, privateKey, passphrase } as CurrentKey);
  check(
    lifetime === Math.trunc(lifetime / 1000) * 1000 && lifetime > 0 && lifetime <= 60_000,
    "lifetime: whole seconds in ms, 1,000 to 60,000",
  );
  check(maxBodyBytes >= 0, "maxBodyBytes");
  check(typeof now === "function", "now");
  check(typeof nonce === "function", "nonce");

  const read = (request: RequestLike | PlainRequest): Message | Promise<Message> =>
    readMessage(request, platform.encode, maxBodyBytes, true);

  // Waiting for what is there already would take longer than making it. Not by `instanceof`: what patches the global
  // `Promise` would make a promise pass for its value.
  const compose = async (read: Message | Promise<Message>): Promise<Composed> => {
    const message = "then" in read ? await read : read;
    const { method, target, headers, body } = message;
    const loaded = rotates ? await load(Object(await privateKey())) : recent[0]!;
    headers.delete("content-length");
    headers.delete(form.header);
    if (form.version === 15) {
      // fetch adds these two by itself; set here, they are covered.
      if (!headers.has("accept")) headers.set("accept", "*/*");
      if (!headers.has("accept-language")) headers.set("accept-language", "*");
      headers.set("upvest-signature-version", "15");
    }
    if (body.length > 0) {
      const digest = platform.hash(form.algorithm, body);
      headers.set("content-length", `${body.length}`);
      headers.set(form.header, form.value(typeof digest === "string" ? digest : await digest));
    }

    const covered: Component[] = [
      { name: "@method", value: method.toUpperCase() },
      { name: "@path", value: target.path },
    ];
    if (target.query) covered.push({ name: "@query", value: target.query });
    for (const [name, value] of headers) if (!isUncovered(name)) covered.push({ name, value });
    const created = Math.floor(now() / 1000);
    const fresh = nonce();
    check(created >= 0 && created < 1e15, "now");
    check(printable.test(fresh), "nonce (printable, no quotes)");
    const list = covered.map(({ name }) => name).join('" "');
    const params = `("${list}");keyid="${loaded.keyId}";created=${created};expires=${created + lifetime / 1000};nonce="${fresh}"`;
    return { loaded, message, covered, params };
  };

  const sign = async (request: RequestLike | PlainRequest) => {
    const { loaded, message, covered, params } = await compose(read(request));
    const answer = loaded.key.sign(platform.encode(signatureBase(covered, params, form.version)));
    const signature = toBase64("then" in answer ? await answer : answer);
    // Not by Object.fromEntries, which takes far longer.
    const headers: Record<string, string> = {};
    for (const [name, value] of message.headers) headers[name] = value;
    headers["signature-input"] = `sig1=${params}`;
    headers["signature"] = `sig1=:${signature}:`;
    return { headers, body: message.body };
  };

  return {
    async sign(request) {
      const { headers, body } = await sign(request);
      const method = request.method.toUpperCase();
      return new (request.constructor as new (input: unknown, init: object) => typeof request)(
        request.body ? request.clone() : request,
        {
          method,
          headers,
          // A body given here leaves that of the request alone, but for Chromium, which uses it up.
          body: request.body === null || method === "GET" || method === "HEAD" ? undefined : body,
        },
      );
    },
    headers: async (request) => (await sign(request)).headers,
    async explain(request) {
      const message = await read(request);
      const names = [...message.headers.keys()];
      return explanation(await compose(message), names);
    },
  };
}
