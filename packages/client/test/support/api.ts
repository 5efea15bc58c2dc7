import { createPrivateKey, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createSigner, generateKeyPair, importPublicKeys, verifyRequest } from "@upvest-sdk/signing/node";
import type { Scope } from "@upvest-sdk/types";
import {
  type ClientOptions,
  createUpvestClient,
  type RetryInfo,
  type Signer,
  type UpvestClient,
} from "../../src/index.js";
import { passphrase, plant, record, watched, watchedHooks } from "./canaries.js";

/** A request as it came over the wire; its signature was verified. */
export interface Received {
  readonly method: string;
  /** As on the request line. */
  readonly target: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
  /** Names of the components that the signature covers. */
  readonly covered: readonly string[];
  readonly nonce: string | undefined;
}

export type Handler = (request: Received, response: ServerResponse) => unknown;

/** Answers with JSON. */
export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Handler =>
  (_, response) => {
    response.writeHead(status, {
      "content-type": status < 400 ? "application/json" : "application/problem+json",
      "upvest-request-id": randomUUID(),
      ...headers,
    });
    response.end(JSON.stringify(body));
  };

/** Answers with problem details. */
export const problem = (status: number, type: string, headers?: Record<string, string>): Handler =>
  json(status, { type, status, title: `Title of ${type}` }, headers);

/** Breaks the connection without an answer. */
export const reset: Handler = (_, response) => response.socket?.destroy();

/** Never answers. */
export const hang: Handler = () => {};

/** Answers with a status and a text as it is. */
export const text =
  (status: number, body: string, headers: Record<string, string> = {}): Handler =>
  (_, response) => {
    response.writeHead(status, headers);
    response.end(body);
  };

/** Begins to answer, and breaks the connection in the middle of the body. */
export const cut =
  (status = 200): Handler =>
  (_, response) => {
    response.writeHead(status, { "content-type": "application/json", "content-length": "100" });
    response.write('{"id":"1', () => response.socket?.destroy());
  };

/** Begins to answer, and never ends. */
export const stall =
  (status = 200): Handler =>
  (_, response) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.write('{"id":"1');
  };

export const clientId = "8e5b3c7f-3a5a-4d0e-9d59-0f6b4a6a1c55";
export const clientSecret = "canary-client-secret-6f1c";
export const keyId = "2f2c2fb1-43b2-4b7e-9a3c-8d4ec8e0f3aa";

/**
 * An API on this machine. Every request's signature (v15) is verified with a verifier that is not the client's; a request
 * that is not signed, has the wrong client id, or a token that is not valid, is refused with 401 before any handler.
 */
export interface Api {
  readonly url: string;
  /** All requests but those for a token, in their order. */
  readonly requests: Received[];
  /** All requests for a token. */
  readonly tokenRequests: Received[];
  /** Used one after the other, one a request; then `fallback`. */
  readonly script: Handler[];
  fallback: Handler;
  /** In place of the answer to a request for a token. */
  tokenHandler: Handler | undefined;
  /** What a token is good for, in s, as `expires_in`. */
  expiresIn: unknown;
  /** What is granted; by default what is asked for. */
  grant: string | undefined;
  readonly validTokens: Set<string>;
  /** What the server found wrong with a request, such as a signature. */
  readonly complaints: string[];
  /** Retries of the clients, as their hooks tell them. */
  readonly retries: RetryInfo[];
  /** How many requests were met by `hang`. */
  hung: number;
  /** How many requests were given up by their client before they were answered. */
  givenUp: number;
  /** The clock by which signatures are verified. */
  now: () => number;
  client(options?: Partial<ClientOptions>): UpvestClient;
  /** A signer with the right key and a clock of its own. */
  signerWith(now: () => number): Promise<Signer>;
  close(): Promise<void>;
}

const keys = generateKeyPair("ed25519");

export async function startApi(): Promise<Api> {
  const { privateKeyPem, publicKeyJwk } = await keys;
  const publicKeys = await importPublicKeys(publicKeyJwk, { keyId });
  const locked = createPrivateKey(privateKeyPem).export({
    format: "pem",
    type: "pkcs8",
    cipher: "aes-256-cbc",
    passphrase,
  });
  for (const pem of [privateKeyPem, `${locked}`]) plant(pem.split("\n")[1]!);
  const signer = record("signer", await createSigner({ keyId, privateKey: locked, passphrase }));

  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { method = "", url: target = "", headers } = incoming;
    let covered: readonly string[] = [];
    let nonce: string | undefined;
    response.on("close", () => {
      if (!response.writableFinished) api.givenUp++;
    });
    const refuse = (what: string) => {
      api.complaints.push(`${method} ${target}: ${what}`);
      problem(401, "unauthorised")({} as Received, response);
    };
    try {
      const verified = await verifyRequest(
        { method, url: target, headers: headers as Record<string, string>, body },
        {
          keys: publicKeys,
          version: 15,
          required: ["@method", "@path", "upvest-client-id", "accept"],
          now: () => api.now(),
        },
      );
      covered = verified.components;
      nonce = verified.nonce;
      if (body.length > 0 && !covered.includes("content-digest")) return refuse("the digest is not covered");
    } catch (error) {
      return refuse(`${(error as { code?: string }).code}`);
    }
    if (headers["upvest-client-id"] !== clientId) return refuse("client id");
    const received: Received = { method, target, headers, body, covered, nonce };
    if (target === "/auth/token") {
      api.tokenRequests.push(received);
      if (api.tokenHandler) return api.tokenHandler(received, response);
      const form = new URLSearchParams(body.toString());
      if (form.get("client_secret") !== clientSecret) return refuse("client secret");
      const token = `canary-token-${randomUUID()}`;
      api.validTokens.add(token);
      const scope = api.grant ?? form.get("scope");
      return json(200, { access_token: token, expires_in: api.expiresIn, token_type: "bearer", scope })(
        received,
        response,
      );
    }
    api.requests.push(received);
    if (!api.validTokens.has(headers.authorization?.replace("Bearer ", "") ?? "")) {
      return problem(401, "https://docs.upvest.co/errors/unauthorised")(received, response);
    }
    const handler = api.script.shift() ?? api.fallback;
    if (handler === hang) api.hung++;
    return handler(received, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const api: Api = {
    url,
    requests: [],
    tokenRequests: [],
    script: [],
    fallback: json(200, { ok: true }),
    tokenHandler: undefined,
    expiresIn: 86_400,
    grant: undefined,
    validTokens: new Set(),
    complaints: [],
    retries: [],
    hung: 0,
    givenUp: 0,
    now: () => Date.now(),
    signerWith: (now) => createSigner({ keyId, privateKey: privateKeyPem, now }),
    client: (options) =>
      watched(
        createUpvestClient({
          baseUrl: url,
          clientId,
          clientSecret,
          scopes: allScopes,
          signer,
          ...options,
          hooks: watchedHooks({
            ...options?.hooks,
            onRetry: (info) => {
              api.retries.push(info);
              return options?.hooks?.onRetry?.(info);
            },
          }),
        } as ClientOptions),
      ),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return api;
}

export const allScopes: Scope[] = [
  "accounts:admin",
  "users:admin",
  "users:read",
  "orders:admin",
  "webhooks:read",
  "instruments:read",
  "reports:read",
  "portfolios:admin",
];
