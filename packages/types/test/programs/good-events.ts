import type {
  EventMap,
  EventOf,
  EventType,
  FeeCollection,
  Order,
  OrderEvent,
  TaxExemption,
  TaxExemptionFailure,
  User,
  UserEvent,
  WebhookEvent,
} from "@upvest-sdk/types";
import { eventTypes } from "@upvest-sdk/types/events";
import type { Equal, Expect } from "./expect.js";

// What a switch has narrowed goes to a handler of that one type; and Extract finds it, too.
declare function onFilled(event: EventOf<"ORDER.FILLED">): void;
export type Filled = Extract<WebhookEvent, { type: "ORDER.FILLED" }>["object"];
export type Found = Expect<Equal<Filled, Order>>;
export const widened = (event: OrderEvent | UserEvent): WebhookEvent => event;

// A switch on the type narrows the object, without Extract and without a cast.
export function handle(event: WebhookEvent): string {
  switch (event.type) {
    case "ORDER.FILLED": {
      onFilled(event);
      const order: Order = event.object;
      return order.executions[0]?.price ?? order.fee;
    }
    case "ORDER.NEW":
    case "ORDER.PROCESSING":
      return event.object.instrument_id;
    case "USER.CREATED": {
      const user: User = event.object;
      return user.first_name;
    }
    case "TAX_EXEMPTION.CREATED": {
      const exemption: TaxExemption = event.object;
      return exemption.id;
    }
    case "TAX_EXEMPTION.CREATION_FAILED": {
      const failure: TaxExemptionFailure = event.object;
      return failure.id;
    }
    case "ACCOUNT_RETURNS.CREATED":
      return event.object.twr.daily ?? "";
    default:
      return event.id;
  }
}

// So does an if.
export function currencyOf(event: WebhookEvent): "EUR" | undefined {
  if (event.type === "FEE_COLLECTION.FINALISED") {
    const collection: FeeCollection = event.object;
    return collection.currency;
  }
  return undefined;
}

// One entry for every single type.
export type Entries = [
  Expect<Equal<EventType, keyof EventMap>>,
  Expect<Equal<WebhookEvent["type"], EventType>>,
  Expect<Equal<EventMap[EventType]["type"], EventType>>,
  Expect<Equal<{ [T in EventType]: T extends EventMap[T]["type"] ? never : T }[EventType], never>>,
  Expect<Equal<{ [T in EventType]: EventOf<T> extends WebhookEvent ? never : T }[EventType], never>>,
  Expect<Equal<EventMap["ORDER.FILLED"]["object"], Order>>,
];

// The type of one event is exactly that one.
export type One = [
  Expect<Equal<EventOf<"ORDER.FILLED">["type"], "ORDER.FILLED">>,
  Expect<Equal<EventOf<"ORDER.FILLED">["object"], Order>>,
  Expect<Equal<EventOf<"POSITION.UPDATED">["type"], "POSITION.UPDATED">>,
  Expect<Equal<EventOf<"USER.CREATED" | "ORDER.FILLED">["type"], "USER.CREATED" | "ORDER.FILLED">>,
  Expect<Equal<{ [T in EventType]: Equal<EventOf<T>["type"], T> }[EventType], true>>,
];

// Several at once still narrow.
export function either(event: EventOf<"USER.CREATED" | "ORDER.FILLED">): string {
  return event.type === "USER.CREATED" ? event.object.last_name : event.object.fee;
}

// An event of one type is an event of its family and any event.
declare const filled: EventOf<"ORDER.FILLED">;
export const family: OrderEvent = filled;
export const any: WebhookEvent = filled;

// A table of handlers, and a function that registers one.
export type Handlers = { [T in EventType]?: (event: EventOf<T>) => void };
export const handlers: Handlers = {
  "ORDER.FILLED": (event) => event.object.executions.length,
  "USER.OFFBOARDED": (event) => event.object.last_name,
  "POSITION.UPDATED": (event) => event.object.account_id,
};
export declare function on<T extends EventType>(type: T, handler: (event: EventOf<T>) => void): void;
on("CASH_BALANCE.UPDATED", (event) => event.object.available_for_trading.length);
on("USER.ACTIVATED", (event: UserEvent) => event.object.last_name);

export function dispatch<T extends EventType>(event: EventOf<T>): void {
  const type: T = event.type;
  handlers[type]?.(event);
}
export const dispatchAny = (event: WebhookEvent): void => dispatch(event);

// The list at run time.
export function isEventType(text: string): text is EventType {
  return (eventTypes as readonly string[]).includes(text);
}
export const first: EventType | undefined = eventTypes[0];
