import { envelope, newEvent, type SenderKey, signed, type Wire } from "./sender.js";

// What may happen to a delivery on its way, or be done to it on purpose. Nothing of the code that is tested is used: what has
// to come of it is said here.

export interface Random {
  /** From 0 to `below` - 1. */
  (below: number): number;
  pick<T>(from: readonly T[]): T;
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
  return Object.assign(next, { pick: <T>(from: readonly T[]): T => from[next(from.length)]! });
}

export interface Delivery {
  readonly wire: Wire;
  readonly key: SenderKey;
  readonly text: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  /** In s. */
  readonly created: number;
}

const types = ["ORDER.FILLED", "USER.CREATED", "NEW.KIND", "EXECUTION.FILLED", "é.ü"];

export function generate(random: Random, keys: readonly SenderKey[], now: number): Delivery {
  const key = random.pick(keys);
  const events = Array.from({ length: random(6) }, () =>
    newEvent({ type: random.pick(types), object: { note: "ä€😀".repeat(random(40)), n: random(1e9) } }),
  );
  const url =
    `https://tenant.example${random.pick(["/", "/hooks", "/a/b/hooks", "/h%20k"])}` +
    random.pick(["", "", "?tenant=a", "?a=1&b=%20&a=2"]);
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (random(2)) headers["accept"] = "application/json";
  if (random(2)) headers["user-agent"] = "sender/1.0 (a; b)";
  if (random(3) === 0) headers["x-trace"] = "a, b";
  const text = envelope(...events);
  if (random(2)) headers["content-length"] = `${Buffer.byteLength(text)}`;
  const created = now - random(100_000);
  const wire = signed(text, key, { url, headers, created });
  return { wire, key, text, url, headers, created };
}

/** What was sent, and what has to become of it. */
export interface Mutation {
  wire: Wire;
  expect: "accepted" | "refused";
}
const refused = (wire: Wire): Mutation => ({ wire, expect: "refused" });
const accepted = (wire: Wire): Mutation => ({ wire, expect: "accepted" });

const withHeaders = (wire: Wire, headers: Record<string, string>): Wire => ({
  ...wire,
  headers: { ...wire.headers, ...headers },
});
const without = (wire: Wire, name: string): Wire => {
  const { [name]: _, ...headers } = wire.headers;
  return { ...wire, headers };
};
const edit = (wire: Wire, name: string, change: (value: string) => string): Wire =>
  withHeaders(wire, { [name]: change(wire.headers[name]!) });

/** Another character in the place of one, of the same kind, so that it is found late. */
function other(random: Random, text: string): string {
  const places = [...text.matchAll(/[a-z0-9]/gi)].map(({ index }) => index);
  if (places.length === 0) return `${text}x`;
  const at = random.pick(places);
  const was = text[at]!;
  const pool = /\d/.test(was) ? "0123456789" : /[a-z]/.test(was) ? "abcdefghij" : "ABCDEFGHIJ";
  const now = [...pool].filter((one) => one !== was);
  return text.slice(0, at) + random.pick(now) + text.slice(at + 1);
}

const base = (one: Delivery) => ({ url: one.url, headers: one.headers, created: one.created });
const componentsOf = (one: Delivery): string[] =>
  [...one.wire.headers["signature-input"]!.split(")")[0]!.matchAll(/"([^"]+)"/g)].map(([, name]) => name!);

/** Nothing where it cannot be done to this one. */
export type Mutator = (
  random: Random,
  one: Delivery,
  all: readonly Delivery[],
  stranger: SenderKey,
) => Mutation | undefined;

export const mutators: Readonly<Record<string, Mutator>> = {
  // Refused at the signature.
  path: (random, { wire }) => {
    const url = new URL(wire.url);
    if (url.pathname === "/") url.pathname = "/x";
    else url.pathname = other(random, url.pathname.replaceAll("%20", "+"));
    return refused({ ...wire, url: url.href });
  },
  query: (random, { wire }) => {
    const [before, query] = wire.url.split("?");
    return query ? refused({ ...wire, url: `${before}?${other(random, query)}` }) : undefined;
  },
  header: (random, { wire, headers }) => {
    const name = random.pick(Object.keys(headers).filter((one) => !one.startsWith("content-")));
    return name ? refused(edit(wire, name, (value) => other(random, value))) : undefined;
  },
  contentType: (_, { wire }) => refused(withHeaders(wire, { "content-type": "application/json;x" })),
  bodyAndDigest: (random, { wire, key, url, headers, text }) => {
    const forged = signed(text.replace(/.$/, " }"), key, { url, headers });
    if (headers["content-length"] || random(4) === 0) return undefined;
    return refused({
      ...wire,
      body: forged.body,
      headers: { ...wire.headers, digest: forged.headers["digest"]! },
    });
  },
  signatureBits: (random, { wire }) =>
    refused(
      edit(wire, "signature", (value) => {
        const bytes = Buffer.from(value.slice(6, -1), "base64");
        bytes[bytes.length - 1 - random(30)]! ^= 1 << random(8);
        return `sig1=:${bytes.toString("base64")}:`;
      }),
    ),
  anotherSignature: (random, one, all) => {
    const donor = random.pick(all);
    if (donor === one) return undefined;
    return refused(withHeaders(one.wire, { signature: donor.wire.headers["signature"]! }));
  },
  strangersKey: (_, one, __, stranger) =>
    refused(signed(one.text, { ...stranger, id: one.key.id }, base(one))),
  keysSwapped: (_, one, all) => {
    const donor = all.find(({ key }) => key !== one.key && key.jwk.kty === one.key.jwk.kty);
    return (
      donor && refused(edit(one.wire, "signature-input", (value) => value.replace(one.key.id, donor.key.id)))
    );
  },
  created: (random, { wire, created }) =>
    refused(
      edit(wire, "signature-input", (value) =>
        value.replace(`created=${created}`, `created=${created - 1 - random(9)}`),
      ),
    ),
  nonce: (_, { wire }) =>
    refused(edit(wire, "signature-input", (value) => value.replace(/nonce="/, 'nonce="1'))),
  expires: (_, { wire }) =>
    refused(edit(wire, "signature-input", (value) => value.replace(/expires=(\d+)/, "expires=9$1"))),
  parameterAdded: (random, { wire }) =>
    refused(
      edit(wire, "signature-input", (value) => value + random.pick([';a="b"', ";a", ";a=1", ";tag=*"])),
    ),
  order: (random, { wire }) =>
    refused(
      edit(wire, "signature-input", (value) => {
        const names = value.slice(6, value.indexOf(")")).split(" ");
        const at = random(names.length - 1);
        [names[at], names[at + 1]] = [names[at + 1]!, names[at]!];
        return `sig1=(${names.join(" ")}${value.slice(value.indexOf(")"))}`;
      }),
    ),
  componentGone: (random, { wire, headers }) => {
    const name = random.pick(Object.keys(headers));
    return refused(edit(wire, "signature-input", (value) => value.replace(`"${name}" `, "")));
  },
  componentAdded: (_, { wire }) =>
    refused(
      edit(withHeaders(wire, { "x-more": "a" }), "signature-input", (value) =>
        value.replace(")", ' "x-more")'),
      ),
    ),

  // Refused before it.
  body: (random, { wire }) => {
    const body = Buffer.from(wire.body);
    body[random(body.length)]! ^= 1 << random(8);
    return refused({ ...wire, body });
  },
  bodyCut: (random, { wire }) => refused({ ...wire, body: wire.body.subarray(0, random(wire.body.length)) }),
  gone: (random, { wire }) => refused(without(wire, random.pick(["signature", "signature-input", "digest"]))),
  noise: (random, { wire }) => {
    const name = random.pick(["signature", "signature-input", "digest"]);
    const noise = random.pick([
      "",
      '"',
      "(",
      ":",
      ";",
      "=",
      "\\",
      "sig1=",
      "sig1=();",
      "\t",
      "🙂",
      "a".repeat(20_000),
    ]);
    return refused(
      edit(wire, name, (value) => {
        // Not at its beginning, where a tab is white space around the value, which HTTP takes off.
        const at = 1 + random(value.length - 1);
        const text = noise ? value.slice(0, at) + noise + value.slice(at) : value.slice(0, at);
        return Buffer.from(text).toString("latin1");
      }),
    );
  },
  resignedWithout: (random, one) => {
    const gone = random.pick(["@method", "@path", "digest", "@query"]);
    const components = componentsOf(one);
    if (!components.includes(gone)) return undefined;
    return refused(
      signed(one.text, one.key, { ...base(one), components: components.filter((name) => name !== gone) }),
    );
  },
  resignedFuture: (random, one) =>
    refused(
      signed(one.text, one.key, { ...base(one), created: Math.floor(Date.now() / 1000) + 400 + random(1e6) }),
    ),
  method: (random, { wire }) => refused({ ...wire, method: random.pick(["PUT", "GET", "DELETE", "PATCH"]) }),
  compressed: (random, { wire }) =>
    refused(withHeaders(wire, { "content-encoding": random.pick(["gzip", "br", "x"]) })),
  otherType: (random, { wire }) =>
    refused(
      withHeaders(wire, { "content-type": random.pick(["text/plain", "application/xml", "*/*", "json"]) }),
    ),
  large: (_, { wire }) => refused({ ...wire, body: Buffer.alloc(100_001) }),
  oddUrl: (random, { wire }) =>
    refused({ ...wire, url: random.pick(["https://[", "http:", "x", "//", "https://tenant.example/none"]) }),

  // Refused behind it.
  resignedNoEnvelope: (random, one) => {
    const text = random.pick([
      "",
      "null",
      "{}",
      "[]",
      '{"payload":{}}',
      '{"payload":[1]}',
      one.text.slice(0, -1 - random(one.text.length - 1)),
      one.text.replace("payload", "Payload"),
      envelope(newEvent(), { ...newEvent(), id: random.pick([null, "", 5, undefined]) }),
      "[".repeat(50_000),
      '{"payload":['.repeat(7_000),
    ]);
    const { "content-length": _, ...headers } = one.headers;
    return refused(signed(text, one.key, { ...base(one), headers }));
  },

  // The same delivery still.
  same: (_, { wire }) => accepted(wire),
  uncovered: (random, { wire }) =>
    accepted(
      withHeaders(wire, {
        [random.pick(["x-forwarded-for", "via", "traceparent"])]: random.pick(["", "a", '"sig1=(']),
      }),
    ),
  host: (random, { wire }) =>
    accepted({
      ...wire,
      url: wire.url.replace("https://tenant.example", random.pick(["http://10.0.0.1:80", "https://a.b"])),
    }),
  space: (random, one) => {
    const name = random.pick(Object.keys(one.headers));
    return accepted(edit(one.wire, name, (value) => `${random.pick([" ", "\t "])}${value} `));
  },
  secondSignature: (_, { wire }) =>
    accepted(
      withHeaders(wire, {
        "signature-input": `${wire.headers["signature-input"]}, proxy=("@method");created=1;keyid="p"`,
        signature: `${wire.headers["signature"]}, proxy=:AAAA:`,
      }),
    ),
  resignedOld: (random, one) =>
    accepted(signed(one.text, one.key, { ...base(one), created: 1 + random(1e9) })),
  resignedOrder: (_, one) =>
    accepted(signed(one.text, one.key, { ...base(one), components: componentsOf(one).reverse() })),
  resignedLess: (_, one) =>
    accepted(
      signed(one.text, one.key, {
        ...base(one),
        components: componentsOf(one).filter((name) => /^(@|digest$)/.test(name)),
      }),
    ),
  resignedLabel: (_, one) => accepted(signed(one.text, one.key, { ...base(one), label: "other" })),
};
