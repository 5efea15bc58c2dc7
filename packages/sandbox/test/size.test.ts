import { createUpvestClient } from "@upvest-sdk/client";
import { createUser, listUsers, retrieveUser } from "@upvest-sdk/client/operations";
import { createSigner, generateKeyPair } from "@upvest-sdk/signing/node";
import { expect, test } from "vitest";
import { startSandbox } from "../src/sandbox.js";
import { newUser } from "./support/running.js";

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

test("10,000 users: calls take about as long as with ten", async () => {
  // Ed25519, so that the test does not measure P-521.
  const { privateKeyPem, publicKeyPem } = await generateKeyPair("ed25519");
  const sandbox = await startSandbox({ publicKeys: publicKeyPem, publicKeyId: "quick", clock: "manual" });
  const client = createUpvestClient({
    baseUrl: sandbox.url,
    clientId: sandbox.credentials.clientId,
    clientSecret: sandbox.credentials.clientSecret,
    scopes: ["users:admin"],
    signer: await createSigner({ keyId: "quick", privateKey: privateKeyPem }),
  });
  const create = () => client.call(createUser, { body: { ...newUser, nationalities: ["DE"] } });
  const took = async (call: () => Promise<unknown>) => {
    const times: number[] = [];
    for (let turn = 0; turn < 25; turn++) {
      const began = performance.now();
      await call();
      times.push(performance.now() - began);
    }
    return median(times);
  };
  let last = await create();
  const measure = async () => ({
    create: await took(async () => {
      last = await create();
    }),
    retrieve: await took(() => client.call(retrieveUser, { path: { user_id: last.id } })),
    list: await took(() => client.call(listUsers, { query: { limit: 10, order: "DESC" } })),
  });
  await measure();
  const few = await measure();
  for (let made = 0; made < 10_000; made += 50) await Promise.all(Array.from({ length: 50 }, create));
  await sandbox.clock.advance(1000);
  const many = await measure();
  console.log(
    `10,000 users against 75: ${Object.entries(many)
      .map(([name, ms]) => `${name} ${(ms / few[name as keyof typeof few]).toFixed(1)}`)
      .join(", ")}`,
  );
  expect(many.create).toBeLessThan(few.create * 4 + 20);
  expect(many.retrieve).toBeLessThan(few.retrieve * 4 + 20);
  // Sorted afresh each time: some 10 ms.
  expect(many.list).toBeLessThan(few.list * 4 + 100);
  const began = performance.now();
  expect((await fetch(`${sandbox.url}/_console`)).status).toBe(200);
  expect(performance.now() - began).toBeLessThan(3000);
  await sandbox.close();
});
