import type { Hono } from "hono";
import type { Clock } from "./clock.js";
import type { Fault, Faults } from "./faults.js";
import type { Env } from "./server.js";

const local = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** Whether a request was meant for this machine: a page elsewhere whose name was made to lead here is refused. */
export const isLocal = (host: string | undefined): boolean => local.test(host ?? "");

/** What tests in other languages drive the sandbox by. Only for programs on this machine: JSON in, JSON out, no CORS. */
export function serveControl(app: Hono<Env>, { clock, faults }: { clock: Clock; faults: Faults }): void {
  const at = "/_sandbox";
  app.use(`${at}/*`, async (context, next) => {
    if (!isLocal(context.req.header("host"))) return context.json({ detail: "Only for this machine." }, 403);
    // A page can send a form anywhere, but not this type.
    if (context.req.method === "POST" && context.req.header("content-type") !== "application/json")
      return context.json({ detail: "The content type is application/json." }, 415);
    return await next();
  });
  const read = async (json: () => Promise<unknown>): Promise<Record<string, unknown>> => {
    const value = await json().catch(() => undefined);
    if (typeof value !== "object" || value === null) throw new TypeError("The body is a JSON object.");
    return value as Record<string, unknown>;
  };
  app.get(`${at}/clock`, (context) => context.json({ now: clock.now() }));
  app.post(`${at}/clock`, async (context) => {
    try {
      const { advance } = await read(() => context.req.json());
      await clock.advance(typeof advance === "number" ? advance : Number.NaN);
      return context.json({ now: clock.now() });
    } catch (error) {
      return context.json({ detail: error instanceof Error ? error.message : String(error) }, 400);
    }
  });
  app.get(`${at}/faults`, (context) => context.json(faults.list()));
  app.post(`${at}/faults`, async (context) => {
    try {
      faults.add((await read(() => context.req.json())) as Fault);
      return context.json(faults.list());
    } catch (error) {
      return context.json({ detail: error instanceof Error ? error.message : String(error) }, 400);
    }
  });
  app.delete(`${at}/faults`, (context) => {
    faults.clear();
    return context.json([]);
  });
}
