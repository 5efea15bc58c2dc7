import { afterAll, beforeAll, describe, test } from "vitest";
import { findRuntime } from "../../signing/conformance/find-runtime.mjs";
import { type Bundle, buildWorker, startWorker, type Worker } from "./support/workerd.js";

const kept = process.env["UPVEST_SDK_RUNTIMES"];
if (kept === undefined) {
  console.warn("SKIPPED: the client in workerd. UPVEST_SDK_RUNTIMES does not say where runtimes are kept.");
}

// In ms: five seconds of patience, and what a busy machine takes.
const bound = 9_000;
const never = Number.POSITIVE_INFINITY;

// Today a promise of a request that has ended throws for whoever waits for it; before October 2024 it hung.
describe.skipIf(kept === undefined).concurrent.each(["2025-10-01", "2024-09-01"])(
  "workerd, compatibility date %s",
  (date) => {
    let bundle: Bundle;
    let binary: string;
    beforeAll(async () => {
      binary = findRuntime("workerd", kept!);
      bundle = await buildWorker();
    });
    afterAll(() => bundle.remove());

    const withWorker = (
      name: string,
      body: (worker: Worker, expect: typeof import("vitest").expect) => unknown,
    ) =>
      test(name, async ({ expect }) => {
        const worker = await startWorker(binary, bundle, date);
        try {
          await body(worker, expect);
        } finally {
          await worker.close();
        }
      });
    /** All answered, none late. */
    const all = async (worker: Worker, count: number) => {
      const told = await Promise.all(Array.from({ length: count }, () => worker.call()));
      return {
        errors: told.filter(({ ok }) => !ok).map(({ error }) => error),
        late: told.filter(({ took }) => took > bound).length,
      };
    };
    const fine = { errors: [], late: 0 };

    withWorker(
      "requests share one token request, and one question for the secret",
      async (worker, expect) => {
        worker.api.firstToken = 300;
        worker.api.firstSecret = 100;
        expect(await all(worker, 50)).toEqual(fine);
        expect(worker.asked).toEqual({ token: 1, secret: 1 });
      },
    );

    withWorker("a request ends while it waits for a token that never comes", async (worker, expect) => {
      worker.api.firstToken = never;
      await worker.leave();
      expect(await all(worker, 10)).toEqual(fine);
      expect(await all(worker, 100)).toEqual(fine);
      expect(worker.asked.token).toBe(2);
    });

    withWorker("a request ends while it waits for a slow token", async (worker, expect) => {
      worker.api.firstToken = 1000;
      await worker.leave();
      expect(await all(worker, 10)).toEqual(fine);
      expect(await all(worker, 100)).toEqual(fine);
      expect(worker.asked.token).toBe(2);
    });

    withWorker("a request ends while it waits for the secret", async (worker, expect) => {
      worker.api.firstSecret = never;
      await worker.leave();
      expect(await all(worker, 10)).toEqual(fine);
      expect(await all(worker, 100)).toEqual(fine);
      expect(worker.asked).toEqual({ token: 1, secret: 2 });
    });

    withWorker("the client of a request is gone while others wait for its token", async (worker, expect) => {
      worker.api.firstToken = never;
      const gone = worker.disconnect();
      const others = all(worker, 10);
      await gone;
      expect(await others).toEqual(fine);
      expect(await all(worker, 100)).toEqual(fine);
      expect(worker.asked.token).toBeLessThanOrEqual(3);
    });

    withWorker(
      "a refresh ahead of need is cut off: the old token is used, then a new one got",
      async (worker, expect) => {
        // Due after 1.6 s.
        worker.api.expiresIn = 2;
        worker.api.secondToken = never;
        expect(await all(worker, 1)).toEqual(fine);
        const asked = performance.now();
        while (worker.asked.token < 2 && performance.now() - asked < bound) {
          expect(await all(worker, 1)).toEqual(fine);
        }
        worker.api.expiresIn = 3600;
        for (let i = 0; worker.asked.token < 3 && i < 20_000; i++) expect(await all(worker, 1)).toEqual(fine);
        expect(await all(worker, 100)).toEqual(fine);
        expect(worker.asked.token).toBe(3);
      },
    );
  },
);
