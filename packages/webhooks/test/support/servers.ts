import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import type { Jwk } from "@upvest-sdk/signing";
import express from "express";
import express4 from "express-4";
import fastify from "fastify";
import { Hono } from "hono";
import { toNodeHandler } from "../../src/node.js";
import { createApp } from "./app.js";
import { type Runtime, run } from "./runtimes.js";

/** A server that receives deliveries at `/hooks`. */
export interface Running {
  readonly origin: string;
  /** The ids of the events that handlers saw, and what `onError` was told. */
  seen(): Promise<{ seen: string[]; errors: string[] }>;
  close(): Promise<unknown>;
}

export type Start = (jwk: Jwk) => Promise<Running>;
type App = ReturnType<typeof createApp>;

const running = (app: App, server: Server): Running => ({
  origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  seen: async () => structuredClone({ seen: app.seen, errors: app.errors }),
  close: () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    return closed;
  },
});

const listening = async (app: App, server: Server): Promise<Running> => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return running(app, server);
};

export const nodeHttp: Start = (jwk) => {
  const app = createApp(jwk);
  return listening(app, createServer(toNodeHandler(app.receiver)));
};

/** Express, with what stands before the receiver. */
const onExpress =
  (make: typeof express, ...before: express.RequestHandler[]): Start =>
  (jwk) => {
    const app = createApp(jwk);
    const server = make();
    if (before.length > 0) server.use(...before);
    server.use("/hooks", toNodeHandler(app.receiver));
    return listening(app, createServer(server));
  };
const raw = { type: "*/*", limit: "100mb", inflate: false };
export const express5: Start = onExpress(express);
export const express5Raw: Start = onExpress(express, express.raw(raw));
export const express5Json: Start = onExpress(express, express.json());
export const express5Text: Start = onExpress(express, express.text({ type: "*/*" }));
export const expressFour: Start = onExpress(express4);
export const expressFourRaw: Start = onExpress(express4, express4.raw(raw));
export const expressFourJson: Start = onExpress(express4, express4.json());

const onFastify =
  (leaveBodies: boolean): Start =>
  async (jwk) => {
    const app = createApp(jwk);
    const handler = toNodeHandler(app.receiver);
    const server = fastify({ forceCloseConnections: true });
    await server.register(async (hooks) => {
      if (leaveBodies) {
        hooks.removeAllContentTypeParsers();
        hooks.addContentTypeParser("*", (_, __, done) => done(null));
      }
      hooks.all("/hooks", async (request, reply) => {
        reply.hijack();
        await handler(request.raw, reply.raw);
      });
    });
    const origin = await server.listen({ port: 0, host: "127.0.0.1" });
    return { ...running(app, server.server), origin, close: () => server.close() };
  };
export const onFastifyLeft: Start = onFastify(true);
export const onFastifyParsed: Start = onFastify(false);

const onHono =
  (parsed: boolean): Start =>
  async (jwk) => {
    const app = createApp(jwk);
    const hono = new Hono();
    if (parsed) {
      hono.use(async (context, next) => {
        await context.req.json();
        await next();
      });
    }
    hono.all("/hooks", (context) => app.receiver.handle(context.req.raw));
    const server = await new Promise<Server>((resolve) => {
      const started = serve({ fetch: hono.fetch, port: 0, hostname: "127.0.0.1" }, () =>
        resolve(started as Server),
      );
    });
    return running(app, server);
  };
export const honoOnNode: Start = onHono(false);
export const honoParsed: Start = onHono(true);

/** A program in another runtime. */
export const inRuntime =
  (runtime: Runtime): Start =>
  async (jwk) => {
    const { origin, close } = await run(
      runtime,
      `import { createApp } from "./app.js";\nconst app = createApp(${JSON.stringify(jwk)});\n${runtime.serve}`,
    );
    const seen = async () => (await fetch(`${origin}/seen`)).json() as ReturnType<Running["seen"]>;
    return { origin, seen, close };
  };
