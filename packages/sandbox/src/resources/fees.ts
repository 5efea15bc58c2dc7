import type { FeeCollection, FeeCollectionCreateRequest, FeeConfiguration } from "@upvest-sdk/types";
import { BigNumber, decimal, money, units } from "../amounts.js";
import { nextTradingDay, opening } from "../calendar.js";
import { bookCash, cashOf, tradableCash, withdrawableCash } from "../cash.js";
import type { Resource } from "../handler.js";
import { instrumentsData } from "../instruments-data.js";
import { page } from "../page.js";
import { conflict, invalid } from "../problem.js";
import { step, type World } from "../world.js";
import { newOrder } from "./orders.js";
import { holdingsByValue } from "./portfolios.js";

export const fees: Resource = {
  handlers: {
    listFeeCollections: ({ world, query }) => {
      const { account_id, account_group_id } = query;
      const rows = world.tables.feeCollections.list(
        (collection) =>
          (account_id === undefined || collection.account_id === account_id) &&
          (account_group_id === undefined || collection.account_group_id === account_group_id),
      );
      return page(rows, query, "created_at");
    },

    createFeeCollection: ({ world, body }) => {
      const { status } = world.tables.accounts.need(body.account_id);
      if (status === "PENDING_APPROVAL" || status === "CLOSED")
        throw invalid(`The account is ${status}: no fee can be collected from it.`);
      if (!decimal(body.collection_amount).isPositive() || decimal(body.collection_amount).isZero())
        throw invalid("collection_amount must be more than 0.");
      if (body.period_end < body.period_start)
        throw invalid(
          "period_end is before period_start: send the first day and the last day of the period.",
        );
      return newFeeCollection(world, body);
    },

    retrieveFeeCollection: ({ world, path }) => world.tables.feeCollections.need(path.fee_collection_id),

    createFeeConfiguration: ({ world, body, assumed }) => {
      const { id, status } = world.tables.accounts.need(body.account_id);
      if (status !== "ACTIVE" && status !== "LOCKED") {
        assumed("an account that is PENDING_APPROVAL, CLOSING or CLOSED is refused with 409");
        throw conflict(`The account is ${status}: no fee can be configured for it.`);
      }
      if (world.tables.feeConfigurations.get(id))
        throw conflict("The account has a fee configuration already: change it with PATCH.");
      assumed("a fee model has no rate here, so no fee is collected by itself");
      const now = world.time();
      const configuration: FeeConfiguration = { ...body, created_at: now, updated_at: now };
      return world.tables.feeConfigurations.set(id, configuration);
    },

    retrieveFeeConfigurations: ({ world, path }) => world.tables.feeConfigurations.need(path.account_id),

    updateFeeConfiguration: ({ world, path, body }) => {
      const configuration = world.tables.feeConfigurations.need(path.account_id);
      configuration.fee_model_id = body.fee_model_id;
      configuration.updated_at = world.time();
      return configuration;
    },
  },

  tasks: {
    "fees.collect": collect,
    "fees.sell": sell,
    "fees.orderChanged": orderChanged,
  },
};

/** Begins to collect a fee. FEE_COLLECTION.CREATED. */
function newFeeCollection(world: World, request: FeeCollectionCreateRequest): FeeCollection {
  const { account_group_id } = world.tables.accounts.need(request.account_id);
  const now = world.time();
  const collection: FeeCollection = {
    ...request,
    id: world.ids.uuid(),
    created_at: now,
    updated_at: now,
    account_group_id,
    processed_amount: { cash_balance: "0.00", sell_to_cover: "0.00" },
    status: "PROCESSING",
  };
  world.tables.feeCollections.set(collection.id, collection);
  world.emit("FEE_COLLECTION.CREATED", collection);
  world.later(step, "fees.collect", collection.id);
  return collection;
}

const owed = ({ collection_amount, processed_amount }: FeeCollection): BigNumber =>
  decimal(collection_amount)
    .minus(processed_amount.cash_balance ?? "0")
    .minus(processed_amount.sell_to_cover ?? "0");

/** Takes what is owed out of the cash that is settled and free, and ends the collection if that was all. */
function take(world: World, collection: FeeCollection, source: "cash_balance" | "sell_to_cover"): void {
  const cash = cashOf(world, collection.account_group_id, collection.currency);
  const free = BigNumber.min(tradableCash(cash), withdrawableCash(cash)).decimalPlaces(
    2,
    BigNumber.ROUND_DOWN,
  );
  const amount = BigNumber.min(owed(collection), free);
  if (amount.isGreaterThan(0)) {
    bookCash(world, cash, {
      type: "FEE_COLLECTION",
      amount: money(amount.negated()),
      references: [{ id: collection.id, type: "FEE_COLLECTION" }],
      account_id: collection.account_id,
    });
    collection.processed_amount[source] = money(amount.plus(collection.processed_amount[source] ?? "0"));
    collection.updated_at = world.time();
  }
  if (owed(collection).isZero()) finish(world, collection, "FINALISED");
}

function finish(world: World, collection: FeeCollection, status: "FINALISED" | "CANCELLED"): void {
  collection.status = status;
  collection.updated_at = world.time();
  world.emit(`FEE_COLLECTION.${status}`, collection);
}

/** Cash first; what is short is raised by a sale on the next working day. */
function collect(world: World, id: string): void {
  const collection = world.tables.feeCollections.need(id);
  if (collection.status !== "PROCESSING") return;
  take(world, collection, "cash_balance");
  if (collection.status !== "PROCESSING") return;
  world.later(opening(nextTradingDay(world.date())) - world.clock.now(), "fees.sell", id);
}

// A client cannot give an order this initiation_flow.
const salesOf = (world: World, id: string) =>
  world.tables.orders.list(
    (order) => order.client_reference === id && order.initiation_flow === "SELL_TO_COVER_FEES",
  );

/** Sells from the largest position: 10 % more than what is owed; the second time, when that was too little, 20 % more. */
function sell(world: World, id: string): void {
  const collection = world.tables.feeCollections.need(id);
  if (collection.status !== "PROCESSING") return;
  // Money may have come in since.
  take(world, collection, "cash_balance");
  if (owed(collection).isZero()) return;

  const sales = salesOf(world, id).length;
  const [largest] = holdingsByValue(world, collection.account_id);
  if (!largest || sales >= 2) {
    finish(world, collection, "CANCELLED");
    return;
  }
  const { account_id, currency } = collection;
  const amount = owed(collection)
    .times(sales === 0 ? "1.1" : "1.2")
    .decimalPlaces(2, BigNumber.ROUND_UP);
  const { fractional_trading } = instrumentsData.get(largest.isin)!;
  // An order by amount takes at most 90 % of the position, and needs fractions.
  const byAmount = fractional_trading && amount.isLessThanOrEqualTo(largest.value.times("0.9"));
  const quantity = amount
    .times(largest.quantity)
    .div(largest.value)
    .decimalPlaces(fractional_trading ? 10 : 0, BigNumber.ROUND_UP);
  newOrder(
    world,
    {
      account_id,
      currency,
      side: "SELL",
      instrument_id: largest.isin,
      instrument_id_type: "ISIN",
      order_type: "MARKET",
      client_reference: id,
      ...(byAmount
        ? { cash_amount: money(amount) }
        : { quantity: units(BigNumber.min(quantity, largest.quantity)) }),
    },
    "SELL_TO_COVER_FEES",
    `fees:${id}`,
  );
}

/** A sale has a new state: when all of it is settled, its proceeds pay. */
function orderChanged(world: World, id: string): void {
  const collection = world.tables.feeCollections.need(id);
  if (collection.status !== "PROCESSING") return;
  const ended = salesOf(world, id).every(
    ({ status, executions }) =>
      (status === "FILLED" || status === "CANCELLED") &&
      executions.every(({ status }) => status !== "FILLED"),
  );
  if (!ended) return;
  take(world, collection, "sell_to_cover");
  if (!owed(collection).isZero()) sell(world, id);
}
