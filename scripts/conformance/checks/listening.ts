import { deleteWebhook, testWebhook } from "@upvest-sdk/client/operations";
import { isKnownEvent, remoteKeys, type WebhookReceiver } from "@upvest-sdk/webhooks";
import { equal, ok } from "../../../packages/signing/conformance/check.js";
import type { Scene } from "../scene.js";
import { tampered } from "../tampering.js";
import { createWatched, requestOf } from "./webhooks.js";

let receiver: WebhookReceiver | undefined;

/** What the server of this runtime answers with. */
export const handle: WebhookReceiver["handle"] & ((request: Request) => Promise<Response>) = async (
  request: Parameters<WebhookReceiver["handle"]>[0],
) => {
  if (receiver === undefined) return new Response("No receiver yet.", { status: 404 });
  return (await receiver.handle(request)) as Response;
};

/** The sandbox delivers to a server of this runtime. Not on a page, which cannot listen. */
export async function listeningChecks(scene: Scene): Promise<void> {
  const { check, facts } = scene;
  const { listening } = facts;
  if (listening === undefined) return;
  const client = await scene.createClient();
  const target = "/hooks?tenant=listening";
  /** A receiver in its place, and a subscription that leads to it. */
  const listen = async () => {
    const watched = createWatched({ keys: remoteKeys(client) });
    receiver = watched.receiver;
    const { id } = await scene.subscribe(client, listening + target);
    return { ...watched, id, stop: () => client.call(deleteWebhook, { path: { webhook_id: id } }) };
  };

  await check("the API delivers to a server of this runtime: taken, and not sent again", async () => {
    const { events, errors, deliveries, stop } = await listen();
    await scene.createUser(client, "Delivered");
    await scene.advance(2_000);
    await scene.advance(30_000);
    await stop();
    equal(
      events.map((event) => [event.type, isKnownEvent(event)]),
      [
        ["USER.CREATED", true],
        ["USER.ACTIVATED", true],
      ],
    );
    equal([errors.length, deliveries.length, deliveries[0]!.status], [0, 1, 200]);
  });

  await check("a delivery that is sent twice is handled once", async () => {
    const { events, deliveries, stop } = await listen();
    await scene.fault({ kind: "duplicate-delivery", times: 1 });
    await scene.createUser(client, "Twice");
    await scene.advance(30_000);
    await stop();
    equal([events.length, deliveries.map(({ duplicates }) => duplicates)], [2, [0, 2]]);
  });

  await check("a handler that fails once: the API sends again, and it is done", async () => {
    const { receiver, deliveries, stop } = await listen();
    const attempts: number[] = [];
    receiver.on("USER.ACTIVATED", (_, { attempt }) => {
      attempts.push(attempt);
      if (attempt === 1) throw new Error("not yet");
    });
    await scene.createUser(client, "Again");
    await scene.advance(30_000);
    await stop();
    equal(
      [attempts, deliveries.map(({ status }) => status)],
      [
        [1, 2],
        [500, 200],
      ],
    );
  });

  await check(
    "the API's test of the subscription is answered with 200, and its event goes to *",
    async () => {
      const { events, id, stop } = await listen();
      const { response } = await client.call(testWebhook, { path: { webhook_id: id } });
      await stop();
      equal(response.status, 200);
      equal(
        events.map((event) => [event.type, isKnownEvent(event)]),
        [["WEBHOOK.TEST", false]],
      );
    },
  );

  const { id } = await scene.subscribe(client, facts.capture + target);
  await scene.createUser(client, "Repeated");
  await scene.advance(2_000);
  await client.call(deleteWebhook, { path: { webhook_id: id } });
  const [delivery] = await scene.captured(target);
  ok(delivery !== undefined, "nothing was delivered");

  await check("what was delivered elsewhere is taken here, path and query being the same", async () => {
    const { events, stop } = await listen();
    equal((await fetch(requestOf(delivery, listening))).status, 200);
    await stop();
    equal(events.length, 2);
  });

  for (const [what, changed] of Object.entries(tampered(delivery)))
    await check(`tampered with on its way to this server: ${what}: 401`, async () => {
      const { events, errors, stop } = await listen();
      const response = await fetch(requestOf(changed, listening));
      await stop();
      equal([response.status, events.length, errors.length], [401, 0, 1]);
    });
}
