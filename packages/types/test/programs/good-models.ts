import type {
  Account,
  Error as ApiError,
  CorporateAction,
  CorporateActionCurrencyDenomination,
  Currency,
  FeeCollection,
  FeeCollectionCreateRequest,
  Order,
  OrderCreateRequest,
  OrderSide,
  PortfoliosOrder,
  PortfoliosOrderPlaceRequest,
  SavingsPlan,
  SavingsPlanCreateRequest,
  SavingsPlanInstrumentCreateRequest,
  UserCreateRequest,
  WebhookEventCategory,
  WebhookSubscription,
  WebhookSubscriptionCreateRequest,
} from "@upvest-sdk/types";
import { apiVersion } from "@upvest-sdk/types";
import type { Equal, Expect } from "./expect.js";

// Fields with a default: optional in a request, always there in an answer.
export const subscription: WebhookSubscriptionCreateRequest = {
  title: "All events",
  url: "https://e.example",
};
export const portfolioOrder: PortfoliosOrderPlaceRequest = {
  user_id: "u",
  account_id: "a",
  cash_amount: "100.00",
  currency: "EUR",
  side: "BUY",
};
export type DefaultsInRequests = [
  Expect<Equal<WebhookSubscriptionCreateRequest["type"], WebhookEventCategory[] | undefined>>,
  Expect<Equal<PortfoliosOrderPlaceRequest["post_tax"], boolean | undefined>>,
  Expect<
    Equal<undefined extends SavingsPlanInstrumentCreateRequest["instrument_id_type"] ? true : false, true>
  >,
];
export type DefaultsInAnswers = [
  Expect<Equal<CorporateAction["currency_denomination"], CorporateActionCurrencyDenomination>>,
  Expect<Equal<undefined extends CorporateAction["announcement_status"] ? true : false, false>>,
  Expect<Equal<undefined extends CorporateAction["function_of_message"] ? true : false, false>>,
  Expect<Equal<undefined extends CorporateAction["mandatory_voluntary_indicator"] ? true : false, false>>,
  Expect<Equal<undefined extends SavingsPlan["instrument_id_type"] ? true : false, false>>,
  Expect<Equal<PortfoliosOrder["post_tax"], boolean>>,
  Expect<Equal<WebhookSubscription["type"], WebhookEventCategory[]>>,
];

// A field narrowed in the description stays narrow.
export type Narrowed = [
  Expect<Equal<FeeCollectionCreateRequest["currency"], "EUR">>,
  Expect<Equal<FeeCollection["currency"], "EUR">>,
  Expect<Equal<SavingsPlanInstrumentCreateRequest["currency"], "EUR">>,
  Expect<Equal<"EUR" extends Currency ? true : false, true>>,
  Expect<Equal<string extends Currency ? true : false, false>>,
  Expect<Equal<OrderSide, "BUY" | "SELL">>,
];
export const fee: FeeCollectionCreateRequest = {
  account_id: "a",
  type: "SERVICE_FEE",
  collection_amount: "1.00",
  currency: "EUR",
  period_start: "2025-01-01",
  period_end: "2025-01-31",
};

// The request may be put together step by step.
export function buy(accountId: string, cash: string | null): OrderCreateRequest {
  const order: OrderCreateRequest = {
    account_id: accountId,
    side: "BUY",
    instrument_id: "US0378331005",
    instrument_id_type: "ISIN",
    order_type: "MARKET",
  };
  if (cash === null) order.quantity = "1";
  else Object.assign(order, { cash_amount: cash, currency: "EUR" } satisfies Partial<OrderCreateRequest>);
  return order;
}

// A union of requests, told apart by a literal or by its fields.
export const plan: SavingsPlanCreateRequest = {
  user_id: "u",
  account_id: "a",
  type: "INSTRUMENT",
  instrument_id: "US0378331005",
  cash_amount: "25.00",
  currency: "EUR",
  start_date: "2025-03-01",
  period: "MONTH",
  interval: 1,
};
export function instrumentOf(request: SavingsPlanCreateRequest): string | undefined {
  return request.type === "INSTRUMENT" ? request.instrument_id : undefined;
}
export const user: UserCreateRequest = {
  first_name: "Ada",
  last_name: "Lovelace",
  birth_date: "1990-12-10",
  nationalities: ["DE"],
  address: { address_line1: "Street 1", postcode: "10115", city: "Berlin", country: "DE" },
};

// Answers.
export function describe(order: Order, account: Account): string {
  const executed = order.executions.map((execution) => execution.share_quantity).join(" + ");
  return `${account.name} ${account.status} ${order.side} ${order.cash_amount} ${order.currency}: ${executed}`;
}
export function problem(error: ApiError): string {
  return `${error.status} ${error.title ?? error.type} ${error.request_id ?? ""}`;
}

export const version: `${number}.${number}.${number}` = apiVersion;
