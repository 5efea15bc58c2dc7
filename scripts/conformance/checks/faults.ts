import { UpvestApiError } from "@upvest-sdk/client";
import { createUser, listUsers } from "@upvest-sdk/client/operations";
import { describe, equal, ok, thrownBy } from "../../../packages/signing/conformance/check.js";
import { failing } from "../failing.js";
import { newUser, type Scene } from "../scene.js";

export async function faultChecks(scene: Scene): Promise<void> {
  const { check } = scene;
  const client = await scene.createClient();
  const calm = await scene.createClient({ retry: { maxRetries: 0 } });
  await Promise.all([client.call(listUsers), calm.call(listUsers)]);
  const create = (name: string) => client.call.withResponse(createUser, { body: newUser(name) });

  for (const status of [429, 500, 502, 503, 504] as const)
    await check(`${status}, twice: retried until it succeeds`, async () => {
      await scene.fault({ kind: "status", status, operation: "listUsers", times: 2 });
      const { attempts } = await client.call.withResponse(listUsers);
      equal(
        attempts.map((attempt) => attempt.status),
        [status, status, 200],
      );
    });

  await check("503 after it was done: retried with the same key, and done once", async () => {
    await scene.fault({ kind: "status", status: 503, when: "after", operation: "createUser", times: 1 });
    const { attempts, data } = await create("After 503");
    equal(
      attempts.map(({ status, outcome }) => [status, outcome]),
      [
        [503, "unknown"],
        [200, "ok"],
      ],
    );
    equal([data.last_name, await scene.countUsers(client, "After 503")], ["After 503", 1]);
  });

  await check("503 again and again: given up, unknown, all attempts are told", async () => {
    const own = await scene.createClient({ retry: { maxRetries: 2, baseDelay: 1 } });
    await scene.fault({ kind: "status", status: 503, operation: "createUser", times: 9 });
    const error = await thrownBy(() => own.call(createUser, { body: newUser("Never done") }));
    ok(error instanceof UpvestApiError, describe(error));
    equal(
      [error.status, error.code, error.outcome, error.retryable, error.attempts.length],
      [503, "unavailable", "unknown", true, 3],
    );
    equal(await scene.countUsers(client, "Never done"), 0);
  });

  for (const when of ["before", "after"] as const)
    await check(
      `the connection is cut ${when} it is done: unknown, and the same key repairs it`,
      async () => {
        const name = `Cut ${when}`;
        await scene.fault({ kind: "reset", when, operation: "createUser", times: 1 });
        const run = () => calm.call(createUser, { body: newUser(name) });
        const { idempotencyKey, attempts } = await failing(run, "CONNECTION_LOST", "unknown");
        equal(attempts.length, 1);
        equal(await scene.countUsers(client, name), when === "after" ? 1 : 0);
        const user = await calm.call(createUser, { idempotencyKey, body: newUser(name) });
        equal([user.last_name, await scene.countUsers(client, name)], [name, 1]);
      },
    );

  await check("the connection is cut after it was done: the client repairs it by itself", async () => {
    await scene.fault({ kind: "reset", when: "after", operation: "createUser", times: 2 });
    const { attempts } = await create("Repaired");
    equal(
      attempts.map(({ code, status }) => code ?? status),
      ["CONNECTION_LOST", "CONNECTION_LOST", 200],
    );
    equal(await scene.countUsers(client, "Repaired"), 1);
  });

  await check("an answer that comes too late: the client asks again with the same key", async () => {
    await scene.fault({ kind: "latency", ms: 800, operation: "createUser", times: 1 });
    const { attempts } = await client.call.withResponse(createUser, {
      body: newUser("Too late"),
      timeout: 400,
    });
    equal(
      attempts.map(({ code, status }) => code ?? status),
      ["TIMEOUT", 200],
    );
    // Until the first one was carried out, too.
    await new Promise((resolve) => setTimeout(resolve, 800));
    equal(await scene.countUsers(client, "Too late"), 1);
  });

  await check("a token that was revoked: one new token, and the call goes on", async () => {
    let tokens = 0;
    const own = await scene.createClient({ hooks: { onToken: () => tokens++ } });
    await own.call(listUsers);
    await scene.fault({ kind: "token-revocation", times: 1 });
    const { attempts } = await own.call.withResponse(createUser, { body: newUser("Revoked") });
    equal(
      attempts.map(({ status }) => status),
      [401, 200],
    );
    equal([tokens, await scene.countUsers(own, "Revoked")], [2, 1]);
  });

  await check("the server's clock is wrong: 401, rejected, with how far the clocks are apart", async () => {
    await scene.fault({ kind: "clock-skew", ms: 3_600_000, operation: "createUser", times: 2 });
    const error = await thrownBy(() => calm.call(createUser, { body: newUser("Skewed") }));
    ok(error instanceof UpvestApiError, describe(error));
    equal([error.status, error.outcome], [401, "rejected"]);
    // The header `date` is right all the same.
    ok(Math.abs(error.clockOffset!) < 10_000, `${error.clockOffset} ms`);
    equal(await scene.countUsers(client, "Skewed"), 0);
  });
}
