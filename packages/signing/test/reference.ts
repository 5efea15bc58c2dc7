import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";

// RFC 9421 once more, for tests only: short and slow, with node:crypto, and with nothing imported from `src`.

export interface WireMessage {
  method: string;
  /** An absolute URL, or the request target. */
  url: string;
  headers: [name: string, value: string][];
  body: Uint8Array;
}

export interface SignatureSpec {
  label: string;
  /** Each as in the list, quotes and parameters included. */
  components: string[];
  /** What stands after the list, the first semicolon included. */
  params: string;
  version: 15 | 6;
}

export interface TestKey {
  id: string;
  algorithm: "ed25519" | "ecdsa-p521-sha512";
  privateKey: KeyObject;
  publicKey: KeyObject;
}

export function makeKey(id: string, algorithm: TestKey["algorithm"]): TestKey {
  const pair =
    algorithm === "ed25519"
      ? generateKeyPairSync("ed25519")
      : generateKeyPairSync("ec", { namedCurve: "P-521" });
  return { id, algorithm, ...pair };
}

export const publicPem = (key: KeyObject): string =>
  (key.type === "public" ? key : createPublicKey(key)).export({ type: "spki", format: "pem" }) as string;

export const privatePem = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }) as string;

export function signBytes({ algorithm, privateKey }: TestKey, bytes: Uint8Array): Buffer {
  return sign(algorithm === "ed25519" ? null : "sha512", bytes, privateKey);
}

function verifyBytes({ algorithm, publicKey }: TestKey, bytes: Uint8Array, signature: Uint8Array): boolean {
  return verify(algorithm === "ed25519" ? null : "sha512", bytes, publicKey, signature);
}

export const digestOf = (algorithm: "sha256" | "sha512", body: Uint8Array): string =>
  createHash(algorithm).update(body).digest("base64");

const trim = (text: string): string => text.replace(/^[ \t\r\n]+/, "").replace(/[ \t\r\n]+$/, "");

function fieldValue(message: WireMessage, name: string): string | undefined {
  const values = message.headers
    .filter(([key]) => key.toLowerCase() === name)
    .map(([, value]) => trim(value));
  return values.length === 0 ? undefined : values.join(", ");
}

function parts(url: string): { scheme?: string; authority?: string; target: string } {
  const target = url.split("#", 1)[0]!;
  if (target.startsWith("/")) return { target };
  const [, given, authority, rest] = /^([\w+.-]+):\/\/([^/?]*)(.*)$/s.exec(target)!;
  const scheme = given!.toLowerCase();
  return {
    scheme,
    authority: authority!.toLowerCase().replace(scheme === "https" ? /:443$/ : /:80$/, ""),
    target: rest!.startsWith("/") ? rest! : `/${rest}`,
  };
}

const formDecode = (text: string): string => decodeURIComponent(text.replaceAll("+", " "));
const formEncode = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9*._-]/.test(character)
        ? character
        : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");

/** RFC 9421, 2.1 and 2.2. */
export function componentValue(message: WireMessage, component: string): string | undefined {
  const [, name, paramName] = /^"([^"]*)"(?:;name="([^"]*)")?$/.exec(component)!;
  const { scheme, authority, target } = parts(message.url);
  const [path, ...rest] = target.split("?");
  const query = rest.join("?");
  switch (name) {
    case "@method":
      return message.method;
    case "@path":
      return path;
    case "@query":
      return `?${query}`;
    case "@request-target":
      return target;
    case "@scheme":
      return scheme;
    case "@authority":
      return authority ?? fieldValue(message, "host")?.toLowerCase();
    case "@target-uri":
      return scheme === undefined ? undefined : `${scheme}://${authority}${target}`;
    case "@query-param": {
      const found = query
        .split("&")
        .map((pair) => [pair.split("=", 1)[0]!, pair.slice(pair.indexOf("=") + 1)] as const)
        .filter(([key]) => formEncode(formDecode(key)) === paramName);
      return found.length === 1 ? formEncode(formDecode(found[0]![1])) : undefined;
    }
    case "content-length":
      return fieldValue(message, name) ?? String(message.body.length);
    default:
      return fieldValue(message, name!);
  }
}

/** RFC 9421, 2.5; of v6 the names are not quoted. */
export function referenceBase(
  message: WireMessage,
  { components, params, version }: Omit<SignatureSpec, "label">,
): string {
  const name = (component: string) => (version === 6 ? component.replace(/^"([^"]*)"/, "$1") : component);
  const lines = components.map((component) => `${name(component)}: ${componentValue(message, component)}`);
  return [...lines, `${name('"@signature-params"')}: (${components.join(" ")})${params}`].join("\n");
}

export function attach(message: WireMessage, spec: SignatureSpec, signature: Uint8Array): WireMessage {
  return {
    ...message,
    headers: [
      ...message.headers,
      ["signature-input", `${spec.label}=(${spec.components.join(" ")})${spec.params}`],
      ["signature", `${spec.label}=:${Buffer.from(signature).toString("base64")}:`],
    ],
  };
}

export function signMessage(message: WireMessage, spec: SignatureSpec, key: TestKey): WireMessage {
  return attach(message, spec, signBytes(key, Buffer.from(referenceBase(message, spec))));
}

/** For what signers write, not for hostile input. */
export function readSignature(message: WireMessage): Omit<SignatureSpec, "version"> & { signature: Buffer } {
  const [, label, list, params] = /^([a-z][\w-]*)=\(([^)]*)\)(.*)$/.exec(
    fieldValue(message, "signature-input")!,
  )!;
  const [, other, base64] = /^([a-z][\w-]*)=:([A-Za-z0-9+/=]*):$/.exec(fieldValue(message, "signature")!)!;
  if (label !== other) throw new Error("two labels");
  const components = list!.match(/"[^"]*"(;name="[^"]*")?/g) ?? [];
  return {
    label: label!,
    components: [...components],
    params: params!,
    signature: Buffer.from(base64!, "base64"),
  };
}

/** Verifies what a signer made, digests included. */
export function referenceVerify(message: WireMessage, version: 15 | 6, key: TestKey): boolean {
  const spec = readSignature(message);
  const digest = fieldValue(message, version === 15 ? "content-digest" : "digest");
  const expected =
    version === 15
      ? `sha-512=:${digestOf("sha512", message.body)}:`
      : `SHA-256=${digestOf("sha256", message.body)}`;
  if (message.body.length === 0 ? digest !== undefined : digest !== expected) return false;
  return verifyBytes(key, Buffer.from(referenceBase(message, { ...spec, version })), spec.signature);
}
