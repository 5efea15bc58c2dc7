import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run, runtimes, runtimesFolder } from "./support/runtimes.js";
import { envelope, newEvent, newKey, signed } from "./support/sender.js";

const workerd = runtimes.find(({ name }) => name === "workerd")!;
const key = newKey();
const hour = 3_600_000;
/** In ms: what a dead refresh is waited for, and what a busy machine takes. */
const bound = 9_000;

if (!runtimesFolder)
  console.warn("remoteKeys on Workers: skipped, UPVEST_SDK_RUNTIMES names no folder for workerd");

// Today a promise of a request that is gone throws for whoever waits for it; before October 2024 it hung.
describe.skipIf(!runtimesFolder).each(["2025-10-01", "2024-09-01"])(
  "remoteKeys on workerd, by the rules of %s",
  (date) => {
    const api = { asked: 0, late: 0, onAsked: () => {} };
    const server = createServer((_, response) => {
      api.asked++;
      api.onAsked();
      const answer = () => response.end(JSON.stringify({ keys: [key.jwk] }));
      if (Number.isFinite(api.late)) setTimeout(answer, api.late);
    });
    let worker: Awaited<ReturnType<typeof run>>;
    beforeAll(async () => {
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const program = `import { createKeysWorker } from "./keys-worker.js";\nexport default createKeysWorker("${origin}");`;
      worker = await run(workerd, program, date);
    });
    afterAll(async () => {
      await worker?.close();
      server.closeAllConnections();
      server.close();
    });

    const post = () => {
      const { headers, body } = signed(envelope(newEvent()), key);
      const signal = AbortSignal.timeout(60_000);
      return fetch(`${worker.origin}/hooks`, { method: "POST", headers, body: new Uint8Array(body), signal });
    };
    /** A delivery whose sender goes away once the API was asked for the keys. */
    const leave = () =>
      new Promise<void>((resolve) => {
        const { headers, body } = signed(envelope(newEvent()), key);
        const request = httpRequest(`${worker.origin}/hooks`, { method: "POST", headers, agent: false });
        request.on("error", () => {});
        request.on("close", () => resolve());
        api.onAsked = () => request.destroy();
        request.end(body);
      });
    const later = (ms: number) => fetch(`${worker.origin}/later?ms=${ms}`);
    /** The statuses of deliveries at a time; none is late. */
    const statuses = async (count: number) => {
      const begun = performance.now();
      const all = await Promise.all(Array.from({ length: count }, async () => (await post()).status));
      expect(performance.now() - begun).toBeLessThan(bound);
      return [...new Set(all)];
    };

    test("a refresh whose delivery is gone holds up no other: not without keys, and not with them", async () => {
      api.late = Number.POSITIVE_INFINITY;
      await leave();
      expect(await statuses(10)).toEqual([503]);
      expect(await statuses(10)).toEqual([503]);
      expect(api.asked).toBe(1);

      api.late = 300;
      await later(30_000);
      expect(await statuses(1)).toEqual([200]);
      expect(await statuses(20)).toEqual([200]);
      expect(api.asked).toBe(2);

      api.late = Number.POSITIVE_INFINITY;
      await later(hour);
      await leave();
      expect(await statuses(10)).toEqual([200]);
      expect(api.asked).toBe(3);

      api.late = 0;
      await later(30_000);
      expect(await statuses(10)).toEqual([200]);
      expect(await statuses(1)).toEqual([200]);
      expect(api.asked).toBe(4);
    });
  },
);
