import { randomBytes } from "node:crypto";
import {
  attach,
  componentValue,
  digestOf,
  referenceBase,
  type SignatureSpec,
  signBytes,
  signMessage,
  type TestKey,
  type WireMessage,
} from "./reference.js";

// Valid signed messages, and what may be done to them. Nothing from `src` is used: what has to hold is said here.

export interface Random {
  /** From 0 to `below` - 1. */
  (below: number): number;
  pick<T>(from: readonly T[]): T;
  chance(part: number): boolean;
}

/** mulberry32. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = (below: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
  return Object.assign(next, {
    pick: <T>(from: readonly T[]): T => from[next(from.length)]!,
    chance: (part: number) => next(1_000_000) < part * 1_000_000,
  });
}

export const now = 1_700_000_000;

export interface Signed {
  wire: WireMessage;
  unsigned: WireMessage;
  spec: SignatureSpec;
  key: TestKey;
  signature: Buffer;
}

const words = "a id users orders x-y 3fa85f64-5717-4562-b3fc-2c963f66afa6 v1 _ ~ a.b".split(" ");
const queries = ["limit=10", "flag", "empty=", "a=b%20c", "q=%c3%a9", "plus=a+b", "l=1&l=2", "sort=id"];
const covered: readonly [string, readonly string[]][] = [
  ["accept", ["application/json", "*/*", "application/pdf, application/json"]],
  ["accept-language", ["*", "de-DE,de;q=0.9"]],
  ["authorization", ["Bearer ory_at_abc", "Bearer x y", "x"]],
  ["content-type", ["application/json", "application/x-www-form-urlencoded", ""]],
  ["idempotency-key", ["4b6d0b8c-7a0e-4b8a-a64d-0e2a3a6a3a31"]],
  ["upvest-client-id", ["ebabcf4d-61c3-4942-875c-e265a7c2d062"]],
  ["upvest-api-version", ["1"]],
  ["date", ["Tue, 14 Nov 2023 22:13:20 GMT"]],
  ["example-dict", ["a=1, b=2;x=1, c=(a b c)", '"quoted, \\" text"', "a: b"]],
  ["cookie", ["a=b; c=d"]],
];
const uncovered = ["x-request-id", "user-agent", "cf-ray", "traceparent", "via", "x-y"];

export function generate(random: Random, keys: Record<TestKey["algorithm"], TestKey>): Signed {
  const version = random.chance(0.6) ? 15 : 6;
  const key = keys[random.chance(0.9) ? "ed25519" : "ecdsa-p521-sha512"];
  const path = `/${Array.from({ length: random(4) }, () => random.pick(words)).join("/")}`;
  const query = random.chance(0.5) ? random.pick(queries) : "";
  const more = query !== "" && random.chance(0.4) ? `&more=${random.pick(words)}` : "";
  const absolute = random.chance(0.7);
  const host = random.pick(["api.upvest.co", "localhost:8080", "example.com"]);
  const scheme = random.pick(["https", "http"]);
  const body = random.chance(0.5)
    ? random.chance(0.5)
      ? Buffer.from(`{"a":"${random.pick(words)}é"}`)
      : Buffer.from(Array.from({ length: 1 + random(300) }, () => random(256)))
    : Buffer.alloc(0);

  const headers: [string, string][] = [];
  const names: string[] = [];
  for (const [name, values] of covered) {
    if (random.chance(0.6)) continue;
    names.push(name);
    headers.push([name, random.pick(values)]);
    while (random.chance(0.2)) headers.push([name, random.pick(values)]);
  }
  headers.push(["host", host]);
  for (const name of uncovered) if (random.chance(0.3)) headers.push([name, random.pick(words)]);
  const digests: string[] = [];
  if (body.length > 0) {
    if (random.chance(0.8)) headers.push(["content-length", String(body.length)]);
    if (random.chance(0.8)) names.push("content-length");
    const [sha256, sha512] = [digestOf("sha256", body), digestOf("sha512", body)];
    if (version === 15 || random.chance(0.1)) {
      digests.push("content-digest");
      const value = random.pick([
        `sha-512=:${sha512}:`,
        `sha-512=:${sha512}:`,
        `sha-256=:${sha256}:`,
        `sha-256=:${sha256}:, sha-512=:${sha512}:`,
        `md5=:AAAA:,sha-512=:${sha512}:`,
      ]);
      headers.push(["content-digest", value]);
    }
    if (version === 6 || random.chance(0.1)) {
      digests.push("digest");
      headers.push(["digest", random.pick([`SHA-256=${sha256}`, `sha-512=${sha512}, SHA-256=${sha256}`])]);
    }
  }
  shuffle(random, headers);

  const components = [
    "@method",
    "@path",
    ...(query || random.chance(0.1) ? ["@query"] : []),
    ...digests,
    ...names,
  ];
  for (const name of ["@authority", "@request-target"]) if (random.chance(0.25)) components.push(name);
  if (absolute) for (const name of ["@scheme", "@target-uri"]) if (random.chance(0.25)) components.push(name);
  if (random.chance(0.4)) shuffle(random, components);
  const quoted = components.map((name) => `"${name}"`);
  if (more && random.chance(0.5)) quoted.push('"@query-param";name="more"');

  const unsigned: WireMessage = {
    method: random.pick(["GET", "POST", "PUT", "PATCH", "DELETE", "get", "M-SEARCH"]),
    url: `${absolute ? `${scheme}://${host}` : ""}${path}${query ? `?${query}${more}` : ""}`,
    headers,
    body,
  };
  const params = [
    `keyid="${key.id}"`,
    `created=${now - random(60)}`,
    ...(random.chance(0.8) ? [`expires=${now + random(60)}`] : []),
    ...(random.chance(0.8) ? [`nonce="${randomName(random)}"`] : []),
    ...(random.chance(0.1) ? [`alg="${key.algorithm}"`] : []),
    ...(random.chance(0.1) ? ['tag="a;b=\\"c"'] : []),
  ];
  if (random.chance(0.5)) shuffle(random, params);
  const spec: SignatureSpec = {
    label: random.pick(["sig1", "sig1", "sig1", "sig", "upvest-1", "*"]),
    components: quoted,
    params: `;${params.join(";")}`,
    version,
  };
  const signature = signBytes(key, Buffer.from(referenceBase(unsigned, spec)));
  return { wire: attach(unsigned, spec, signature), unsigned, spec, key, signature };
}

function shuffle(random: Random, list: unknown[]): void {
  for (let i = list.length - 1; i > 0; i--) {
    const j = random(i + 1);
    [list[i], list[j]] = [list[j], list[i]];
  }
}

const randomName = (random: Random): string =>
  Array.from({ length: 1 + random(30) }, () => random.pick([..."abcdefABCDEF0123456789-_ ,;()"])).join("");

/** "valid" and "refused" are demanded; "judged" is decided by what of the signed parts is still the same. */
export interface Mutation {
  wire: WireMessage;
  expect: "valid" | "refused" | "judged";
  /** Instead of the algorithm's key and of the version. */
  version?: 15 | 6;
}

export type Mutator = (random: Random, signed: Signed, others: readonly Signed[]) => Mutation | undefined;

const judged = (wire: WireMessage): Mutation => ({ wire, expect: "judged" });
const refused = (wire: WireMessage): Mutation => ({ wire, expect: "refused" });
const valid = (wire: WireMessage): Mutation => ({ wire, expect: "valid" });

const names = ({ spec }: Signed): string[] => spec.components.map((component) => component.split('"')[1]!);
const covers = (signed: Signed, name: string): boolean => names(signed).includes(name);

function flipText(random: Random, text: string): string {
  if (text === "") return String.fromCharCode(random(128));
  const at = random(text.length);
  const flipped = String.fromCharCode(text.charCodeAt(at) ^ (1 << random(random.chance(0.9) ? 7 : 16)));
  return text.slice(0, at) + flipped + text.slice(at + 1);
}

function edit(random: Random, text: string): string {
  const at = random(text.length + 1);
  const to = at + random(Math.min(6, text.length - at + 1));
  const odd = [
    " ",
    "\t",
    '"',
    "\\",
    ",",
    ";",
    "=",
    ":",
    "(",
    ")",
    "%",
    "?1",
    "@1",
    "\u00e9",
    "\0",
    "\n",
    "'",
    "*",
    "-0",
    "1.0",
    "()",
    '""',
    "\ud800",
  ];
  switch (random(5)) {
    case 0:
      return text.slice(0, at) + text.slice(to);
    case 1:
      return text.slice(0, to) + text.slice(at);
    case 2:
      return text.slice(0, at) + random.pick(odd) + text.slice(at);
    case 3:
      return text.slice(0, at) + random.pick(odd) + text.slice(to);
    default:
      return text.slice(0, at);
  }
}

function editHeader(
  wire: WireMessage,
  name: string,
  change: (value: string, index: number) => string | undefined,
  index = -1,
): WireMessage {
  const headers = wire.headers.flatMap(([key, value], at): [string, string][] => {
    if (key !== name || (index >= 0 && index !== at)) return [[key, value]];
    const changed = change(value, at);
    return changed === undefined ? [] : [[key, changed]];
  });
  return { ...wire, headers };
}

const presentCovered = (signed: Signed): string[] =>
  names(signed).filter((name) => signed.wire.headers.some(([key]) => key === name));
const free = (signed: Signed): string[] =>
  [...uncovered, "date", "accept", "cookie"].filter(
    (name) => !covers(signed, name) && signed.wire.headers.some(([key]) => key === name),
  );

const resign = (signed: Signed, spec: Partial<SignatureSpec>, message = signed.unsigned): WireMessage =>
  signMessage(message, { ...signed.spec, ...spec }, signed.key);

/** With a valid signature of a base that the test writes: what refuses it then is a rule. */
function resignText(
  signed: Signed,
  components: string[],
  lines: string[],
  message = signed.unsigned,
): WireMessage {
  const { params, version } = signed.spec;
  const last = `${version === 6 ? "@signature-params" : '"@signature-params"'}: (${components.join(" ")})${params}`;
  const base = [...lines, last].join("\n");
  return attach(message, { ...signed.spec, components }, signBytes(signed.key, Buffer.from(base)));
}

const lineOf = ({ spec, unsigned }: Signed, component: string, value?: string): string => {
  const name = spec.version === 6 ? component.replace(/^"([^"]*)"/, "$1") : component;
  return `${name}: ${value ?? componentValue(unsigned, component)}`;
};

const withSignature = (signed: Signed, signature: Uint8Array): WireMessage =>
  attach(signed.unsigned, signed.spec, signature);

const replaceParam = (signed: Signed, name: string, value: string | undefined): string => {
  const rest = signed.spec.params.replace(new RegExp(`;${name}=("(?:\\\\.|[^"\\\\])*"|[^;]*)`), "");
  return value === undefined ? rest : `${rest};${name}=${value}`;
};

const splitUrl = (url: string): [before: string, target: string] => {
  const at = url[0] === "/" ? 0 : url.indexOf("/", 8);
  return [url.slice(0, at), url.slice(at)];
};

export const mutators: Record<string, Mutator> = {
  // What is signed, with a bit or more changed.
  methodFlip: (random, { wire }) => judged({ ...wire, method: flipText(random, wire.method) }),
  methodCase: (_, { wire }) =>
    judged({ ...wire, method: wire.method === "get" ? "GET" : wire.method.toLowerCase() }),
  urlFlip(random, { wire }) {
    const [before, target] = splitUrl(wire.url);
    const changed = `/${flipText(random, target.slice(1))}`;
    // Where the URL parser of the platform has its say: dot segments, what it escapes, the fragment.
    return /[^!-~]|["#<>\\^`{|}' ]|\/\.|%2e|%(?![0-9a-f]{2})/i.test(changed) || changed.endsWith("?")
      ? undefined
      : judged({ ...wire, url: before + changed });
  },
  urlEdit(random, { wire }) {
    const [before, target] = splitUrl(wire.url);
    const changed = random.pick([
      `${target}/`,
      `/${target}`,
      `${target}&x=1`,
      `${target}?x`,
      `${target}x`,
      "/",
    ]);
    return judged({ ...wire, url: before + changed });
  },
  urlGarbage: (random, { wire }) => judged({ ...wire, url: edit(random, wire.url) }),
  queryOrder(_, { wire }) {
    const [path, query] = wire.url.split("?");
    const parts = query?.split("&") ?? [];
    return parts.length < 2 ? undefined : judged({ ...wire, url: `${path}?${parts.reverse().join("&")}` });
  },
  queryDrop: (_, { wire }) =>
    wire.url.includes("?") ? refused({ ...wire, url: wire.url.split("?")[0]! }) : undefined,
  headerFlip(random, signed) {
    const name = random.pick(presentCovered(signed));
    return name === undefined
      ? undefined
      : judged(editHeader(signed.wire, name, (value) => flipText(random, value)));
  },
  headerEdit(random, signed) {
    const name = random.pick(presentCovered(signed));
    return name === undefined
      ? undefined
      : judged(editHeader(signed.wire, name, (value) => edit(random, value)));
  },
  headerDrop(random, signed) {
    const name = random.pick(presentCovered(signed));
    return name === undefined ? undefined : judged(editHeader(signed.wire, name, () => undefined));
  },
  headerOddSpace(random, signed) {
    const name = random.pick(presentCovered(signed));
    const odd = random.pick(["\u00a0", "\ufeff", "\u2003", "\u0085", "\v", "\f"]);
    return name === undefined
      ? undefined
      : refused(editHeader(signed.wire, name, (value) => (random.chance(0.5) ? odd + value : value + odd)));
  },
  headerAgain(random, signed) {
    const name = random.pick(presentCovered(signed));
    if (name === undefined) return undefined;
    const again: [string, string] = [
      name,
      random.pick(["", "x", signed.wire.headers.find(([key]) => key === name)![1]]),
    ];
    return refused({
      ...signed.wire,
      headers: random.chance(0.5) ? [...signed.wire.headers, again] : [again, ...signed.wire.headers],
    });
  },
  headerOrder: (_, { wire }) => judged({ ...wire, headers: [...wire.headers].reverse() }),
  bodyFlip(random, signed) {
    const { wire } = signed;
    if (wire.body.length === 0) return undefined;
    const body = Buffer.from(wire.body);
    body[random(body.length)]! ^= 1 << random(8);
    return refused({ ...wire, body });
  },
  bodyLength(random, { wire }) {
    const body = random.pick([
      Buffer.concat([wire.body, Buffer.from("x")]),
      Buffer.concat([wire.body, Buffer.alloc(1)]),
      wire.body.subarray(0, -1),
      Buffer.alloc(0),
    ]);
    return body.length === wire.body.length ? undefined : refused({ ...wire, body });
  },
  bodyAndDigest(_, signed) {
    if (signed.wire.body.length === 0) return undefined;
    const body = Buffer.from(signed.wire.body).reverse();
    if (body.equals(signed.wire.body)) return undefined;
    const wire = editHeader(
      { ...signed.wire, body },
      "content-digest",
      () => `sha-512=:${digestOf("sha512", body)}:`,
    );
    return refused(editHeader(wire, "digest", () => `SHA-256=${digestOf("sha256", body)}`));
  },

  // The list of components and the parameters.
  swapComponents(random, signed) {
    const components = [...signed.spec.components];
    const at = random(components.length - 1);
    [components[at], components[at + 1]] = [components[at + 1]!, components[at]!];
    return refused(attach(signed.unsigned, { ...signed.spec, components }, signed.signature));
  },
  dropComponent(random, signed) {
    const components = [...signed.spec.components];
    components.splice(random(components.length), 1);
    return refused(attach(signed.unsigned, { ...signed.spec, components }, signed.signature));
  },
  addComponent(random, signed) {
    const name = random.pick([
      "host",
      "@scheme",
      "@status",
      "@query",
      "x-request-id",
      "",
      "@",
      "date",
      "@method",
      "A",
      "accept",
      "signature",
      "@signature-params",
    ]);
    const components = [...signed.spec.components];
    components.splice(
      random(components.length + 1),
      0,
      `"${name}"${random.pick(["", ";sf", ";bs", ";req", ';key="a"'])}`,
    );
    return refused(attach(signed.unsigned, { ...signed.spec, components }, signed.signature));
  },
  renameComponent(random, signed) {
    const at = random(signed.spec.components.length);
    const change = random.pick<(text: string) => string>([
      (text) => text.toUpperCase(),
      (text) => text.replace('"@', '"'),
      (text) => `${text};sf`,
      (text) => text.replace('"', '" '),
      (text) => text.replaceAll('"', ""),
    ]);
    const components = signed.spec.components.map((text, index) => (index === at ? change(text) : text));
    if (components[at] === signed.spec.components[at]) return undefined;
    return refused(attach(signed.unsigned, { ...signed.spec, components }, signed.signature));
  },
  paramsEdit(random, signed) {
    const name = random.pick(["created", "expires", "nonce", "keyid", "alg", "tag", "other"]);
    const value = random.pick([
      undefined,
      "1",
      "0",
      `${now}`,
      `${now + 1}`,
      `${now}.0`,
      "-1",
      '"x"',
      "x",
      "?1",
      ":AA==:",
      "@1",
      '"ed"',
      '"ec"',
      '"ed25519"',
      "999999999999999",
      "1e3",
      '""',
    ]);
    const params = replaceParam(signed, name, value);
    if (params === signed.spec.params) return undefined;
    return refused(attach(signed.unsigned, { ...signed.spec, params }, signed.signature));
  },
  paramsOrder(_, signed) {
    const params = signed.spec.params.replace(/^(;keyid="[^"]*")(.*)$/s, "$2$1");
    return params === signed.spec.params
      ? undefined
      : refused(attach(signed.unsigned, { ...signed.spec, params }, signed.signature));
  },
  inputFlip: (random, { wire }) =>
    judged(editHeader(wire, "signature-input", (value) => flipText(random, value))),
  inputEdit: (random, { wire }) =>
    judged(editHeader(wire, "signature-input", (value) => edit(random, value))),
  inputOdd(random, { wire, spec }) {
    const value = wire.headers.find(([name]) => name === "signature-input")![1];
    const odd = random.pick([
      "",
      ",",
      "=",
      "sig1",
      "sig1=",
      "sig1=()",
      "sig1=(",
      "sig1=)",
      'sig1=("',
      `${value},`,
      `${value};`,
      `,${value}`,
      `${value}, ${value}`,
      value.replace("(", "(("),
      value.replace(")", "))"),
      value.replace("(", "( "),
      value.replace(")", " )"),
      value.replace(/ "/, '  "'),
      value.replaceAll(";", "; "),
      value.replace(/ "/, '\t"'),
      value.replace(/"/g, "'"),
      value.replace(/"/, '%"'),
      `${value};nonce="é"`,
      `${value};x=%"a"`,
      `${value};x=@1`,
      `${value};x=:a:`,
      `${value};x=(1)`,
      `${spec.label}=?1`,
      `${spec.label}=:AA==:`,
      `${spec.label}="x"`,
      `${spec.label}=1.5;created=1`,
      value.toUpperCase(),
      `${"(".repeat(3000)}`,
      `a=${'"'.repeat(3001)}`,
      `a=${"\\".repeat(3000)}`,
    ]);
    return odd === value ? undefined : refused(editHeader(wire, "signature-input", () => odd));
  },

  // The signature.
  signatureFlip(random, signed) {
    const signature = Buffer.from(signed.signature);
    signature[random(signature.length)]! ^= 1 << random(8);
    return refused(withSignature(signed, signature));
  },
  signatureText: (random, { wire }) =>
    judged(editHeader(wire, "signature", (value) => flipText(random, value))),
  signatureEdit: (random, { wire }) => judged(editHeader(wire, "signature", (value) => edit(random, value))),
  signatureOdd(random, { wire, spec, signature }) {
    const text = signature.toString("base64");
    const odd = random.pick([
      "",
      `${spec.label}`,
      `${spec.label}=`,
      `${spec.label}=::`,
      `${spec.label}=:${text}`,
      `${spec.label}="${text}"`,
      `${spec.label}=${text}`,
      `${spec.label}=(:${text}:)`,
      `${spec.label}=:${text}:,`,
      `${spec.label}=:${text}:, ${spec.label}=:${text}:`,
      `${spec.label}=:=${text}:`,
      `${spec.label}=:${text}=:`,
      `${spec.label}=: ${text}:`,
      `${spec.label}=@1`,
      `:${text}:`,
    ]);
    return refused(editHeader(wire, "signature", () => odd));
  },
  signatureLength(random, signed) {
    const { signature } = signed;
    const bytes = random.pick([
      signature.subarray(0, -1),
      signature.subarray(1),
      Buffer.concat([signature, Buffer.alloc(1)]),
      Buffer.concat([signature, signature]),
      Buffer.alloc(0),
      Buffer.alloc(64),
      Buffer.alloc(132),
      Buffer.from("3006020101020101", "hex"),
    ]);
    return refused(withSignature(signed, bytes));
  },
  der(random, signed) {
    if (signed.key.algorithm === "ed25519") return undefined;
    const der = [...signed.signature];
    const start = der[1]! > 127 ? 3 : 2;
    const content = der.slice(start);
    const r = content.slice(0, 2 + content[1]!);
    const s = content.slice(r.length);
    const pad = (bytes: number[]) => [2, bytes[1]! + 1, 0, ...bytes.slice(2)];
    const wrap = (...inner: number[][]) => {
      const all = inner.flat();
      return [0x30, ...(all.length > 127 ? [0x81] : []), all.length, ...all];
    };
    return refused(
      withSignature(
        signed,
        Buffer.from(
          random.pick([
            wrap(pad(r), s),
            wrap(r, pad(s)),
            [0x30, 0x82, 0, content.length, ...content],
            [0x30, 0x80, ...content, 0, 0],
            wrap(r, s, [0]),
            wrap(r, s, [2, 1, 0]),
            [...der, 0],
            wrap(s, r),
            wrap([2, 0x81, r[1]!, ...r.slice(2)], s),
            wrap([2, 1, 0], s),
            wrap(r, [2, 1, 0]),
            wrap(r),
            [0x31, ...der.slice(1)],
            der.slice(start),
          ]),
        ),
      ),
    );
  },
  otherSignature(random, signed, others) {
    const other = random.pick(others);
    return other.signature.equals(signed.signature)
      ? undefined
      : refused(withSignature(signed, other.signature));
  },
  otherHeaders(random, signed, others) {
    const other = random.pick(others);
    if (other.signature.equals(signed.signature)) return undefined;
    return judged(attach(signed.unsigned, other.spec, other.signature));
  },
  otherMessage(random, signed, others) {
    const other = random.pick(others);
    const signature = signed.wire.headers.slice(-2);
    return judged({ ...other.unsigned, headers: [...other.unsigned.headers, ...signature] });
  },
  otherVersion: (_, { wire, spec }) => ({ wire, expect: "refused", version: spec.version === 6 ? 15 : 6 }),
  otherKey(_, signed) {
    const id = signed.key.id === "ed" ? "ec" : "ed";
    return refused(resign(signed, { params: replaceParam(signed, "keyid", `"${id}"`) }));
  },

  // Signed again, so that only a rule can refuse it.
  resignedTime(random, signed) {
    const [name, value] = random.pick<[string, string | undefined]>([
      ["created", undefined],
      ["created", `${now + 301}`],
      ["created", `${now}.0`],
      ["created", `0${now}`],
      ["created", `"${now}"`],
      ["created", "-1"],
      ["created", `@${now}`],
      ["created", "?1"],
      ["created", "999999999999999"],
      ["expires", `${now - 301}`],
      ["expires", "0"],
      ["expires", `${now}.5`],
      ["expires", "x"],
      ["expires", `"${now}"`],
      ["expires", "-1"],
    ]);
    let params = replaceParam(signed, name, value);
    // Not refused for their order alone.
    if (value === `${now + 301}`)
      params = replaceParam({ ...signed, spec: { ...signed.spec, params } }, "expires", `${now + 310}`);
    if (value === `${now - 301}` && random.chance(0.7))
      params = replaceParam({ ...signed, spec: { ...signed.spec, params } }, "created", `${now - 310}`);
    return refused(resign(signed, { params }));
  },
  resignedTwice(random, signed) {
    const params = `${signed.spec.params};${random.pick(["created=1;created=1", `keyid="${signed.key.id}"`, `created=${now}`, "x=1;x=1"])}`;
    return refused(resign(signed, { params }));
  },
  resignedKey(random, signed) {
    const [name, value] = random.pick<[string, string | undefined]>([
      ["keyid", undefined],
      ["keyid", "ed"],
      ["keyid", '"unknown"'],
      ["keyid", '""'],
      ["keyid", "1"],
      ["nonce", "1"],
      ["nonce", "?0"],
      ["alg", '"rsa-pss-sha512"'],
      ["alg", '"none"'],
      ["alg", "ed25519"],
      ["alg", `"${signed.key.algorithm === "ed25519" ? "ecdsa-p521-sha512" : "ed25519"}"`],
    ]);
    return refused(resign(signed, { params: replaceParam(signed, name, value) }));
  },
  resignedRepeat(random, signed) {
    const { components } = signed.spec;
    const again = random.pick(components);
    const all = random.chance(0.5) ? [...components, again] : [again, ...components];
    return refused(
      resignText(
        signed,
        all,
        all.map((component) => lineOf(signed, component)),
      ),
    );
  },
  resignedParameter(random, signed) {
    const parameter = random.pick([";sf", ";bs", ";req", ";tr", ';key="a"', ";x=1", ';name="a"']);
    const all = [...signed.spec.components];
    const at = random(all.length);
    if (all[at]!.startsWith('"@query-param"') && parameter.startsWith(";name")) return undefined;
    const lines = all.map((component, index) =>
      lineOf(signed, component).replace(": ", `${index === at ? parameter : ""}: `),
    );
    all[at] += parameter;
    return refused(resignText(signed, all, lines));
  },
  resignedUnknown(random, signed) {
    const [name, value] = random.pick([
      ["absent", ""],
      ["absent", "undefined"],
      ["@status", "200"],
      ["@signature-params", "x"],
      ["@method-override", "GET"],
      ["", ""],
      ["@", ""],
      ["Host", componentValue(signed.unsigned, '"host"')!],
      ["ho st", ""],
      ["constructor", "x"],
      ["__proto__", "x"],
      ["@query-param", ""],
      ["@query-params", ""],
    ]);
    const component = `"${name}"`;
    const all = [...signed.spec.components, component];
    return refused(
      resignText(
        signed,
        all,
        all.map((one) => lineOf(signed, one, one === component ? value : undefined)),
      ),
    );
  },
  resignedQueryParam(random, signed) {
    const component = random.pick([
      '"@query-param";name="absent"',
      '"@query-param";name="l"',
      '"@query-param";name=more',
      '"@query-param";name="more";x',
    ]);
    if (component.includes('"l"') && !signed.wire.url.includes("l=1&l=2")) return undefined;
    const all = [...signed.spec.components, component];
    return refused(
      resignText(
        signed,
        all,
        all.map((one) => lineOf(signed, one, one === component ? "1" : undefined)),
      ),
    );
  },
  resignedWithout(random, signed) {
    const gone = random.pick(['"@method"', '"@path"', '"@query"', '"content-digest"', '"digest"']);
    const components = signed.spec.components.filter((component) => component !== gone);
    if (components.length === signed.spec.components.length) return undefined;
    const needed = gone !== '"@query"' || signed.wire.url.includes("?");
    const digest = signed.spec.version === 15 ? '"content-digest"' : '"digest"';
    const expected = gone.includes("digest") && gone !== digest ? false : needed;
    return { wire: resign(signed, { components }), expect: expected ? "refused" : "valid" };
  },
  resignedDigest(random, signed) {
    const { body } = signed.unsigned;
    if (body.length === 0) return undefined;
    const [sha256, sha512] = [digestOf("sha256", body), digestOf("sha512", body)];
    const wrong = digestOf("sha512", Buffer.from("other"));
    const value =
      signed.spec.version === 15
        ? random.pick([
            `sha-512=:${wrong}:`,
            `sha-256=:${sha256}:, sha-512=:${wrong}:`,
            `sha-512=:${wrong}:, sha-512=:${sha512}:`,
            `sha-512=:${sha512}:, sha-512=:${sha512}:`,
            "",
            "md5=:AAAA:",
            "sha-512",
            `sha-512=${sha512}`,
            `SHA-512=:${sha512}:`,
            `sha-512="${sha512}"`,
            `sha-512=(:${sha512}:)`,
            `sha-512=:${sha512}:;x`,
            `sha-512=:${sha512.slice(0, -2)}:`,
            `sha-256=:${sha512}:`,
            `sha-512=:${sha512}`,
          ])
        : random.pick([
            `SHA-256=${wrong}`,
            `SHA-256=${sha256}, SHA-256=${sha256}`,
            `SHA-256=${sha256}, sha-256=${wrong}`,
            "",
            "MD5=x",
            "SHA-256",
            `SHA-256=:${sha256}:`,
            `SHA-256=${sha256.slice(0, -1)}`,
            `SHA-256=${sha256}=`,
            `SHA-256=${sha256},SHA-512=${wrong}`,
          ]);
    const name = signed.spec.version === 15 ? "content-digest" : "digest";
    return refused(
      resign(
        signed,
        {},
        editHeader(signed.unsigned, name, () => value),
      ),
    );
  },
  resignedLength(random, signed) {
    if (!covers(signed, "content-length") || signed.unsigned.body.length === 0) return undefined;
    const { length } = signed.unsigned.body;
    const value = random.pick([
      `${length + 1}`,
      `0${length}`,
      `+${length}`,
      `${length}, ${length}`,
      "",
      `${length}.0`,
      "0",
    ]);
    const headers: [string, string][] = [
      ...signed.unsigned.headers.filter(([name]) => name !== "content-length"),
      ["content-length", value],
    ];
    return refused(resign(signed, {}, { ...signed.unsigned, headers }));
  },
  resignedLines(random, signed) {
    const value = random.pick(["a\nb", 'a\n"@method": GET', "\r", "é", "\u2028", "\0\u0080"]);
    const name = presentCovered(signed).find((one) => !/digest|length/.test(one));
    if (name === undefined) return undefined;
    return refused(
      resign(
        signed,
        {},
        editHeader(signed.unsigned, name, () => `x${value}x`),
      ),
    );
  },

  // Still the same message.
  resignedOrder(random, signed) {
    const components = [...signed.spec.components];
    shuffle(random, components);
    return valid(resign(signed, { components }));
  },
  resignedLess(random, signed) {
    const optional = signed.spec.components.filter(
      (component) => !/"(@method|@path|@query|content-digest|digest)"/.test(component),
    );
    const gone = random.pick(optional);
    return gone === undefined
      ? undefined
      : valid(resign(signed, { components: signed.spec.components.filter((one) => one !== gone) }));
  },
  resignedParams(random, signed) {
    const [name, value] = random.pick<[string, string | undefined]>([
      ["expires", undefined],
      ["nonce", undefined],
      ["nonce", '""'],
      ["alg", `"${signed.key.algorithm}"`],
      ["tag", '"x, y;z=(\\"\\\\)"'],
      ["other", "?1"],
      ["other", "tok/en"],
      ["created", `${now + 299}`],
      ["created", "1"],
      ["expires", `${now + 400}`],
      ["*", "1.5"],
    ]);
    if (name === "created") {
      const params = replaceParam(signed, "expires", `${now + 300}`);
      return valid(
        resign(signed, {
          params: replaceParam({ ...signed, spec: { ...signed.spec, params } }, name, value),
        }),
      );
    }
    return valid(
      resign(signed, {
        params:
          replaceParam(signed, name.replace("*", "\\*"), undefined) +
          (value === undefined ? "" : `;${name}=${value}`),
      }),
    );
  },
  label(random, signed) {
    return valid(
      attach(
        signed.unsigned,
        { ...signed.spec, label: random.pick(["sig1", "a", "*x", "s-_.*9"]) },
        signed.signature,
      ),
    );
  },
  oneLabel: (random, signed) =>
    refused(
      editHeader(
        signed.wire,
        random.pick(["signature", "signature-input"]),
        (value) => `x${value.replace("*", "")}`,
      ),
    ),
  secondSignature(random, signed) {
    const label = "other";
    const second: [string, string][] = [
      ["signature-input", `${label}=("@method");created=1;keyid="x"`],
      ["signature", `${label}=:${randomBytes(8).toString("base64")}:`],
    ];
    const sig1 = attach(signed.unsigned, { ...signed.spec, label: "sig1" }, signed.signature);
    const headers = random.chance(0.5) ? [...sig1.headers, ...second] : [...second, ...sig1.headers];
    return valid({ ...sig1, headers });
  },
  sameLabel(random, signed) {
    const [input, signature] = signed.wire.headers.slice(-2);
    return refused({ ...signed.wire, headers: [...signed.wire.headers, random.pick([input!, signature!])] });
  },
  headerNames(random, { wire }) {
    const change = random.pick<(name: string) => string>([
      (name) => name.toUpperCase(),
      (name) => name.replace(/\b[a-z]/g, (c) => c.toUpperCase()),
    ]);
    return valid({ ...wire, headers: wire.headers.map(([name, value]) => [change(name), value]) });
  },
  headerSpace(random, { wire }) {
    const space = () => random.pick(["", " ", "\t", "  \t "]);
    return valid({
      ...wire,
      headers: wire.headers.map(([name, value]) => [name, space() + value + space()]),
    });
  },
  headerSplit(random, signed) {
    const name = random.pick(presentCovered(signed));
    const value = signed.wire.headers.find(([key]) => key === name)?.[1];
    if (value === undefined || !value.includes(", ") || /digest|^date$/.test(name)) return undefined;
    const [first, ...rest] = value.split(", ");
    let done = false;
    const headers = signed.wire.headers.flatMap(([key, one]): [string, string][] => {
      if (key !== name || one !== value || done) return [[key, one]];
      done = true;
      return [
        [key, first!],
        [key, rest.join(", ")],
      ];
    });
    return valid({ ...signed.wire, headers });
  },
  headersBetween(_, { wire }) {
    const sorted = [...wire.headers].sort(([one], [two]) => (one < two ? -1 : one > two ? 1 : 0));
    return valid({ ...wire, headers: sorted });
  },
  chunked(_, signed) {
    return covers(signed, "content-length") && signed.wire.body.length > 0
      ? valid(editHeader(signed.wire, "content-length", () => undefined))
      : undefined;
  },
  freeHeader(random, signed) {
    const name = random.pick(free(signed));
    return name === undefined
      ? undefined
      : valid(
          editHeader(signed.wire, name, (value) =>
            random.pick([flipText(random, value), "", "é\n", undefined]),
          ),
        );
  },
  newHeader(random, { wire }) {
    const added: [string, string] = [
      random.pick(["x-new", "X-Forwarded-For", "te", "new"]),
      random.pick(["", "x", '"', "é", '"@method": GET']),
    ];
    return valid({
      ...wire,
      headers: random.chance(0.5) ? [...wire.headers, added] : [added, ...wire.headers],
    });
  },
  fragment: (_, { wire }) => valid({ ...wire, url: `${wire.url}#x?y` }),
  otherHost(random, signed) {
    if (
      signed.wire.url[0] === "/" ||
      ["@authority", "@target-uri", "@scheme", "host"].some((name) => covers(signed, name))
    )
      return undefined;
    const [, target] = splitUrl(signed.wire.url);
    return valid({ ...signed.wire, url: random.pick(["http://other", "https://x.y:1", ""]) + target });
  },
  oversized(random, { wire }) {
    const large = random.pick<[string, string][]>([
      [["x-large", "x".repeat(16_385)]],
      Array.from({ length: 2000 }, (_, index) => [`x-${index}`, "12345678"]),
      Array.from({ length: 2000 }, () => ["x-y", "12345678"]),
      [["signature-input", `other=(${'"a" '.repeat(5000)}"b")`]],
      [["signature", `other=:${"A".repeat(20_000)}:`]],
    ]);
    return refused({ ...wire, headers: [...wire.headers, ...large] });
  },
  same: (_, { wire }) => valid(wire),
};

/** What was signed, seen through the components that were signed, and everything else that a signature vouches for. */
export function vouchedFor(wire: WireMessage, { spec }: Signed): string {
  let { url } = wire;
  // What the platform makes of a URL is what is requested; of a request target it makes nothing.
  if (url[0] !== "/" && URL.canParse(url)) url = new URL(url).href;
  const values = spec.components.map((component) => {
    try {
      return componentValue({ ...wire, url }, component);
    } catch {
      // Percent-escapes that are none, a URL that is none.
      return undefined;
    }
  });
  const digested = spec.components.some((component) => component.includes("digest"));
  return JSON.stringify([values, digested ? Buffer.from(wire.body).toString("hex") : wire.body.length === 0]);
}
