import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { cors } from "hono/cors";
import type { Access, Incoming, SignatureReport } from "./access.js";
import { byDescription } from "./by-description.js";
import type { ApiOperation, Description } from "./description.js";
import type { OwnFaults } from "./faults.js";
import type { Call } from "./handler.js";
import { checkKey, type Idempotency } from "./idempotency.js";
import { invalid, Problem, problemDetails } from "./problem.js";
import type { Validator } from "./validation.js";
import type { World } from "./world.js";

/** A request and what came of it. */
export interface Exchange {
  /** UUID: the header `upvest-request-id` of the answer. */
  id: string;
  /** Unix time, ms, of the machine. */
  at: number;
  /** HTTP method, in capitals. */
  method: string;
  /** Path and query as they were sent. */
  target: string;
  /** The operation's id in the description, if there is one at the path. */
  operation?: string;
  /** HTTP status of the answer. */
  status: number;
  /** What was seen of the signature. */
  signature: SignatureReport;
  /** What it was refused for. */
  problem?: string;
  /** What the answer rests on that Upvest does not document. */
  assumed: readonly string[];
  /** How long it took, in ms of real time. */
  ms: number;
}

export interface ServerOptions {
  world: World;
  description: Description;
  validator: Validator;
  access: Access;
  idempotency: Idempotency;
  faults: OwnFaults;
  /** Requests a second; `Infinity` for no limit. */
  rateLimit: number;
  /** What carries out an operation; one that is not here goes by its description. */
  handlers: Readonly<Record<string, ((call: Call) => unknown) | undefined>>;
  /** Operations that take their time. */
  slow: Readonly<Record<string, (id: string) => Promise<unknown>>>;
  /** Before anything else, e.g. the revocation of tokens. */
  onRequest: () => void;
  /** State may have changed. */
  onChange: () => void;
  onExchange: (exchange: Exchange) => void;
}

export type Env = { Bindings: HttpBindings };
type Ctx = Context<Env>;
type Body = string | Uint8Array<ArrayBuffer> | null;

const maxBodyBytes = 16 * 1024 * 1024;
const sleep = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/** Whether an `accept` header takes a media type. */
function accepts(header: string, mediaType: string): boolean {
  const [type] = mediaType.split("/");
  return header.split(",").some((range) => {
    const wanted = range.split(";")[0]!.trim().toLowerCase();
    return wanted === mediaType || wanted === "*/*" || wanted === `${type}/*`;
  });
}

/** The body; a request without one is not asked for it, which takes its time. */
async function read(context: Ctx): Promise<Uint8Array> {
  const { headers } = context.env.incoming;
  if (headers["content-length"] === undefined && headers["transfer-encoding"] === undefined)
    return new Uint8Array();
  return new Uint8Array(await context.req.arrayBuffer());
}

/** Adds the API to a web application for `@hono/node-server`. */
export function serveApi(app: Hono<Env>, options: ServerOptions): void {
  const { world, description, validator, access, idempotency, faults, handlers, slow } = options;
  let second = 0;
  let requests = 0;
  const limitRate = () => {
    const now = Math.floor(Date.now() / 1000);
    if (now !== second) requests = 0;
    second = now;
    if (++requests > options.rateLimit)
      throw new Problem(
        429,
        "too_many_requests",
        `More than ${options.rateLimit} requests in a second: wait, longer each time, and repeat the request with the same idempotency key.`,
      );
  };

  /** What the description says of the form of a request. */
  const readInput = (
    operation: ApiOperation,
    { target, headers, bytes }: Incoming,
    path: Record<string, string>,
  ) => {
    const checkedPath = validator.parameters(operation, "path", path);
    if (checkedPath.fault)
      throw new Problem(
        operation.refusals.has(400) ? 400 : 404,
        operation.refusals.has(400) ? "invalid_request" : "not_found",
        `${checkedPath.fault}.`,
      );
    const given: Record<string, string | string[]> = {};
    for (const [name, value] of new URLSearchParams(target.split("?")[1] ?? "")) {
      const old = given[name];
      given[name] = old === undefined ? value : [...(Array.isArray(old) ? old : [old]), value];
    }
    const query = validator.parameters(operation, "query", given);
    if (query.fault) throw invalid(`${query.fault}.`);

    let body: unknown;
    const contentType = headers.get("content-type");
    if (operation.bodies.size === 0) {
      if (bytes.length) throw invalid(`${operation.id} takes no body: send none, and no content-type.`);
    } else if (bytes.length === 0) {
      if (operation.bodyRequired)
        throw invalid(`${operation.id} needs a body: ${[...operation.bodies.keys()].join(" or ")}.`);
    } else {
      if (contentType === null || !operation.bodies.has(contentType))
        throw invalid(
          `unexpected request Content-Type: it must be exactly ${[...operation.bodies.keys()].join(" or ")}, without parameters such as a charset.`,
        );
      const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
      try {
        const decoded = text.decode(bytes);
        if (contentType === "application/json") body = JSON.parse(decoded);
        else {
          const form: Record<string, string> = {};
          for (const [name, value] of new URLSearchParams(decoded)) {
            if (Object.hasOwn(form, name)) throw new SyntaxError("a field comes twice");
            form[name] = value;
          }
          body = form;
        }
      } catch (error) {
        throw invalid(
          `The body cannot be read as ${contentType}: ${error instanceof Error ? error.message : error}.`,
        );
      }
      const fault = validator.body(operation, contentType, body);
      if (fault) throw invalid(`${fault}.`);
    }
    return { path: checkedPath.values, query: query.values, body };
  };

  const mediaTypeFor = (operation: ApiOperation, headers: Headers) => {
    const offered = operation.answers.size ? [...operation.answers.keys()] : ["application/json"];
    const wanted = headers.get("accept") ?? "*/*";
    const mediaType = offered.find((one) => accepts(wanted, one));
    if (!mediaType)
      throw new Problem(
        406,
        "not_acceptable",
        `${operation.id} answers with ${offered.join(" or ")}: send one of these in accept.`,
      );
    return mediaType;
  };

  const reset = (context: Ctx) => {
    context.env.incoming.socket.resetAndDestroy();
    return RESPONSE_ALREADY_SENT;
  };

  const faulty = (status: number) => {
    const types: Record<number, string> = {
      429: "too_many_requests",
      500: "internal",
      502: "bad_gateway",
      503: "unavailable",
      504: "gateway_timeout",
    };
    return new Problem(status, types[status]!, "A fault that this sandbox was told to have.");
  };

  const answer = async (context: Ctx, operation: ApiOperation | undefined, path: Record<string, string>) => {
    const began = performance.now();
    const requestId = world.ids.uuid();
    const exchange: Exchange = {
      id: requestId,
      at: Date.now(),
      method: context.req.method,
      target: context.env.incoming.url ?? "/",
      ...(operation && { operation: operation.id }),
      status: 0,
      signature: { verdict: "not checked" },
      assumed: [],
      ms: 0,
    };
    const assumed = new Set<string>();
    const send = (status: number, body: Body, contentType: string, more: Record<string, string> = {}) => {
      exchange.status = status;
      exchange.assumed = [...assumed];
      exchange.ms = performance.now() - began;
      options.onExchange(exchange);
      const headers: Record<string, string> = { "upvest-request-id": requestId, ...more };
      if (body !== null) headers["content-type"] = contentType;
      // Header values are bytes.
      if (assumed.size) headers["x-sandbox-assumed"] = [...assumed].join("; ").replace(/[^ -~]/g, "?");
      return new Response(body, { status, headers });
    };
    try {
      options.onRequest();
      for (const { ms } of faults.take("latency", operation)) await sleep(ms);
      if (faults.take("reset", operation).length) return reset(context);
      const [early] = faults.take("status", operation);
      if (early) throw faulty(early.status);

      limitRate();
      const request: Incoming = {
        method: context.req.method,
        target: exchange.target,
        headers: context.req.raw.headers,
        bytes: await read(context),
      };
      access.checkClient(request);
      let skew = 0;
      for (const { ms } of faults.take("clock-skew", operation)) skew += ms;
      await access.checkSignature(request, skew, exchange.signature, (what) => assumed.add(what));
      if (!operation) throw missing(context, exchange.target);
      if (operation.id !== "issue_token") access.checkToken(request, operation);
      const accept = mediaTypeFor(operation, request.headers);
      if (operation.idempotent) checkKey(request.headers);
      const input = readInput(operation, request, path);

      const handler =
        (operation.name === undefined ? undefined : handlers[operation.name]) ??
        byDescription(operation, description, validator);
      const late = async () => {
        for (const { ms } of faults.take("latency", operation, "after")) await sleep(ms);
      };
      let result: unknown;
      const call = {
        world,
        ...input,
        accept,
        assumed: (what: string) => assumed.add(what),
      } as unknown as Call;
      const carryOut = () => {
        result = handler(call);
        options.onChange();
        return {
          status: operation.status,
          body: result === undefined || result instanceof Uint8Array ? "" : JSON.stringify(result),
        };
      };

      let status = operation.status;
      let body: Body;
      if (operation.idempotent) {
        const given = await idempotency.once(request, operation.id, call.assumed, carryOut, late);
        status = given.status;
        body = given.body || null;
      } else {
        const own = operation.name === undefined ? undefined : slow[operation.name];
        if (own) {
          const [id = ""] = Object.values(input.path as Record<string, string>);
          result = await own(id);
          body = JSON.stringify(result);
        } else {
          body = carryOut().body || null;
          if (result instanceof Uint8Array) body = result as Uint8Array<ArrayBuffer>;
        }
        await late();
      }
      if (faults.take("reset", operation, "after").length) return reset(context);
      const [failing] = faults.take("status", operation, "after");
      if (failing) throw faulty(failing.status);
      return send(status, body, accept);
    } catch (error) {
      const problem =
        error instanceof Problem
          ? error
          : new Problem(
              500,
              "internal",
              "The sandbox itself is at fault; the console of the process says where.",
            );
      if (!(error instanceof Problem)) console.error(error);
      exchange.problem = problem.detail;
      const details = JSON.stringify(problemDetails(problem, requestId));
      return send(problem.status, details, "application/problem+json", problem.headers);
    }
  };

  const allowed = new Map<string, string[]>();

  /** No such path, or not with this method. */
  const missing = (context: Ctx, target: string): Problem => {
    const methods = allowed.get(context.req.routePath);
    const [path] = target.split("?");
    if (!methods) return new Problem(404, "not_found", `There is no ${path} in the API.`);
    const problem = new Problem(405, "method_not_allowed", `${path} takes ${methods.join(", ")}.`);
    problem.headers["allow"] = methods.join(", ");
    return problem;
  };

  app.use(
    cors({
      origin: "*",
      exposeHeaders: ["upvest-request-id", "x-sandbox-assumed"],
      allowMethods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
    }),
  );
  app.use(
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: (context) => {
        const problem = new Problem(413, "content_too_large", `A body has at most ${maxBodyBytes} bytes.`);
        const requestId = world.ids.uuid();
        return context.body(JSON.stringify(problemDetails(problem, requestId)), 413, {
          "content-type": "application/problem+json",
          "upvest-request-id": requestId,
        });
      },
    }),
  );

  const route = (path: string) => path.replace(/\{([^}]+)\}/g, ":$1");
  // `/portfolios/configurations` before `/portfolios/:id`: what is written out goes first.
  const ordered = [...description.operations].sort(
    (a, b) => a.path.split("{").length - b.path.split("{").length,
  );
  for (const operation of ordered) {
    const path = route(operation.path);
    allowed.set(path, [...(allowed.get(path) ?? []), operation.method]);
    app.on(operation.method, path, (context) =>
      answer(context as Ctx, operation, context.req.param() as Record<string, string>),
    );
  }
  for (const path of allowed.keys()) app.all(path, (context) => answer(context as Ctx, undefined, {}));
  app.notFound((context) => answer(context as Ctx, undefined, {}));
}
