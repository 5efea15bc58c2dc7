import { createUpvestClient } from "@upvest-sdk/client";
import * as api from "@upvest-sdk/client/operations";
import { createSigner, generateKeyPair } from "@upvest-sdk/signing/node";
import type { WebhookEvent } from "@upvest-sdk/types";
import { createWebhookReceiver, staticKeys } from "@upvest-sdk/webhooks";
import { toNodeHandler } from "@upvest-sdk/webhooks/node";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { startSandbox } from "../src/sandbox.js";
import { checkMoney, checkTold } from "./support/books.js";
import { listen } from "./support/receiver.js";
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

const shrink = process.env["UPVEST_SDK_MONEY_SHRINK"] !== undefined;
const counts = new Map<Kind, number>();

async function play(list: readonly Step[]): Promise<void> {
  const { sandbox, client, told, hear, story } = await begin();
  try {
    await story.begin(hear);
    for (const [at, step] of list.entries()) {
      const done = await story.carryOut(step);
      if (!done) continue;
      counts.set(step.kind, (counts.get(step.kind) ?? 0) + 1);
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
    for (const row of [...told.rebalancingOrders.values()])
      expect(row.status).toMatch(/^(FILLED|CANCELLED)$/);
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

/** The same, with somebody who only knows what is delivered. */
async function playDelivered(list: readonly Step[]): Promise<void> {
  const { sandbox, client, hear, story } = await begin();
  const delivered = new Told();
  const ids: string[] = [];
  const errors: unknown[] = [];
  const receiver = createWebhookReceiver({
    keys: staticKeys(await client.call(api.getJwks)),
    onError: (error) => errors.push(error),
  });
  receiver.on("*", (event) => {
    const { webhook_id, ...rest } = event;
    delivered.hear(rest as WebhookEvent);
    ids.push(event.id);
  });
  const handle = toNodeHandler(receiver);
  let requests = 0;
  const { url, close } = await listen((request, response) => {
    if (++requests % 5 === 0) response.writeHead(503).end();
    else void handle(request, response);
  });
  try {
    sandbox.faults.add({ kind: "duplicate-delivery", probability: 0.2, times: Infinity });
    const body = { title: "Story", url, config: { delay: "5s", max_package_size: 51_200 } } as const;
    const webhook = await client.call(api.createWebhook, { body });
    await client.call(api.updateWebhook, { path: { webhook_id: webhook.id }, body: { enabled: true } });

    const compare = async () => {
      // Until all is delivered that was told so far.
      for (let wait = 0; wait < 50 && ids.length < sandbox.events.length; wait++) await story.advance(10_000);
      hear();
      expect(errors).toEqual([]);
      expect(ids).toEqual(sandbox.events.map(({ id }) => id));
      await checkMoney(client, delivered);
      await checkTold(client, delivered, "all");
    };
    await story.begin(hear);
    for (const [at, step] of list.entries()) {
      await story.carryOut(step);
      hear();
      if (at % 10 === 9) await compare();
    }
    await story.end(hear);
    await compare();
  } finally {
    await close();
    await sandbox.close();
  }
}

describe("whatever is done, in whatever order and at whatever time", () => {
  test("money adds up after every step, and events tell all that changes", async () => {
    await fc.assert(fc.asyncProperty(steps(120), play), {
      numRuns: runs,
      ...(seed !== undefined && { seed: Number(seed) }),
      endOnFailure: !shrink,
    });
    // All of it was tried.
    if (runs >= 40) expect(allKinds.filter((kind) => !counts.has(kind))).toEqual([]);
  }, 3_600_000);

  test("the events of webhooks tell the same, although some deliveries fail and some come twice", async () => {
    await fc.assert(fc.asyncProperty(steps(60), playDelivered), {
      numRuns: Math.ceil(runs / 8),
      ...(seed !== undefined && { seed: Number(seed) }),
      endOnFailure: !shrink,
    });
  }, 3_600_000);
});
