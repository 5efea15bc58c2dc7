import { type ClientOptions, createUpvestClient, type UpvestClient } from "@upvest-sdk/client";
import { createUser, createWebhook, listUsers, updateWebhook } from "@upvest-sdk/client/operations";
import { createSigner } from "@upvest-sdk/signing";
import type { User, UserByolCreateRequest, WebhookSubscription } from "@upvest-sdk/types";
import { type Checks, createChecks, ok } from "../../packages/signing/conformance/check.js";
import type { Captured, Facts } from "./facts.js";

/** What goes wrong on purpose: as the sandbox's control endpoint takes it. */
export interface Fault {
  readonly kind: string;
  readonly operation?: string;
  readonly times: number;
  readonly when?: "before" | "after";
  readonly status?: number;
  readonly ms?: number;
}

type OwnOptions = Extract<ClientOptions, { baseUrl: string }>;

/** What the checks are made with. */
export interface Scene extends Checks {
  readonly facts: Facts;
  /** Origin of the sandbox. */
  readonly api: string;
  /** A client of the sandbox with all scopes, whose retries do not wait for long. */
  createClient(options?: Partial<OwnOptions>): Promise<UpvestClient>;
  /** Moves the sandbox's clock on, by ms; what is due until then happens, deliveries included. */
  advance(ms: number): Promise<void>;
  /** The sandbox has this fault from now on, and no other. */
  fault(fault: Fault): Promise<void>;
  /** A new user, whose last name is `name`. */
  createUser(client: UpvestClient, name: string): Promise<User>;
  /** How many users have this last name. */
  countUsers(client: UpvestClient, name: string): Promise<number>;
  /** A subscription to the events of users that is on. */
  subscribe(client: UpvestClient, url: string): Promise<WebhookSubscription>;
  /** What came to the capture server with this target, the oldest first. */
  captured(target: string): Promise<Captured[]>;
}

export const newUser = (last_name: string): UserByolCreateRequest => ({
  first_name: "Ada",
  last_name,
  birth_date: "1990-12-10",
  nationalities: ["DE"],
  address: { address_line1: "Unter den Linden 1", postcode: "10117", city: "Berlin", country: "DE" },
});

export function createScene(facts: Facts): Scene {
  const { clientId, clientSecret, scopes, keys, capture } = facts;
  const api = facts.api ?? (globalThis as unknown as { location: { origin: string } }).location.origin;

  /** Of the sandbox itself, not of the API. */
  const control = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${api}/_sandbox/${path}`, {
      method,
      ...(body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    ok(response.ok, `${method} ${path}: ${response.status} ${await response.text()}`);
  };

  return {
    ...createChecks(),
    facts,
    api,
    async createClient(options) {
      const { keyId, privateKeyPem } = keys.p521;
      return createUpvestClient({
        baseUrl: api,
        clientId,
        clientSecret,
        scopes,
        signer: await createSigner({ keyId, privateKey: privateKeyPem }),
        // Faults are brought about far more often than the budget of retries allows for.
        retry: { baseDelay: 1, maxDelay: 5, budget: Number.POSITIVE_INFINITY },
        dangerouslyAllowBrowser: true,
        ...options,
      });
    },
    advance: (ms) => control("POST", "clock", { advance: ms }),
    async fault(fault) {
      await control("DELETE", "faults");
      await control("POST", "faults", fault);
    },
    createUser: (client, name) => client.call(createUser, { body: newUser(name) }),
    async countUsers(client, name) {
      let count = 0;
      for await (const { last_name } of client.paginate(listUsers)) if (last_name === name) count++;
      return count;
    },
    async subscribe(client, url) {
      const { id } = await client.call(createWebhook, {
        body: { title: "conformance", url, type: ["USER"], config: { delay: "1s" } },
      });
      // A new subscription is off.
      return client.call(updateWebhook, { path: { webhook_id: id }, body: { enabled: true } });
    },
    async captured(target) {
      const response = await fetch(`${capture}/captured`);
      return ((await response.json()) as Captured[]).filter((one) => one.target === target);
    },
  };
}
