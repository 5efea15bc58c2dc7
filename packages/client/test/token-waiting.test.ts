import { listUsers } from "@upvest-sdk/types/operations";
import { describe, expect, test, vi } from "vitest";
import type { UpvestError } from "../src/index.js";
import { answer, caught, granted, pass, settle, stubbed, until, useFakeClock } from "./support/token.js";

// Without HTTP: the timers that there are, are the client's.
useFakeClock();

const seconds = (n: number) => vi.advanceTimersByTime(n * 1000);

describe("a call", () => {
  test("no timer is left by a call, whatever becomes of it", async () => {
    const answers = [granted(1, 300), answer({}, 503), granted(2, 300)];
    const { client } = stubbed(
      () => answers.shift()!,
      { retry: { maxRetries: 0 } },
      vi
        .fn()
        .mockResolvedValueOnce(answer({}))
        .mockResolvedValueOnce(answer({}, 404))
        .mockRejectedValueOnce(new Error("reset"))
        .mockResolvedValueOnce(answer({}, 401))
        .mockResolvedValueOnce(answer({})),
    );
    await client.call(listUsers);
    for (let i = 0; i < 3; i++) await caught(client.call(listUsers));
    seconds(1);
    await client.call(listUsers);
    expect(answers).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("that waits for a token and gives up does not stop the others", async () => {
    let open = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { client, tokenRequests } = stubbed((n) => opened.then(() => granted(n)));
    const first = client.call(listUsers);
    const stop = new AbortController();
    const second = caught(client.call(listUsers, { signal: stop.signal }));
    const third = caught(client.call(listUsers, { timeout: 100, deadline: 100 }));
    await settle();
    stop.abort();
    vi.advanceTimersByTime(100);
    expect([(await second).code, (await third).code]).toEqual(["ABORTED", "DEADLINE"]);
    const last = client.call(listUsers);
    await settle();
    open();
    await Promise.all([first, last]);
    expect(tokenRequests()).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a refresh ahead of need that fails", () => {
  test.each<[string, () => Response | Promise<Response>]>([
    ["503", () => answer({}, 503)],
    ["reset", () => Promise.reject(new TypeError("fetch failed"))],
    ["401", () => answer({}, 401)],
    ["no token", () => answer({})],
  ])("%s: is tried once a second at most, and no call knows of it", async (_, broken) => {
    let works = true;
    const used: string[] = [];
    const { client, tokenRequests } = stubbed(
      (n) => (works ? granted(n, 300) : broken()),
      {},
      async (_url, init) => {
        used.push((init as { headers: Record<string, string> }).headers["authorization"]!);
        return answer({}) as never;
      },
    );
    await client.call(listUsers);
    seconds(250);
    works = false;
    for (let second = 1; second <= 5; second++) {
      for (let i = 0; i < 20; i++) {
        await Promise.all([client.call(listUsers), client.call(listUsers)]);
        await settle(2);
      }
      expect(tokenRequests()).toBe(1 + second);
      seconds(1);
    }
    expect(new Set(used)).toEqual(new Set(["Bearer token-1"]));
    works = true;
    await client.call(listUsers);
    await settle();
    await client.call(listUsers);
    expect(used.at(-1)).toBe("Bearer token-7");
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a token", () => {
  test("answers slowly: all who wait get what comes first, and few requests are made", async () => {
    const { client, tokenRequests } = stubbed(
      (n) => new Promise((resolve) => setTimeout(() => resolve(granted(n)), 12_000)),
    );
    let done = 0;
    const calls = Array.from({ length: 200 }, () => client.call(listUsers).then(() => done++));
    await pass(15_500);
    // All but the two who asked anew, after 5 and 10 s, and wait for their own.
    expect(done).toBe(198);
    expect(tokenRequests()).toBe(3);
    await pass(7000);
    await Promise.all(calls);
    expect(tokenRequests()).toBe(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each(["with\nnewline", "with space", "", "\u00fc\u20ac", "a\0b", 17, null, { a: 1 }])(
    "gives what is no header value: %j",
    async (access_token) => {
      const { client } = stubbed(() => answer({ access_token, expires_in: 60 }), {
        retry: { maxRetries: 0 },
      });
      const error = await caught(client.call(listUsers));
      expect(error).toMatchObject({ code: "ANSWER_UNREADABLE", outcome: "not_sent" });
      expect(JSON.stringify(error) + error.stack).not.toContain("newline");
    },
  );
});

// On Workers the promises of a request are dead once it has ended.
describe("a request for a token that never ends", () => {
  const dead = () => new Promise<Response>(() => {});

  test("whose caller is gone: who waits for it asks itself after 5 s, and all others then have it", async () => {
    const { client, tokenRequests } = stubbed((n) => (n === 1 ? dead() : granted(n)));
    const stop = new AbortController();
    const first = caught(client.call(listUsers, { signal: stop.signal }));
    await settle();
    const others = Array.from({ length: 100 }, () => client.call(listUsers));
    await pass(1000);
    stop.abort();
    await first;
    await pass(3999);
    expect(tokenRequests()).toBe(1);
    await pass(1);
    await Promise.all(others);
    expect(tokenRequests()).toBe(2);
    await client.call(listUsers);
    expect(tokenRequests()).toBe(2);
  });

  test("is not waited for by who comes 5 s later", async () => {
    const { client, tokenRequests } = stubbed((n) => (n === 1 ? dead() : granted(n)));
    const first = client.call(listUsers, { timeout: 1000, deadline: 1000 }).catch(() => {});
    await pass(5000);
    await first;
    await client.call(listUsers);
    expect(tokenRequests()).toBe(2);
  });

  test("one after the other: each who waits asks once, in turn", async () => {
    const { client, tokenRequests } = stubbed((n) => (n < 4 ? dead() : granted(n)));
    const calls = Array.from({ length: 20 }, () => client.call(listUsers));
    await pass(15_500);
    expect(tokenRequests()).toBe(4);
    // Three had the bad luck to be the one who asked: their attempt ends by itself, and the next one has the token.
    await pass(30_000);
    await Promise.all(calls);
    expect(tokenRequests()).toBe(4);
  });

  test("ahead of need: begun again after 5 s, while calls go on with the old token", async () => {
    const { client, tokenRequests } = stubbed((n) => (n === 2 ? dead() : granted(n, 300)));
    await client.call(listUsers);
    seconds(240);
    for (let i = 0; i < 20; i++) {
      await client.call(listUsers);
      await pass(250);
    }
    expect(tokenRequests()).toBe(2);
    await client.call(listUsers);
    await settle();
    expect(tokenRequests()).toBe(3);
  });
});

describe("clientSecret and signer as functions", () => {
  test("are asked once, and again after refreshCredentials", async () => {
    const signer = vi.fn(async () => ({
      headers: async ({ headers }: { headers: Record<string, string> }) => headers,
    }));
    const secret = vi.fn(async () => "secret");
    const { client, tokenRequests } = stubbed((n) => granted(n), { clientSecret: secret, signer });
    await Promise.all(Array.from({ length: 100 }, () => client.call(listUsers)));
    await client.call(listUsers);
    expect([secret, signer].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
    client.refreshCredentials();
    await Promise.all(Array.from({ length: 100 }, () => client.call(listUsers)));
    expect([secret, signer].map(({ mock }) => mock.calls.length)).toEqual([2, 2]);
    expect(tokenRequests()).toBe(2);
  });

  test.each<[string, () => never]>([
    [
      "throw",
      () => {
        throw new Error("vault");
      },
    ],
    ["reject", () => Promise.reject(new Error("vault")) as never],
    ["give nothing", () => undefined as never],
    ["give an empty text", () => "" as never],
  ])("that %s: CREDENTIALS_FAILED, not sent, and asked again at the next call", async (_, broken) => {
    for (const name of ["clientSecret", "signer"]) {
      const given = vi.fn(broken);
      const { client, tokenRequests } = stubbed((n) => granted(n), { [name]: given });
      const errors = await Promise.all([caught(client.call(listUsers)), caught(client.call(listUsers))]);
      for (const error of errors) {
        expect(error).toMatchObject({ code: "CREDENTIALS_FAILED", outcome: "not_sent" });
        expect(error.attempts).toHaveLength(1);
      }
      expect(given).toHaveBeenCalledTimes(1);
      await caught(client.call(listUsers));
      expect(given).toHaveBeenCalledTimes(2);
      expect(tokenRequests()).toBe(0);
    }
  });

  test("that hang: the attempt times out, not sent", async () => {
    const { client } = stubbed((n) => granted(n), {
      clientSecret: () => new Promise<string>(() => {}),
      retry: { maxRetries: 0 },
    });
    const error = caught(client.call(listUsers));
    await pass(30_000, 5000);
    expect(await error).toMatchObject({ code: "TIMEOUT", outcome: "not_sent" });
  });

  test("a secret that changes while calls run: no call fails for good once refreshCredentials was called", async () => {
    let secret = "old";
    const seen: string[] = [];
    const gate: (() => void)[] = [];
    const { client } = stubbed(
      async (n, { body }) => {
        const sent = new URLSearchParams(new TextDecoder().decode(body)).get("client_secret")!;
        seen.push(sent);
        if (n === 1) await new Promise<void>((resolve) => gate.push(resolve));
        return sent === secret ? granted(n) : answer({ type: "unauthorized", status: 401 }, 401);
      },
      { clientSecret: async () => secret },
    );
    const before = Array.from({ length: 10 }, () =>
      client.call(listUsers).then(
        () => "ok",
        (error: UpvestError) => error.outcome,
      ),
    );
    await until(() => gate.length === 1);
    secret = "new";
    client.refreshCredentials();
    await Promise.all(Array.from({ length: 10 }, () => client.call(listUsers)));
    expect(seen).toEqual(["old", "new"]);
    gate[0]!();
    // The request with the old secret fails after that: those who waited for it go on with the new one.
    expect(new Set(await Promise.all(before))).toEqual(new Set(["ok"]));
    expect(seen).toEqual(["old", "new"]);
  });

  test("a token that comes late, got with the old secret, does not replace the new one", async () => {
    const gate: (() => void)[] = [];
    const used: unknown[] = [];
    const { client, tokenRequests } = stubbed(
      async (n) => {
        if (n === 1) await new Promise<void>((resolve) => gate.push(resolve));
        return granted(n);
      },
      {},
      async (_, init) => {
        used.push((init as { headers: Record<string, string> }).headers["authorization"]);
        return answer({}) as never;
      },
    );
    const first = client.call(listUsers);
    await until(() => gate.length === 1);
    client.refreshCredentials();
    await client.call(listUsers);
    gate[0]!();
    await first;
    await client.call(listUsers);
    expect(used.at(-1)).toBe("Bearer token-2");
    expect(tokenRequests()).toBe(2);
  });
});
