import { createUpvestClient } from "@upvest-sdk/client";
import { createSigner, generateKeyPair } from "@upvest-sdk/signing/node";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { startSandbox } from "../src/sandbox.js";
import { checkMoney, checkTold } from "./support/books.js";
import { allKinds, createStory, type Kind, type Step, steps } from "./support/story.js";
import { Told } from "./support/told.js";

const runs = Number(process.env["UPVEST_SDK_MONEY_RUNS"] ?? 40);
const seed = process.env["UPVEST_SDK_MONEY_SEED"];

let keys: Awaited<ReturnType<typeof generateKeyPair>>;
beforeAll(async () => {
  keys = await generateKeyPair("ed25519");
});

/** A sandbox with a clock that stands still, and a client whose signatures cost little. */
async function begin() {
  const sandbox = await startSandbox({
    seed: "money",
    clock: "manual",
    publicKeys: keys.publicKeyPem,
    publicKeyId: "story",
  });
  const { clientId, clientSecret } = sandbox.credentials;
  const client = createUpvestClient({
    baseUrl: sandbox.url,
    clientId,
    clientSecret,
    scopes: sandbox.scopes,
    signer: await createSigner({ keyId: "story", privateKey: keys.privateKeyPem }),
    retry: { maxRetries: 0 },
  });
  const told = new Told();
  let heard = 0;
  const hear = () => {
    const { events } = sandbox;
    for (const event of events.slice(heard)) told.hear(event);
    heard = events.length;
  };
  return { sandbox, client, told, hear, story: createStory(sandbox, client, told) };
}

const counts = new Map<Kind, number>();
let played = 0;

async function play(list: readonly Step[]): Promise<void> {
  const { sandbox, client, told, hear, story } = await begin();
  try {
    await story.begin(hear);
    for (const [at, step] of list.entries()) {
      const done = await story.carryOut(step);
      if (!done) continue;
      counts.set(step.kind, (counts.get(step.kind) ?? 0) + 1);
      played++;
      hear();
      await checkMoney(client, told);
      await checkTold(client, told, at % 15 === 14 ? "all" : "lately");
      told.forget();
    }
    await story.end(hear);
    await checkMoney(client, told);
    await checkTold(client, told, "all");
    // Nothing is open any more, so nothing is set aside.
    for (const order of told.orders.values()) {
      expect(order.status).toMatch(/^(FILLED|CANCELLED)$/);
      expect(order.executions.filter(({ status }) => status === "FILLED")).toEqual([]);
    }
    for (const row of [...told.withdrawals.values(), ...told.directDebits.values()])
      expect(row.status).toMatch(/^(CONFIRMED|CANCELLED)$/);
    for (const row of [...told.portfolioOrders.values(), ...told.liquidations.values()])
      expect(row.status).toMatch(/^(SETTLED|CANCELLED)$/);
    for (const row of [...told.rebalancingOrders.values()]) expect(row.status).toMatch(/^(FILLED|CANCELLED)$/);
    for (const row of told.planExecutions.values()) expect(row.status).toMatch(/^(SETTLED|CANCELLED)$/);
    for (const row of told.collections.values()) expect(row.status).toMatch(/^(FINALISED|CANCELLED)$/);
    for (const { locked_for_trading, pending_settlement } of told.cash.values())
      expect([locked_for_trading, pending_settlement]).toEqual(["0.00", "0.00"]);
    for (const { locked_for_trading, pending_settlement } of told.positions.values())
      expect([locked_for_trading, pending_settlement]).toEqual(["0", "0"]);
  } finally {
    await sandbox.close();
  }
}

describe("whatever is done, in whatever order and at whatever time", () => {
  test("money adds up after every step, and events tell all that changes", async () => {
    const began = performance.now();
    await fc.assert(fc.asyncProperty(steps(120), play), {
      numRuns: runs,
      ...(seed !== undefined && { seed: Number(seed) }),
      endOnFailure: process.env["UPVEST_SDK_MONEY_SHRINK"] === undefined,
    });
    console.log(`${runs} runs, ${played} steps, ${Math.round(performance.now() - began)} ms`);
    // All of it was tried.
    if (runs >= 40) expect(allKinds.filter((kind) => !counts.has(kind))).toEqual([]);
  }, 3_600_000);
});
