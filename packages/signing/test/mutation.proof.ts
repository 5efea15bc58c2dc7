import { describe, expect, it } from "vitest";
import * as portable from "../src/index.js";
import * as node from "../src/node.js";
import { generate, mutators, now, seeded, vouchedFor } from "./mutations.js";
import { makeKey, publicPem } from "./reference.js";

// As many as a minute allows, 200,000 at most; UPVEST_SDK_MUTATIONS=200000 makes that many, however long it takes.
// UPVEST_SDK_SEED repeats a run.
const wanted = Number(process.env["UPVEST_SDK_MUTATIONS"] ?? 0);
const seed = Number(process.env["UPVEST_SDK_SEED"] ?? Date.now() % 1_000_000_000);
const most = wanted || 200_000;
const milliseconds = wanted ? Infinity : 60_000;

const keys = { ed25519: makeKey("ed", "ed25519"), "ecdsa-p521-sha512": makeKey("ec", "ecdsa-p521-sha512") };

async function counted(ours: typeof node | typeof portable, count: () => void) {
  const all = new Map<string, node.VerificationKey>();
  for (const { id, publicKey } of Object.values(keys)) {
    const key = (await ours.importPublicKeys(publicPem(publicKey), { keyId: id })).get(id)!;
    const verify = (signature: Uint8Array, bytes: Uint8Array) => {
      count();
      return key.verify(signature, bytes);
    };
    all.set(id, { algorithm: key.algorithm, verify });
  }
  return (message: node.PlainRequest, version: 15 | 6 | "either") =>
    ours.verifyRequest(message, { keys: all, version, now: () => now * 1000 });
}

describe("changed messages", () => {
  it(
    `are refused where what is signed was changed, and verify where it was not (seed ${seed})`,
    async () => {
      const random = seeded(seed);
      let reached = 0;
      const verifiers = [
        await counted(node, () => reached++),
        await counted(portable, () => reached++),
      ] as const;
      const signed = Array.from({ length: 400 }, () => generate(random, keys));
      const names = Object.keys(mutators);
      const done: Record<string, { refused: number; verified: number }> = {};
      const codes: Record<string, number> = {};
      const end = performance.now() + milliseconds;
      let [count, slowest, verified] = [0, 0, 0];
      const wrong = new Map<string, string>();

      while (count < most && performance.now() < end) {
        const name = names[count % names.length]!;
        const original = random.pick(signed);
        const mutation = mutators[name]!(random, original, signed);
        // Not applicable: the next message, the same mutator, at most a few times.
        if (mutation === undefined) {
          names.push(names.splice(count % names.length, 1)[0]!);
          continue;
        }
        count++;
        const version = mutation.version ?? original.spec.version;
        const headers = mutation.wire.headers;
        const message = { ...mutation.wire, headers };
        const started = performance.now();
        let outcome: node.VerifiedRequest | undefined;
        let error: unknown;
        try {
          outcome = await verifiers[random.chance(0.15) ? 1 : 0](message, version);
        } catch (thrown) {
          error = thrown;
        }
        slowest = Math.max(slowest, performance.now() - started);
        const fault = (what: string) =>
          wrong.set(
            `${what} (${name})`,
            `message ${count}: ${error}\n${show(original.wire)}\n${show(mutation.wire)}`,
          );

        if (outcome === undefined) {
          if (error instanceof node.SignatureError) codes[error.code] = (codes[error.code] ?? 0) + 1;
          else fault("not a SignatureError");
          if (mutation.expect === "valid") fault("refused");
        } else {
          verified++;
          if (mutation.expect === "refused") fault("verified");
          // Whatever the mutator says: what was signed is what was signed, unless it was signed again.
          const same =
            name.startsWith("resigned") ||
            (vouchedFor(mutation.wire, original) === vouchedFor(original.wire, original) &&
              outcome.components.length === original.spec.components.length);
          if (!same) fault("verified, though changed");
          if (
            outcome.keyId !== original.key.id ||
            !outcome.body.every((byte, at) => byte === mutation.wire.body[at])
          )
            fault("another key or body given");
        }
        done[name] ??= { refused: 0, verified: 0 };
        done[name][outcome === undefined ? "refused" : "verified"]++;
      }

      const share = reached / count;
      console.info(
        `${count} messages, ${reached} (${(share * 100).toFixed(1)} %) got to the signature check, ${verified} verified, slowest ${slowest.toFixed(1)} ms, seed ${seed}`,
      );
      console.info(
        Object.entries(codes)
          .sort(([, one], [, two]) => two - one)
          .map(([code, times]) => `${code} ${times}`)
          .join(", "),
      );
      expect([...wrong].map((one) => one.join(", ")).join("\n\n")).toBe("");
      expect(count).toBeGreaterThan(wanted ? wanted - 1 : 1000);
      expect(Object.keys(done).sort()).toEqual(Object.keys(mutators).sort());
      expect(share).toBeGreaterThanOrEqual(0.4);
      expect(slowest).toBeLessThan(2000);
    },
    Infinity,
  );
});

/** Of nothing: text or what is no text, in every place. */
const oddities: unknown[] = [
  undefined,
  null,
  0,
  Number.NaN,
  1n,
  true,
  "",
  "\0",
  "\ud800",
  "é",
  "\n",
  "//",
  "http://",
  "http://[",
  "http://a:99999/",
  "http://1.2.3.4.5/",
  "mailto:a",
  [],
  [[]],
  [null],
  [5],
  ["ab"],
  [["a", "b", "c"]],
  [["a", ["b"]]],
  [[null, "b"]],
  {},
  { a: {} },
  { a: null, b: 5, c: [undefined] },
  new Map([["signature", "a"]]),
  new Set(["signature"]),
  new Date(0),
  () => "",
  Symbol("a"),
];

describe("what is no message at all", () => {
  it("is refused by a SignatureError", async () => {
    const random = seeded(1);
    const { wire, spec } = generate(random, keys);
    for (const ours of [node, portable]) {
      const verify = await counted(ours, () => {});
      const refusal = (message: unknown) =>
        verify(message as node.PlainRequest, spec.version).then(
          () => undefined,
          (error: unknown) => error,
        );
      for (const oddity of oddities) {
        if (typeof oddity !== "function") expect(await refusal(oddity)).toBeInstanceOf(node.SignatureError);
        for (const name of ["method", "url", "headers", "body"]) {
          const error = await refusal({ ...wire, [name]: oddity });
          if (error !== undefined)
            expect(error, `${name} ${String(oddity)}`).toBeInstanceOf(node.SignatureError);
        }
        for (const name of ["signature", "signature-input", "content-digest", "host"]) {
          const headers = { ...Object.fromEntries(wire.headers), [name]: oddity };
          const error = await refusal({ ...wire, headers });
          if (error !== undefined)
            expect(error, `${name} ${String(oddity)}`).toBeInstanceOf(node.SignatureError);
        }
      }
    }
  });
});

describe("the time it takes", () => {
  const bytes = (length: number, unit: string) =>
    unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
  const request = (over: object, components = '"@method" "@path"', more: [string, string][] = []) => ({
    method: "POST",
    url: "https://h.example/p",
    body: "",
    headers: [
      ...more,
      ["signature-input", `sig1=(${components});created=${now};keyid="ed"`],
      ["signature", `sig1=:${"A".repeat(86)}==:`],
    ] as [string, string][],
    ...over,
  });
  const header = (name: string, value: string) => request({}, undefined, [[name, value]]);
  const shapes: Record<string, (length: number) => node.PlainRequest> = {
    path: (length) => request({ url: `https://h.example/${bytes(length, "a/")}` }),
    "path with dots": (length) => request({ url: `https://h.example/${bytes(length, "../a/./")}` }),
    "path as received": (length) => request({ url: `/${bytes(length, "a?#/%")}` }),
    "no URL": (length) => request({ url: bytes(length, "http://") }),
    "a host": (length) => request({ url: `https://${bytes(length, "a.")}` }, '"@authority" "@target-uri"'),
    "query parameters": (length) =>
      request(
        { url: `https://h.example/?${bytes(length, "a=%20&b")}` },
        '"@query-param";name="a" "@query-param";name="b"',
      ),
    "query parameters, many of them covered": (length) => {
      const names = Array.from({ length: 500 }, (_, at) => `p${at}`);
      const query =
        names.map((name) => `${name}=1&`).join("") +
        bytes(length, "x=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa&");
      return request(
        { url: `https://h.example/?${query}` },
        names.map((name) => `"@query-param";name="${name}"`).join(" "),
      );
    },
    method: (length) => request({ method: bytes(length, "A") }),
    body: (length) =>
      request({ body: Buffer.alloc(length) }, '"@method" "@path" "content-digest"', [
        ["content-digest", "sha-512=:AA==:"],
      ]),
    "white space": (length) => header("a", `a${bytes(length, " ")}b`),
    "white space that is none": (length) => header("a", `\u00a0${bytes(length, " \t\u00a0\n")}\u00a0`),
    "names of headers": (length) =>
      request(
        {},
        undefined,
        Array.from({ length: length / 10 }, (_, at) => [`name-${at}`, "abc"]),
      ),
    "one header, many times": (length) =>
      request(
        {},
        undefined,
        Array.from({ length: length / 10 }, () => ["a", "abcdefg"]),
      ),
    components: (length) => request({}, bytes(length, '"a" ')),
    "components with parameters": (length) => request({}, bytes(length, '"@query-param";name="a" ')),
    "open lists": (length) => header("signature-input", `a=${bytes(length, "(")}`),
    "open strings": (length) => header("signature-input", `a=("${bytes(length, '\\"')}`),
    signatures: (length) => header("signature", bytes(length, "a=:AAAA:, ")),
    "a signature": (length) => header("signature", `a=:${bytes(length, "A")}:`),
    digests: (length) => request({}, '"content-digest"', [["content-digest", bytes(length, "a=:AA==:, ")]]),
    "old digests": (length) => request({}, '"digest"', [["digest", bytes(length, "a=b,")]]),
  };

  /** The quickest of some runs, in ms: what else the machine does only adds. */
  async function timed(run: () => Promise<unknown>): Promise<number> {
    let best = Infinity;
    for (let turn = 0; turn < 7; turn++) {
      const start = performance.now();
      await run();
      best = Math.min(best, performance.now() - start);
    }
    return best;
  }

  it.each(Object.keys(shapes))("is linear: %s", async (name) => {
    const verify = await counted(node, () => {});
    const took = (length: number) => {
      const message = shapes[name]!(length);
      return timed(() =>
        verify(message, 15).catch((error) => expect(error).toBeInstanceOf(node.SignatureError)),
      );
    };
    await took(10_000);
    const small = await took(10_000);
    const large = await took(1_000_000);
    // A hundred times as long; what is more than linear would be ten thousand.
    expect(large, `${small} ms`).toBeLessThan(Math.max(small, 0.05) * 600);
    expect(large).toBeLessThan(1500);
  });

  it.each(["components", "components with parameters", "signatures", "digests", "query parameters"])(
    "is linear below the limit of the headers: %s",
    async (name) => {
      const verify = await counted(node, () => {});
      const took = (length: number) => {
        const message = shapes[name]!(length);
        return timed(() => verify(message, 15).catch(() => {}));
      };
      await took(1000);
      const small = await took(1000);
      const large = await took(15_000);
      expect(large, `${small} ms`).toBeLessThan(Math.max(small, 0.05) * 80);
    },
  );
});

const show = (message: object): string =>
  JSON.stringify(message, (key, value) => (key === "body" ? Buffer.from(value).toString("latin1") : value));
