import { importPublicKeys } from "@upvest-sdk/signing";
import { describe, expect, test } from "vitest";
import { type AnyEvent, createWebhookReceiver, type WebhookError } from "../src/index.js";
import { generate, mutators, seeded } from "./support/mutations.js";
import { digestOf, newEvent, newKey, signed, toRequest, type Wire } from "./support/sender.js";

// UPVEST_SDK_DELIVERIES=200000 makes that many, however long it takes; UPVEST_SDK_SEED repeats a run.
const wanted = Number(process.env["UPVEST_SDK_DELIVERIES"] ?? 0);
const seed = Number(process.env["UPVEST_SDK_SEED"] ?? Date.now() % 1_000_000_000);
const most = wanted || 200_000;
const milliseconds = wanted ? Number.POSITIVE_INFINITY : 10_000;
const maxBodyBytes = 100_000;

const keys = [newKey(), newKey(), newKey("ed25519"), newKey("ed25519")];
const stranger = newKey();

async function counted(onError: (error: WebhookError) => void) {
  const imported = await importPublicKeys({ keys: keys.map(({ jwk }) => jwk) });
  let reached = 0;
  const handled: AnyEvent[] = [];
  const receiver = createWebhookReceiver({
    deduplicate: false,
    maxBodyBytes,
    onError,
    keys: (id) => {
      const key = imported.get(id);
      return (
        key && {
          algorithm: key.algorithm,
          verify: (...of) => {
            reached++;
            return key.verify(...of);
          },
        }
      );
    },
  }).on("*", (event) => {
    handled.push(event);
  });
  return { receiver, handled, reached: () => reached };
}

describe("changed deliveries", () => {
  test(
    `are refused where what is signed was changed, and handled where it was not (seed ${seed})`,
    async () => {
      const random = seeded(seed);
      const codes: Record<string, number> = {};
      const { receiver, handled, reached } = await counted(({ code }) => {
        codes[code] = (codes[code] ?? 0) + 1;
      });
      const now = Math.floor(Date.now() / 1000);
      const deliveries = Array.from({ length: 300 }, () => generate(random, keys, now));
      const names = Object.keys(mutators);
      const done: Record<string, number> = {};
      const wrong = new Map<string, string>();
      const end = performance.now() + milliseconds;
      let [count, accepted, slowest] = [0, 0, 0];
      for (let turn = 0; count < most && performance.now() < end; turn++) {
        const name = names[turn % names.length]!;
        const mutation = mutators[name]!(random, random.pick(deliveries), deliveries, stranger);
        if (mutation === undefined) continue;
        let request: ReturnType<typeof toRequest>;
        try {
          request = toRequest(mutation.wire);
        } catch {
          // No fetch request has such a URL or header: then one that only looks like it.
          request = lookalike(mutation.wire) as unknown as Request;
        }
        count++;
        done[name] = (done[name] ?? 0) + 1;
        handled.length = 0;
        const fault = (what: string) =>
          wrong.set(
            `${what} (${name})`,
            JSON.stringify({ ...mutation.wire, body: `${mutation.wire.body}` }).slice(0, 2000),
          );
        const started = performance.now();
        try {
          const { status } = await receiver.handle(request);
          if ((status === 200) !== (mutation.expect === "accepted")) fault(`answered ${status}`);
          if (status === 200) {
            accepted++;
            if (JSON.stringify(handled) !== JSON.stringify(JSON.parse(`${mutation.wire.body}`).payload))
              fault("other events handled");
          } else {
            if (handled.length > 0) fault("handled, though refused");
            if (![400, 401, 405, 413, 415].includes(status)) fault(`answered ${status}`);
          }
        } catch (error) {
          fault(`thrown: ${error}`);
        }
        slowest = Math.max(slowest, performance.now() - started);
      }
      const share = reached() / count;
      console.info(
        `${count} deliveries, ${reached()} (${(share * 100).toFixed(1)} %) got to the signature check, ${accepted} accepted, slowest ${slowest.toFixed(1)} ms, seed ${seed}; ${JSON.stringify(codes)}`,
      );
      expect([...wrong].map((one) => one.join(": ")).join("\n\n")).toBe("");
      expect(Object.keys(done).sort()).toEqual([...names].sort());
      expect(count).toBeGreaterThanOrEqual(wanted || 500);
      expect(share).toBeGreaterThanOrEqual(0.4);
      expect(slowest).toBeLessThan(10_000);
    },
    Number.POSITIVE_INFINITY,
  );
});

const lookalike = ({ method, url, headers, body }: Wire) => ({
  method,
  url,
  headers: {
    get: (name: string) => headers[name] ?? null,
    [Symbol.iterator]: () => Object.entries(headers)[Symbol.iterator](),
  },
  body: new Blob([new Uint8Array(body)]).stream(),
  bodyUsed: false,
  arrayBuffer() {},
});

describe("the time it takes", () => {
  const key = keys[2]!;
  const large = (length: number, unit: string) =>
    unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
  const event = JSON.stringify(newEvent());
  const list = (length: number, unit: string) =>
    `{"payload":[${Array(Math.ceil(length / (unit.length + 1)))
      .fill(unit)
      .join(",")}]}`;
  const shapes: Record<string, (length: number) => Wire> = {
    "many events": (length) => signed(list(length, event), key),
    "small events": (length) => signed(list(length, '{"id":"a","type":"b","created_at":"c"}'), key),
    "events that are none": (length) => signed(list(length, "0"), key),
    "lists in lists": (length) => signed(large(length, "["), key),
    "payloads in payloads": (length) => signed(large(length, '{"payload":['), key),
    "text that does not end": (length) => signed(`{"payload":["${large(length, '\\"')}`, key),
    "keys of objects": (length) =>
      signed(`{${Array.from({ length: length / 10 }, (_, at) => `"k${at}":1`).join(",")}}`, key),
    "no JSON at its end": (length) => signed(`${list(length, event)}x`, key),
    "a body that was changed": (length) => {
      const wire = signed(list(length, event), key);
      return { ...wire, body: Buffer.concat([wire.body, Buffer.from(" ")]) };
    },
    "a body that is not signed for": (length) => {
      const body = Buffer.from(large(length, "a"));
      return { ...signed("{}", key), body };
    },
    "a digest that was changed, too": (length) => {
      const body = Buffer.from(list(length, event));
      const wire = signed("{}", key);
      return { ...wire, body, headers: { ...wire.headers, digest: digestOf(body) } };
    },
    "a header": (length) => ({
      ...signed("{}", key),
      headers: { ...signed("{}", key).headers, "x-a": large(length, "a ") },
    }),
    "a content type": (length) =>
      signed("{}", key, { headers: { "content-type": `application/json${large(length, " ")}x` } }),
    "a path": (length) => signed("{}", key, { url: `https://tenant.example/${large(length, "a/")}` }),
  };
  // Again, where a busy machine came in between.
  test.each(Object.keys(shapes))("is linear: %s", { retry: 3 }, async (name) => {
    const receiver = createWebhookReceiver({
      keys: await importPublicKeys({ keys: [key.jwk] }),
      deduplicate: false,
    });
    const took = async (length: number) => {
      const wire = shapes[name]!(length);
      let best = Number.POSITIVE_INFINITY;
      // The quickest of some: what else the machine does only adds.
      for (let turn = 0; turn < 5; turn++) {
        const request = toRequest(wire);
        const start = performance.now();
        await receiver.handle(request);
        best = Math.min(best, performance.now() - start);
      }
      return best;
    };
    await took(30_000);
    const small = await took(30_000);
    const whole = await took(1_500_000);
    // Fifty times as long; what is more than linear would take 2,500 times.
    expect(whole, `${small} ms`).toBeLessThan(Math.max(small, 0.2) * 400);
  });
});
