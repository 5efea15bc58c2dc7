import type { Order, OrderCreateRequest, OrderInitiationFlow } from "@upvest-sdk/types";
import type { Resource } from "../handler.js";
import type { World } from "../world.js";

/** Places an order, an internal one too. ORDER.NEW. */
export function newOrder(
  _world: World,
  _request: OrderCreateRequest,
  _initiation_flow: OrderInitiationFlow,
  _parent?: string,
): Order {
  throw new Error("not written yet");
}

export const orders: Resource = { handlers: {} };
