import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** The same sequence for the same seed (mulberry32), from 0 to 1. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Resource {
  readonly id: number;
  readonly key: string;
  readonly reference: string;
}

/** What comes back over the wire; nothing for a connection that breaks, `never` for one that hangs. */
export type Reply = { readonly status: number; readonly body: object } | "broken" | "never";

export interface Creates {
  readonly resources: Resource[];
  /** What was done to requests, for the test to see that it was done. */
  readonly seen: Record<string, number>;
  create(key: string, reference: string): Promise<Reply>;
}

const day = 86_400_000;

/**
 * A server that creates. It stores successes only, under their idempotency key and for 24 h, and gives them again. While
 * the first request of a key runs, another one gets a 409, or waits for it. Some requests are refused before anything is
 * done, some take longer than anybody waits; of those that are done, answers get lost.
 */
export function createsServer({
  mode,
  seed,
  timeout,
}: {
  mode: "conflict" | "wait";
  seed: number;
  /** How long clients wait, in ms. */
  timeout: number;
}): Creates {
  const chance = random(seed);
  const resources: Resource[] = [];
  const seen: Record<string, number> = {};
  const count = (what: string) => {
    seen[what] = (seen[what] ?? 0) + 1;
  };
  const stored = new Map<string, { resource: Resource; at: number }>();
  const running = new Map<string, Promise<Resource>>();
  const after = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

  const process = async (key: string, reference: string): Promise<Resource> => {
    const slow = chance() < 0.05;
    if (slow) count("slow");
    await after(timeout * (slow ? 1 + chance() : chance() * 0.02));
    const resource = { id: resources.length, key, reference };
    resources.push(resource);
    stored.set(key, { resource, at: performance.now() });
    running.delete(key);
    return resource;
  };

  return {
    resources,
    seen,
    async create(key, reference) {
      const refused = chance();
      if (refused < 0.04) {
        count("refused");
        return { status: refused < 0.02 ? 429 : 503, body: { type: "busy", status: 503 } };
      }
      const known = stored.get(key);
      let resource: Resource;
      if (known && performance.now() - known.at < day) {
        count("again");
        resource = known.resource;
      } else {
        const other = running.get(key);
        if (other) count(mode);
        if (other && mode === "conflict") return { status: 409, body: { type: "conflict", status: 409 } };
        const mine = other ?? process(key, reference);
        running.set(key, mine);
        resource = await mine;
        running.delete(key);
      }
      const lost = chance();
      if (lost < 0.2) count("dropped");
      else if (lost < 0.25) count("500");
      else if (lost < 0.3) count("hung");
      if (lost < 0.2) return "broken";
      if (lost < 0.25) return { status: 500, body: { type: "internal", status: 500 } };
      if (lost < 0.3) return "never";
      return { status: 201, body: resource };
    },
  };
}

/** What a program knows of one thing that it wants done. */
export interface Wanted {
  readonly reference: string;
  /** Once an outcome was unknown, the key stays: nothing but a success settles it. */
  key: string | undefined;
  unknown: boolean;
  done: boolean;
}

/** The server over HTTP, for processes that do not sign. */
export async function listen(creates: Creates): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    response.setHeader("content-type", "application/json");
    if (request.url === "/auth/token") {
      response.end(JSON.stringify({ access_token: "token", expires_in: 3600 }));
      return;
    }
    const { reference } = JSON.parse(Buffer.concat(chunks).toString());
    const reply = await creates.create(`${request.headers["idempotency-key"]}`, reference);
    if (reply === "never") return;
    if (reply === "broken") response.socket?.destroy();
    else response.writeHead(reply.status).end(JSON.stringify(reply.body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
