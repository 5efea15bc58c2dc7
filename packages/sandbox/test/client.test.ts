import { createUpvestClient } from "@upvest-sdk/client";
import { createUser, listUsers } from "@upvest-sdk/client/operations";
import { createSigner } from "@upvest-sdk/signing/node";
import { expect, test } from "vitest";
import { startSandbox } from "../src/sandbox.js";
import { newUser } from "./support/running.js";

// The client's promise, nothing lost and nothing done twice, under each thing that the API may do with a key.
test.each(["conflict", "wait", "rerun"] as const)(
  "%s: creations with connections cut, errors and slow answers are there once each",
  async (idempotency) => {
    const sandbox = await startSandbox({ idempotency, seed: `faults ${idempotency}` });
    const { clientId, clientSecret, keyId, privateKeyPem } = sandbox.credentials;
    const client = createUpvestClient({
      baseUrl: sandbox.url,
      clientId,
      clientSecret,
      scopes: ["users:admin"],
      signer: await createSigner({ keyId, privateKey: privateKeyPem }),
      retry: { maxRetries: 12, baseDelay: 5, maxDelay: 20, budget: Infinity },
      timeout: 5000,
    });
    await client.call(listUsers, {});
    for (const when of ["before", "after"] as const) {
      sandbox.faults.add({ kind: "reset", when, probability: 0.1, operation: "createUser" });
      sandbox.faults.add({ kind: "status", status: 503, when, probability: 0.1, operation: "createUser" });
    }
    const names = Array.from({ length: 150 }, (_, at) => `User ${at}`);
    const ids = new Set<string>();
    for (let at = 0; at < names.length; at += 10) {
      // Once: a client asks for a new token by force at most once in 10 s.
      if (at === 50) sandbox.faults.add({ kind: "token-revocation", times: 1 });
      await Promise.all(
        names.slice(at, at + 10).map(async (last_name) => {
          const { id } = await client.call(createUser, {
            body: { ...newUser, nationalities: ["DE"], last_name },
          });
          ids.add(id);
        }),
      );
    }
    sandbox.faults.clear();
    const seen: string[] = [];
    for await (const user of client.paginate(listUsers, { query: { limit: 50 } })) {
      expect(ids.has(user.id)).toBe(true);
      seen.push(user.last_name);
    }
    expect(seen.sort()).toEqual([...names].sort());
    expect(sandbox.requests.some(({ status }) => status === 503)).toBe(true);
    await sandbox.close();
  },
);

test("a call that is given up while it runs, and made again with its key: done once, or told that it may be", async () => {
  for (const idempotency of ["conflict", "wait"] as const) {
    const sandbox = await startSandbox({ idempotency });
    const { clientId, clientSecret, keyId, privateKeyPem } = sandbox.credentials;
    const client = createUpvestClient({
      baseUrl: sandbox.url,
      clientId,
      clientSecret,
      scopes: ["users:admin"],
      signer: await createSigner({ keyId, privateKey: privateKeyPem }),
      retry: { maxRetries: 1, baseDelay: 1, maxDelay: 2 },
    });
    await client.call(listUsers, {});
    sandbox.faults.add({ kind: "latency", ms: 3000, when: "after", operation: "createUser", times: 1 });
    const outcome = await client
      .call(createUser, { body: { ...newUser, nationalities: ["DE"] }, timeout: 1500 })
      .then(
        () => "done",
        (error) => error.outcome,
      );
    expect(idempotency === "conflict" ? ["unknown"] : ["done", "unknown"]).toContain(outcome);
    expect((await client.call(listUsers, {})).meta.total_count).toBe(1);
    await sandbox.close();
  }
});
