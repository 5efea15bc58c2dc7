// Run as a process of its own: the receiver or the worker of examples/webhooks-queue, which kills itself at a step.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type AnyEvent,
  createWebhookReceiver,
  type Deduplication,
  redisDeduplication,
  staticKeys,
  type WebhookReceiver,
} from "@upvest-sdk/webhooks";
import { toNodeHandler } from "@upvest-sdk/webhooks/node";
import { connect, openQueue } from "../../../../examples/webhooks-queue/queue.js";
import { receiveInto } from "../../../../examples/webhooks-queue/receive.js";
import { startWorker } from "../../../../examples/webhooks-queue/work.js";
import type { FromProcess, Settings } from "./queue-steps.js";

const settings: Settings = JSON.parse(process.argv[2]!);
const redis = connect(settings.redis);
/** What was done, in another database. */
const effects = connect(`${settings.redis}/1`);

let times = 0;
async function reach(step: NonNullable<Settings["step"]>, event?: string): Promise<void> {
  if (step !== settings.step || ++times < 3) return;
  if (event) await effects.set("in flight", event);
  process.kill(process.pid, "SIGKILL");
  await new Promise(() => {});
}

async function receive(): Promise<void> {
  const verifying = createWebhookReceiver({
    keys: staticKeys({ keys: [settings.jwk] }),
    deduplicate: false,
  });
  const queue = openQueue(redis);
  // Tests do not wait for a second.
  queue.opts.defaultJobOptions!.backoff = { type: "fixed", delay: 100 };
  const verify: WebhookReceiver["verify"] = async (request) => {
    await reach("arrived");
    const verified = await verifying.verify(request);
    await reach("verified");
    return verified;
  };
  const addBulk: typeof queue.addBulk = async (jobs) => {
    if (settings.step === "half enqueued") {
      const half = jobs.slice(0, jobs.length / 2);
      await queue.addBulk(half);
      await reach("half enqueued");
    }
    const added = await queue.addBulk(jobs);
    await reach("enqueued");
    return added;
  };
  const handle = receiveInto({ addBulk }, { verify });
  const server = createServer(toNodeHandler({ handle })).listen(0, "127.0.0.1", () => {
    process.send!({ port: (server.address() as AddressInfo).port } satisfies FromProcess);
  });
}

async function work(): Promise<void> {
  const store = redisDeduplication(redis, { lease: 1_000 });
  const stepping: Deduplication = {
    ...store,
    async claim(id, owner) {
      const claim = await store.claim(id, owner);
      if (claim.state === "claimed") await reach("claimed", id);
      return claim;
    },
    async confirm(id, owner) {
      const confirmed = await store.confirm(id, owner);
      await reach("confirmed", id);
      return confirmed;
    },
  };
  const receiver = createWebhookReceiver({ keys: () => undefined, deduplicate: stepping });
  receiver.on("*", async ({ id }: AnyEvent) => {
    await reach("begun", id);
    await effects.rpush("order", id);
    await reach("done", id);
  });
  const dispatch: WebhookReceiver["dispatch"] = async (events) => {
    await reach("taken", events[0]!.id);
    await receiver.dispatch(events);
  };
  const worker = startWorker(redis, { dispatch }, { lockDuration: 1_000, stalledInterval: 300 });
  worker.on("error", () => {});
  worker.on("completed", (job) => reach("completed", job.id));
  process.send!({ port: 0 } satisfies FromProcess);
}

if (settings.role === "receiver") receive();
else work();
