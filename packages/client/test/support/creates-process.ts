// Run as a process of its own: a job that creates things, each under a key made of the job's own ids, until all are done.
import { createAccountGroup } from "@upvest-sdk/types/operations";
import { createUpvestClient, idempotencyKeyFrom } from "../../src/index.js";

interface Settings {
  readonly url: string;
  readonly count: number;
  /** In ms. */
  readonly timeout: number;
  /** What a job must not do. */
  readonly freshKeys: boolean;
}

const { url, count, timeout, freshKeys }: Settings = JSON.parse(process.argv[2]!);
const client = createUpvestClient({
  baseUrl: url,
  clientId: "8e5b3c7f-3a5a-4d0e-9d59-0f6b4a6a1c55",
  clientSecret: "secret",
  scopes: ["accounts:admin"],
  signer: { headers: async ({ headers }) => headers },
  timeout,
  retry: { baseDelay: 5, maxDelay: 50 },
});

async function main(): Promise<void> {
  let left = Array.from({ length: count }, (_, n) => `thing-${n}`);
  const work = async (reference: string): Promise<void> => {
    const idempotencyKey = freshKeys ? undefined : await idempotencyKeyFrom(createAccountGroup, reference);
    await client.call(createAccountGroup, { body: { reference } as never, idempotencyKey });
    left = left.filter((one) => one !== reference);
  };
  while (left.length > 0) {
    const queue = [...left];
    const worker = async () => {
      for (let one = queue.shift(); one; one = queue.shift()) await work(one).catch(() => {});
    };
    await Promise.all(Array.from({ length: 20 }, worker));
  }
  process.exit(0);
}

void main();
