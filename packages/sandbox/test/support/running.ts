import { createUpvestClient, type UpvestClient } from "@upvest-sdk/client";
import { createSigner, type Signer } from "@upvest-sdk/signing/node";
import type { Scope } from "@upvest-sdk/types";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../src/sandbox.js";

export interface Running {
  sandbox: Sandbox;
  client: UpvestClient;
  signer: Signer;
  /** Another client of the same sandbox. */
  clientWith(scopes: readonly Scope[]): UpvestClient;
  /** A signed request, token and all, as it is given but for what `without` leaves out. */
  request(method: string, target: string, options?: RawOptions): Promise<RawAnswer>;
}

export interface RawOptions {
  body?: string | undefined;
  headers?: Record<string, string | undefined> | undefined;
  /** Changed after it was signed. */
  after?: Record<string, string | undefined> | undefined;
}

export interface RawAnswer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  body: any;
}

export async function run(options: SandboxOptions = {}): Promise<Running> {
  const sandbox = await startSandbox(options);
  const { clientId, clientSecret, keyId, privateKeyPem } = sandbox.credentials;
  const signer = await createSigner({ keyId, privateKey: privateKeyPem });
  const clientWith = (scopes: readonly Scope[]) =>
    createUpvestClient({
      baseUrl: sandbox.url,
      clientId,
      clientSecret,
      scopes,
      signer,
      retry: { maxRetries: 0 },
    });
  let token: string | undefined;
  const raw = async (
    method: string,
    target: string,
    { body, headers = {}, after = {} }: RawOptions,
  ): Promise<RawAnswer> => {
    const wanted = Object.fromEntries(
      Object.entries({
        accept: "application/json",
        "accept-language": "*",
        "upvest-client-id": clientId,
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      }).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    const signed = await signer.headers({
      method,
      url: sandbox.url + target,
      headers: wanted,
      ...(body !== undefined && { body }),
    });
    const sent = Object.entries({ ...wanted, ...signed, ...after }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[0] !== "content-length",
    );
    const response = await fetch(sandbox.url + target, {
      method,
      headers: sent,
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text,
    };
  };
  return {
    sandbox,
    signer,
    client: clientWith(sandbox.scopes),
    clientWith,
    async request(method, target, options = {}) {
      if (token === undefined) {
        const form = new URLSearchParams({
          client_id: clientId,
          client_secret: clientSecret,
          grant_type: "client_credentials",
          scope: sandbox.scopes.join(" "),
        });
        const answer = await raw("POST", "/auth/token", {
          body: form.toString(),
          headers: { "content-type": "application/x-www-form-urlencoded" },
        });
        token = answer.body.access_token as string;
      }
      return raw(method, target, {
        ...options,
        headers: { authorization: `Bearer ${token}`, ...options.headers },
      });
    },
  };
}

export const newUser = {
  first_name: "Ada",
  last_name: "Lovelace",
  birth_date: "1990-12-10",
  nationalities: ["DE"],
  address: { address_line1: "Unter den Linden 1", postcode: "10117", city: "Berlin", country: "DE" },
} as const;
