import { Redis } from "ioredis";
import { createClient } from "redis";
import type { RedisClient } from "../../src/index.js";

export type ClientPackage = "redis" | "ioredis";

/** A client as the package's own guide makes it; it is not waited for until it is connected. */
export function connectRedis(name: ClientPackage, port: number): { redis: RedisClient; close(): void } {
  if (name === "ioredis") {
    const redis = new Redis(port, "127.0.0.1", { retryStrategy: () => 20 });
    redis.on("error", () => {});
    return { redis, close: () => redis.disconnect() };
  }
  const redis = createClient({ socket: { host: "127.0.0.1", port, reconnectStrategy: 20 } });
  redis.on("error", () => {});
  redis.connect().catch(() => {});
  return { redis, close: () => redis.destroy() };
}
