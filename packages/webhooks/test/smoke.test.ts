import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { generateKeyPair, signWebhook } from "@upvest-sdk/signing/node";
import { expect, test } from "vitest";
import { createWebhookReceiver, staticKeys, type WebhookError } from "../src/index.js";
import { toNodeHandler } from "../src/node.js";

test("a signed delivery over HTTP is handled once", async () => {
  const { privateKeyPem, publicKeyJwk } = await generateKeyPair("p521");
  const keyId = randomUUID();
  const seen: string[] = [];
  const errors: WebhookError[] = [];
  const receiver = createWebhookReceiver({
    keys: staticKeys({ keys: [{ ...publicKeyJwk, kid: keyId }] }),
    onError: (error) => errors.push(error),
  });
  let fail = true;
  receiver
    .on("ORDER.*", (event, { idempotencyKey, attempt }) => {
      seen.push(`${event.type} ${attempt} ${idempotencyKey.length}`);
      if (fail) throw new Error("not now");
    })
    .on("ORDER_CANCELLATION.CANCELLED" as never, () => {
      seen.push("never");
    });
  const server = createServer(toNodeHandler(receiver));
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks?a=1`;
  const body = JSON.stringify({
    payload: [
      {
        id: randomUUID(),
        created_at: new Date().toISOString(),
        type: "ORDER.NEW",
        object: {},
        webhook_id: randomUUID(),
      },
    ],
  });
  const send = async () => {
    const headers = await signWebhook(
      { url, body, headers: { "content-type": "application/json" } },
      { keyId, privateKey: privateKeyPem },
    );
    return (await fetch(url, { method: "POST", headers, body })).status;
  };
  expect(await send()).toBe(500);
  fail = false;
  expect(await send()).toBe(200);
  expect(await send()).toBe(200);
  expect(seen).toEqual(["ORDER.NEW 1 36", "ORDER.NEW 2 36"]);
  expect(errors.map(({ code }) => code)).toEqual(["HANDLER_FAILED"]);
  expect((await fetch(url)).status).toBe(405);
  expect((await fetch(url, { method: "POST", body: "{}" })).status).toBe(415);
  expect(
    (await fetch(url, { method: "POST", body: "{}", headers: { "content-type": "application/json" } }))
      .status,
  ).toBe(401);
  server.close();
});
