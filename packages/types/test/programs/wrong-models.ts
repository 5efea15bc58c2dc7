import type {
  AccountCreateRequest,
  CorporateAction,
  Currency,
  FeeCollectionCreateRequest,
  OrderCreateRequest,
  SavingsPlanCreateRequest,
  SavingsPlanInstrumentCreateRequest,
  UserCreateRequest,
  WebhookSubscriptionCreateRequest,
} from "@upvest-sdk/types";

// What is not there.
export type { Orders } from "@upvest-sdk/types"; // error: TS2724|TS2305
export { placeOrder } from "@upvest-sdk/types"; // error: TS2305
export type { Order } from "@upvest-sdk/types/generated/models.js"; // error: TS2307

// A misspelt field.
export const order: OrderCreateRequest = {
  account_id: "a",
  side: "BUY",
  instrument_id: "US0378331005",
  instrument_id_type: "ISIN",
  limitPrice: "1.00", // error: TS2561|TS2353
};
export const user: UserCreateRequest = {
  first_name: "Ada",
  last_name: "Lovelace",
  birth_date: "1990-12-10",
  nationalities: ["DE"],
  adress: "Berlin", // error: TS2561|TS2353
  address: { address_line1: "Street 1", postcode: "10115", city: "Berlin", country: "DE" },
};
export const read = (answer: CorporateAction): string[] => [
  answer.currency_denomination,
  answer.currency_denominaton, // error: TS2551
];
export const name = (answer: CorporateAction): string[] => [
  answer.name, // error: TS2322
  answer.name ?? "",
];

// A wrong value.
export const sell: OrderCreateRequest = {
  account_id: "a",
  side: "SELL",
  instrument_id: "US0378331005",
  instrument_id_type: "ISIN",
  order_type: "AT_MARKET", // error: TS2322|TS2820
  user_instrument_fit_acknowledgement: "yes", // error: TS2322
};
export const hold: OrderCreateRequest["side"] = "HOLD"; // error: TS2322|TS2820
export const currency: Currency = "EURO"; // error: TS2322|TS2820
export const plan: SavingsPlanCreateRequest = {
  user_id: "u",
  account_id: "a",
  type: "PORTFOLIO",
  cash_amount: "25.00",
  currency: "EUR",
  start_date: "2025-03-01",
  period: "MONTH",
  interval: 1,
  instrument_id: "US0378331005", // error: TS2353
};

// A missing field.
export const account: AccountCreateRequest = { user_id: "u", account_group_id: "g" }; // error: TS2741
export const opened: AccountCreateRequest = { user_id: "u", account_group_id: "g", type: "TRADING" };
export const webhook: WebhookSubscriptionCreateRequest = { title: "t" }; // error: TS2741
export const subscribed: WebhookSubscriptionCreateRequest = { title: "t", url: "https://e.example" };
export const nothing: OrderCreateRequest = {}; // error: TS2739

// What is narrowed to EUR takes nothing else, and no text that merely may be EUR.
export const fee = (some: Currency, text: string, euro: "EUR"): FeeCollectionCreateRequest["currency"][] => [
  euro,
  some, // error: TS2322
  text, // error: TS2322
  "GBP", // error: TS2322
];

// Left out is not the same as undefined, for those who tell the two apart.
export const named: AccountCreateRequest = { ...opened, name: "Pension" };
export const unnamed: AccountCreateRequest = { ...opened, name: undefined }; // error: TS2375 (exact)
export const kind: Partial<SavingsPlanInstrumentCreateRequest> = { instrument_id: undefined }; // error: TS2375 (exact)
