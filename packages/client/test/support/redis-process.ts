// Run as a process of its own: a client whose token is shared through Redis, and that calls as it is told.
import { listUsers } from "@upvest-sdk/types/operations";
import { createUpvestClient, redisTokenStore } from "../../src/index.js";
import { type ClientPackage, connectRedis } from "./redis-client.js";

export interface ToProcess {
  readonly calls: number;
}
export interface FromProcess {
  readonly succeeded: number;
}

interface Settings {
  readonly name: string;
  readonly package: ClientPackage;
  readonly port: number;
  readonly url: string;
}

const settings: Settings = JSON.parse(process.argv[2]!);
const { redis } = connectRedis(settings.package, settings.port);
const client = createUpvestClient({
  baseUrl: settings.url,
  clientId: "8e5b3c7f-3a5a-4d0e-9d59-0f6b4a6a1c55",
  clientSecret: "secret",
  scopes: ["users:read"],
  signer: { headers: async ({ headers }) => ({ ...headers, "x-process": settings.name }) },
  tokenStore: redisTokenStore(redis),
});

process.on("message", async ({ calls }: ToProcess) => {
  const results = await Promise.allSettled(Array.from({ length: calls }, () => client.call(listUsers)));
  const answer: FromProcess = { succeeded: results.filter(({ status }) => status === "fulfilled").length };
  process.send!(answer);
});
