import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { importPublicKeys, type PublicKeysInput } from "@upvest-sdk/signing/node";
import type { Scope, WebhookEvent } from "@upvest-sdk/types";
import { Hono } from "hono";
import { type Credentials, createAccess } from "./access.js";
import type { Clock } from "./clock.js";
import { serveConsole } from "./console.js";
import { serveControl } from "./control.js";
import { createWorld, type SavedWorld } from "./create-world.js";
import { createDeliveries, type DeliveryRecord } from "./deliveries.js";
import { readDescription } from "./description.js";
import { createFaults, type Fault, type Faults } from "./faults.js";
import type { Call } from "./handler.js";
import { createIdempotency, type IdempotencyMode } from "./idempotency.js";
import { createIds } from "./ids.js";
import { p521Key } from "./p521-key.js";
import { resources } from "./resources.js";
import { type Env, type Exchange, serveApi } from "./server.js";
import { openStateFile, type StateFile } from "./state-file.js";
import { createValidator } from "./validation.js";
import { createWebhookKeys, type WebhookKey } from "./webhook-keys.js";
import type { World } from "./world.js";

/** How a sandbox is to be. What is called "assumed" Upvest does not document, and can be had otherwise. */
export interface SandboxOptions {
  /** TCP port on 127.0.0.1. Default: one that is free. */
  port?: number | undefined;
  /** Makes ids, keys, simulated values and the start of the clock the same each time. Default: new ones. */
  seed?: string | undefined;
  /** Faults from the start. More by `sandbox.faults`. */
  faults?: readonly Fault[] | undefined;
  /** `manual`: the clock stands still but for `sandbox.clock.advance(ms)`. Default `real`. */
  clock?: "real" | "manual" | undefined;
  /** A file that `upvest-codegen normalize` wrote. Default: the description that this release was made from. */
  description?: string | URL | undefined;
  /** A file that keeps everything over restarts. Default: it is forgotten. */
  state?: string | undefined;
  /** More keys that requests may be signed with, as JWK, JWKS or SPKI PEM. */
  publicKeys?: PublicKeysInput | undefined;
  /** The id of a key in `publicKeys` that has none. */
  publicKeyId?: string | undefined;
  /** Assumed: an idempotency key with another request, or while its first request runs. Default `conflict`. */
  idempotency?: IdempotencyMode | undefined;
  /** Assumed: a nonce that was used before is refused (`once`), or let through. Default `once`. */
  nonces?: "once" | "any" | undefined;
  /**
   * Assumed: every documented header that is sent has to be covered by the signature, or only method, path, query and
   * digest (`minimal`). Default `documented`.
   */
  coverage?: "documented" | "minimal" | undefined;
  /** Requests a second before 429; the vendor's sandbox allows 300. Default `Infinity`. */
  rateLimit?: number | undefined;
}

/** A running sandbox. */
export interface Sandbox {
  /** `http://127.0.0.1:PORT`: the `baseUrl` of a client. */
  readonly url: string;
  /** What a client of it needs. Made up: good for nothing else. */
  readonly credentials: Readonly<Credentials>;
  /** All scopes that a token can have. */
  readonly scopes: readonly Scope[];
  /** The clock of life cycles, retries of webhooks, tokens and idempotency keys. Signatures go by the machine's. */
  readonly clock: Clock;
  /** What goes wrong on purpose: add faults, and take them away. */
  readonly faults: Faults;
  /** All events so far, in their order. */
  readonly events: readonly WebhookEvent[];
  /** The last 500 requests to the API. */
  readonly requests: readonly Exchange[];
  /** The last 500 deliveries of webhooks. */
  readonly deliveries: readonly DeliveryRecord[];
  /** Ends it: connections are closed, state is written. */
  close(): Promise<void>;
}

interface State {
  seed: string | undefined;
  credentials: Credentials;
  publicKey: { x: string; y: string };
  webhookKeys: WebhookKey[];
  world: SavedWorld;
}

const kept = 500;
const stateForm = "upvest-sandbox 1";

/**
 * Starts a local Upvest on loopback.
 * @throws {TypeError} an option makes no sense
 * @throws {Error} the port is taken, or the file of `state` cannot be read
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const {
    port = 0,
    seed,
    clock: kind = "real",
    rateLimit = Infinity,
    idempotency: mode = "conflict",
  } = options;
  const { nonces = "once", coverage = "documented" } = options;
  if (!["conflict", "wait", "rerun"].includes(mode))
    throw new TypeError("idempotency is one of conflict, wait, rerun.");
  if (!["real", "manual"].includes(kind)) throw new TypeError("clock is one of real, manual.");
  if (!["once", "any"].includes(nonces)) throw new TypeError("nonces is one of once, any.");
  if (!["documented", "minimal"].includes(coverage))
    throw new TypeError("coverage is one of documented, minimal.");
  if (!(rateLimit > 0)) throw new TypeError("rateLimit is a number of requests a second, more than 0.");
  const description = readDescription(options.description);
  const validator = createValidator(description);

  const file: StateFile<State> | undefined =
    options.state === undefined
      ? undefined
      : openStateFile<State>(
          options.state,
          stateForm,
          (): State => ({
            seed,
            credentials,
            publicKey: { x: publicKey.x, y: publicKey.y },
            webhookKeys: webhookKeys.toJSON(),
            world: world.save(),
          }),
        );
  const saved: State | undefined = file?.saved;
  if (saved && saved.seed !== seed)
    throw new TypeError(
      `${options.state} was written with ${saved.seed === undefined ? "no seed" : "another seed"}: give the same one.`,
    );

  // Keys and credentials have a source of their own, so that they don't depend on what was done.
  const ids = createIds(seed === undefined ? undefined : `${seed} credentials`);
  const made = saved ? undefined : p521Key(ids);
  const credentials: Credentials = saved?.credentials ?? {
    clientId: ids.uuid(),
    clientSecret: ids.bytes(24).toString("base64url"),
    keyId: ids.uuid(),
    privateKeyPem: made!.privateKeyPem,
  };
  const publicKey = {
    kty: "EC",
    crv: "P-521",
    kid: credentials.keyId,
    ...(saved?.publicKey ?? made!.publicKeyJwk),
  };
  const own = await importPublicKeys({ keys: [publicKey] });
  const others =
    options.publicKeys === undefined
      ? undefined
      : await importPublicKeys(options.publicKeys, { keyId: options.publicKeyId });
  const webhookKeys = createWebhookKeys(
    createIds(seed === undefined ? undefined : `${seed} webhooks`),
    saved?.webhookKeys,
  );

  const faults = createFaults(
    options.faults ?? [],
    createIds(seed === undefined ? undefined : `${seed} faults`),
  );
  const deliveriesMade: DeliveryRecord[] = [];
  const requests: Exchange[] = [];
  const keep = <One>(list: One[], one: One) => {
    list.push(one);
    if (list.length > kept) list.shift();
  };
  const deliveries = createDeliveries({
    keys: webhookKeys,
    faults: {
      duplicate: () => faults.take("duplicate-delivery").length > 0,
      reorder: () => faults.take("reordered-delivery").length > 0,
      rotateKey: () => faults.take("webhook-key-rotation").length > 0,
    },
    onDelivery: (delivery) => keep(deliveriesMade, delivery),
  });
  const tasks: Record<string, (world: World, id: string) => void | Promise<void>> = { ...deliveries.tasks };
  const handlers: Record<string, ((call: Call) => unknown) | undefined> = {};
  for (const resource of resources) {
    Object.assign(tasks, resource.tasks);
    Object.assign(handlers, resource.handlers);
  }
  const changed = () => file?.changed();
  const world = createWorld({
    clock: kind,
    seed,
    saved: saved?.world,
    tasks,
    onEvent: deliveries.onEvent,
    onChange: changed,
  });
  deliveries.resume(world);
  const access = createAccess({
    credentials,
    keys: {
      get: (keyId) => own.get(keyId) ?? others?.get(keyId),
      keyIds: [...own.keyIds, ...(others?.keyIds ?? [])],
    },
    ids: createIds(undefined),
    clock: world.clock,
    scopes: description.scopes,
    coverage,
    nonces,
  });
  handlers["issueToken"] = ({ body }) => access.issueToken(body as Record<string, unknown>);
  handlers["getJwks"] = () => webhookKeys.publicJwks();

  const app = new Hono<Env>();
  serveControl(app, { clock: world.clock, faults });
  const { clientSecret } = credentials;
  serveConsole(app, { world, requests, deliveries: deliveriesMade, clientSecret });
  serveApi(app, {
    world,
    description,
    validator,
    access,
    idempotency: createIdempotency(world, mode),
    faults,
    rateLimit,
    handlers,
    slow: { testWebhook: (id) => deliveries.test(world, id) },
    onRequest() {
      if (faults.take("token-revocation").length) access.revokeTokens();
    },
    onChange: changed,
    onExchange: (exchange) => keep(requests, exchange),
  });

  const server = createAdaptorServer({ fetch: app.fetch });
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    credentials,
    scopes: [...description.scopes] as Scope[],
    clock: world.clock,
    faults,
    get events() {
      return world.tables.events.list().map(({ json }): WebhookEvent => JSON.parse(json));
    },
    get requests() {
      return [...requests];
    },
    get deliveries() {
      return [...deliveriesMade];
    },
    async close() {
      world.clock.stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
      changed();
      file?.flush();
    },
  };
}
