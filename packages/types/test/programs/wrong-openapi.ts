import type { components, operations, paths, webhooks } from "@upvest-sdk/types/openapi";

export type Good = [
  paths["/orders"]["post"],
  operations["place_order"],
  components["schemas"]["Order"],
  webhooks[keyof webhooks],
];
export type Path = paths["/order"]; // error: TS2339
export type Method = paths["/orders"]["put"]["requestBody"]; // error: TS2339
export type Id = operations["placeOrder"]; // error: TS2551|TS2339
export type Schema = components["schemas"]["Orders"]; // error: TS2551|TS2339
export type Answer = operations["place_order"]["responses"][200]; // error: TS2339
