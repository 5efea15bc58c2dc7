import type { Account, Order, OrderCreateRequest, WebhookEvent } from "@upvest-sdk/types";
import { apiVersion } from "@upvest-sdk/types";
import type { components, operations, paths, webhooks } from "@upvest-sdk/types/openapi";
import { apiVersion as sameVersion } from "@upvest-sdk/types/openapi";
import type { Equal, Expect } from "./expect.js";

// The same types under the names that openapi-typescript gives.
export type Same = [
  Expect<Equal<components["schemas"]["Order"], Order>>,
  Expect<Equal<paths["/orders"]["post"], operations["place_order"]>>,
  Expect<Equal<paths["/orders"]["post"]["requestBody"]["content"]["application/json"], OrderCreateRequest>>,
  Expect<
    Equal<
      operations["retrieve_account"]["responses"][200]["content"]["application/json"],
      components["schemas"]["Account"]
    >
  >,
  Expect<Equal<typeof apiVersion, typeof sameVersion>>,
];

// No headers to pass, except an idempotency key if one likes.
type Required<T> = { [K in keyof T]-?: undefined extends T[K] ? never : K }[keyof T];
export type NoHeaders = [
  Expect<
    Equal<
      { [K in keyof operations]: Extract<Required<operations[K]["parameters"]>, "header"> }[keyof operations],
      never
    >
  >,
  Expect<
    Equal<
      NonNullable<operations["place_order"]["parameters"]["header"]>["idempotency-key"],
      string | undefined
    >
  >,
];

// Deliveries.
export type Delivered = webhooks[keyof webhooks]["post"]["requestBody"]["content"]["application/json"];
export type Deliveries = [Expect<Equal<Delivered["type"], WebhookEvent["type"]>>];
export const delivered = (event: WebhookEvent): Delivered => event;

export const account = (body: components["schemas"]["Account"]): Account => body;
export const versions: string[] = [apiVersion, sameVersion];
