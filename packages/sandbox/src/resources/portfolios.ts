import type {
  Account,
  PortfoliosRebalancingExecutionOrderCancellationReason as ExecutionCancellationReason,
  Order,
  PortfoliosOrderCancellationReason as OrderCancellationReason,
  PortfoliosOrder,
  PortfoliosRebalancingExecution,
  PortfoliosRebalancingExecutionOrder,
} from "@upvest-sdk/types";
import { BigNumber, decimal, money, units } from "../amounts.js";
import { cashOf, tradableCash } from "../cash.js";
import type { Resource } from "../handler.js";
import { instrumentsData } from "../instruments-data.js";
import { page, within } from "../page.js";
import { tradableUnits } from "../positions.js";
import { invalid } from "../problem.js";
import { step, type World } from "../world.js";
import { accountsOf, isinOf } from "./allocations.js";
import { priceOf } from "./instruments.js";
import { endOrder, newOrder } from "./orders.js";

/** Why something is cancelled, and a text on it for people. */
type Refusal<Reason> = [reason: Reason, details?: string];

// A sell by amount may ask for this part of what is held.
const sellLimit = decimal("0.9");
// Percentage points by which a weight may be off before a rebalancing has something to do; Upvest sets it for each client.
const threshold = decimal("1");

/** Portfolio orders and rebalancings. */
export const portfolios: Resource = {
  handlers: {
    listPortfoliosOrders: ({ world, query, assumed }) => {
      const { start_date, end_date, account_id, allocation_id } = query;
      if (start_date !== undefined || end_date !== undefined)
        assumed("start_date and end_date are compared with created_at");
      const rows = world.tables.portfolioOrders.list(
        (order) =>
          within(order.created_at, start_date, end_date) &&
          (account_id === undefined || order.account_id === account_id) &&
          (allocation_id === undefined || order.allocation_id === allocation_id),
      );
      return page(
        rows.map((order) => refreshed(world, order)),
        query,
        "id",
      );
    },

    createPortfoliosOrder: ({ world, body, assumed }) => {
      const { user_id, account_id, cash_amount, side, post_tax } = body;
      const account = ownAccount(world, user_id, account_id);
      if (account.type !== "PORTFOLIO")
        throw invalid("The account is of type TRADING: a portfolio order needs one of type PORTFOLIO.");
      if (account.status !== "ACTIVE")
        throw invalid(`The account is ${account.status}: a portfolio order needs one that is ACTIVE.`);
      if (!world.tables.configurations.get(account_id))
        throw invalid("The account has no portfolio configuration: create one first.");
      investable(cash_amount);
      assumed("client_reference of a portfolio order that a call began is empty");
      if (post_tax) assumed("post_tax does not change the sizes of the single orders");
      return newPortfolioOrder(world, {
        user_id,
        account_id,
        cash_amount,
        type: side,
        post_tax,
        client_reference: "",
        initiation_flow: "API",
      });
    },

    retrievePortfoliosOrder: ({ world, path }) =>
      refreshed(world, world.tables.portfolioOrders.need(path.portfolio_order_id)),

    cancelPortfoliosOrder: ({ world, path, assumed }) => {
      const order = world.tables.portfolioOrders.need(path.portfolio_order_id);
      if (order.status === "NEW") cancel(world, order, "CANCELLED_BY_CLIENT");
      else if (order.status === "PROCESSING") {
        // The portfolio order follows when all of them have ended.
        for (const { id } of order.orders) {
          const single = world.tables.orders.need(id);
          if (single.status === "NEW" || single.status === "PROCESSING")
            endOrder(world, single, "CANCELLED_BY_CLIENT");
        }
      } else assumed(`the cancellation of a portfolio order that is ${order.status} does nothing`);
      return undefined;
    },

    triggerPortfolioRebalancing: ({ world, body }) => {
      const asked = "accounts" in body ? body.accounts : body.allocations;
      if (asked.length === 0) throw invalid("The list is empty: name at least one account or allocation.");
      if ("allocations" in body) for (const id of body.allocations) world.tables.allocations.need(id);
      const accounts =
        "accounts" in body ? body.accounts : body.allocations.flatMap((id) => accountsOf(world, id));

      const now = world.time();
      const execution: PortfoliosRebalancingExecution = {
        ...body,
        id: world.ids.uuid(),
        created_at: now,
        updated_at: now,
      };
      world.tables.rebalancings.set(execution.id, execution);
      for (const account_id of new Set(accounts)) {
        const order: PortfoliosRebalancingExecutionOrder = {
          id: world.ids.uuid(),
          execution_id: execution.id,
          account_id,
          portfolio_order_id: null,
          status: "NEW",
          created_at: now,
          updated_at: now,
        };
        world.tables.rebalancingOrders.set(order.id, order);
        world.emit("REBALANCING_EXECUTION_ORDER.NEW", order);
        world.later(step, "portfolios.rebalance", order.id);
      }
      return { id: execution.id };
    },

    retrievePortfoliosRebalancingExecution: ({ world, path }) =>
      world.tables.rebalancings.need(path.execution_id),

    listPortfolioRebalancingExecutionOrders: ({ world, path, query, assumed }) => {
      const { id } = world.tables.rebalancings.need(path.execution_id);
      const { start_date, end_date } = query;
      if (start_date !== undefined || end_date !== undefined)
        assumed("start_date and end_date are compared with created_at");
      const rows = world.tables.rebalancingOrders.list(
        (order) => order.execution_id === id && within(order.created_at, start_date, end_date),
      );
      return page(rows, query, "status");
    },
  },

  tasks: {
    "portfolios.process": process,
    "portfolios.orderChanged": orderChanged,
    "portfolios.rebalance": rebalance,
  },
};

/** The account, if it is the user's. */
export function ownAccount(world: World, user_id: string, account_id: string): Account {
  world.tables.users.need(user_id);
  const account = world.tables.accounts.need(account_id);
  if (!account.users.some(({ id }) => id === user_id))
    throw invalid(`The account ${account_id} is not one of the user ${user_id}.`);
  return account;
}

/** An amount that orders can be placed for: their format has two decimals and nine digits before. */
export function investable(cash_amount: string): BigNumber {
  // Its format allows the empty text.
  const amount = decimal(cash_amount || "0");
  if (!amount.isGreaterThan(0)) throw invalid("cash_amount must be more than 0.");
  if (amount.decimalPlaces()! > 2) throw invalid(`cash_amount ${cash_amount} has more than two decimals.`);
  if (!amount.isLessThan("1e9")) throw invalid(`cash_amount ${cash_amount} is not less than 1000000000.`);
  return amount;
}

/** Divides money by weights. The parts add up to the amount to the last cent: cents that are left go to where most was cut off. */
export function split(amount: BigNumber, weights: readonly BigNumber[]): BigNumber[] {
  const cents = amount.shiftedBy(2);
  const total = sum(weights);
  const parts = weights.map((weight) => cents.times(weight).idiv(total));
  const cutOff = weights.map((weight, at) => cents.times(weight).minus(parts[at]!.times(total)));
  const most = weights.map((_, at) => at).sort((a, b) => cutOff[b]!.comparedTo(cutOff[a]!)! || a - b);
  const left = cents.minus(sum(parts)).toNumber();
  for (const at of most.slice(0, left)) parts[at] = parts[at]!.plus(1);
  return parts.map((part) => part.shiftedBy(-2));
}

/** The same, with no part above its limit; the limits add up to the amount or more. */
function splitWithin(
  amount: BigNumber,
  weights: readonly BigNumber[],
  limits: readonly BigNumber[],
): BigNumber[] {
  const parts = split(amount, weights).map((part, at) => BigNumber.min(part, limits[at]!));
  let left = amount.minus(sum(parts));
  return parts.map((part, at) => {
    const more = BigNumber.min(left, limits[at]!.minus(part));
    left = left.minus(more);
    return part.plus(more);
  });
}

const sum = (values: readonly BigNumber[]): BigNumber =>
  values.reduce((total, value) => total.plus(value), decimal("0"));

export interface Held {
  isin: string;
  /** What can be sold. */
  quantity: BigNumber;
  /** At the price of a sell. */
  value: BigNumber;
}

/** What an account can sell, the largest value first. */
export function holdingsByValue(world: World, account_id: string): Held[] {
  return world.tables.holdings
    .list((holding) => holding.account_id === account_id)
    .map((holding) => {
      const quantity = tradableUnits(holding);
      const price = priceOf(instrumentsData.get(holding.isin)!, "SELL", world.clock.now());
      return { isin: holding.isin, quantity, value: quantity.times(price) };
    })
    .filter(({ value }) => value.isGreaterThan(0))
    .sort((a, b) => b.value.comparedTo(a.value)!);
}

/** Places a portfolio order; the account has a configuration. PORTFOLIO_ORDER.NEW. */
export function newPortfolioOrder(
  world: World,
  request: Pick<
    PortfoliosOrder,
    "account_id" | "cash_amount" | "type" | "client_reference" | "initiation_flow"
  > & {
    user_id?: string | undefined;
    post_tax?: boolean | undefined;
  },
): PortfoliosOrder {
  const {
    user_id,
    account_id,
    cash_amount,
    type,
    post_tax = false,
    client_reference,
    initiation_flow,
  } = request;
  const { allocation_id } = world.tables.configurations.need(account_id);
  const now = world.time();
  const order: PortfoliosOrder = {
    id: world.ids.uuid(),
    created_at: now,
    updated_at: now,
    ...(user_id !== undefined && { user_id }),
    account_id,
    allocation_id,
    cash_amount,
    currency: "EUR",
    status: "NEW",
    ...(type !== undefined && { type }),
    post_tax,
    orders: [],
    client_reference,
    initiation_flow,
  };
  world.tables.portfolioOrders.set(order.id, order);
  world.emit("PORTFOLIO_ORDER.NEW", order);
  world.later(step, "portfolios.process", order.id);
  return order;
}

/** The order, with the states that its single orders have now. */
function refreshed(world: World, order: PortfoliosOrder): PortfoliosOrder {
  for (const single of order.orders) single.status = world.tables.orders.need(single.id).status;
  return order;
}

/** A new state and its event; whoever began the order gets to know. */
function change(world: World, order: PortfoliosOrder, status: PortfoliosOrder["status"]): void {
  order.status = status;
  order.updated_at = world.time();
  world.emit(`PORTFOLIO_ORDER.${status}`, order);
  if (order.initiation_flow === "SAVINGS_PLAN")
    world.later(0, "savings-plans.orderChanged", order.client_reference);

  if (order.type !== "REBALANCING" || status === "SETTLED") return;
  const { cancellation_reason, cancellation_details } = order;
  for (const execution of world.tables.rebalancingOrders.list(
    ({ portfolio_order_id }) => portfolio_order_id === order.id,
  )) {
    if (status !== "CANCELLED") changeExecution(world, execution, status);
    // A rebalancing has no limit of its sells.
    else if (cancellation_reason !== undefined && cancellation_reason !== "SELL_LIMIT_EXCEEDED")
      cancelExecution(world, execution, cancellation_reason, cancellation_details);
  }
}

function cancel(
  world: World,
  order: PortfoliosOrder,
  reason: OrderCancellationReason,
  details?: string,
): void {
  order.cancellation_reason = reason;
  if (details !== undefined) order.cancellation_details = details;
  change(world, order, "CANCELLED");
}

function process(world: World, id: string): void {
  const order = world.tables.portfolioOrders.need(id);
  if (order.status !== "NEW") return;
  const refusal = placeAll(world, order);
  if (refusal) cancel(world, order, ...refusal);
  else change(world, order, "PROCESSING");
}

/** Places the single orders of a portfolio order, or says why not. */
function placeAll(world: World, order: PortfoliosOrder): Refusal<OrderCancellationReason> | undefined {
  const { account_id, type, currency } = order;
  const { status, account_group_id } = world.tables.accounts.need(account_id);
  if (status !== "ACTIVE") return ["CANCELLED_BY_UPVEST", `The account is ${status}.`];
  const amount = decimal(order.cash_amount);

  if (type === "BUY") {
    const free = tradableCash(cashOf(world, account_group_id, currency));
    if (free.isLessThan(amount))
      return ["CANCELLED_BY_UPVEST", `Only ${money(free)} ${currency} can be traded with.`];
    const items = itemsOf(world, order);
    const parts = split(
      amount,
      items.map(({ weight }) => weight),
    );
    for (const [at, { isin }] of items.entries())
      place(world, order, "BUY", isin, { cash_amount: parts[at]! });
    return;
  }

  const held = holdingsByValue(world, account_id);
  if (held.length === 0) return ["ACCOUNT_IS_EMPTY"];
  const values = held.map(({ value }) => value);
  if (type === "REBALANCING") {
    const sells = surplus(world, order, held);
    if (sells.length === 0) return ["PORTFOLIO_IS_BALANCED"];
    for (const { isin, quantity } of sells) place(world, order, "SELL", isin, { quantity });
    return;
  }
  const limits = values.map((value) => value.times(sellLimit).decimalPlaces(2, BigNumber.ROUND_DOWN));
  if (amount.isGreaterThan(sum(limits)))
    return [
      "SELL_LIMIT_EXCEEDED",
      `At most ${money(sum(limits))} ${currency} can be sold, 90 % of what is held of each instrument.`,
    ];
  const parts = splitWithin(amount, values, limits);
  for (const [at, { isin }] of held.entries()) place(world, order, "SELL", isin, { cash_amount: parts[at]! });
}

/** Places one single order, unless it is about nothing. */
function place(
  world: World,
  order: PortfoliosOrder,
  side: "BUY" | "SELL",
  instrument_id: string,
  size: { cash_amount: BigNumber } | { quantity: BigNumber },
): void {
  const text =
    "quantity" in size ? { quantity: units(size.quantity) } : { cash_amount: money(size.cash_amount) };
  if (decimal(text.quantity ?? text.cash_amount).isZero()) return;
  const { user_id, account_id, currency } = order;
  const single = newOrder(
    world,
    {
      ...(user_id !== undefined && { user_id }),
      account_id,
      ...text,
      currency,
      side,
      instrument_id,
      instrument_id_type: "ISIN",
      order_type: "MARKET",
      client_reference: order.id,
    },
    order.type === "REBALANCING" ? "PORTFOLIO_REBALANCING" : "PORTFOLIO",
    `portfolios:${order.id}`,
  );
  order.orders.push({ id: single.id, side, status: single.status });
}

/** A single order has a new state. */
function orderChanged(world: World, id: string): void {
  const order = world.tables.portfolioOrders.need(id);
  if (order.status !== "PROCESSING" && order.status !== "FILLED") return;
  const singles = refreshed(world, order).orders.map((single) => world.tables.orders.need(single.id));
  if (singles.some(({ status }) => status === "NEW" || status === "PROCESSING")) return;

  if (order.status === "PROCESSING") {
    const cancelled = singles.filter(({ status }) => status === "CANCELLED");
    const byClient = cancelled.some((single) => single.cancellation_reason === "CANCELLED_BY_CLIENT");
    const sellsOnly = singles.every(({ side }) => side === "SELL");
    if (order.type === "REBALANCING" && sellsOnly && !byClient && buyWithProceeds(world, order, singles))
      return;
    if (cancelled.length > 0) {
      const details = `${cancelled.length} of ${singles.length} single orders were cancelled.`;
      cancel(world, order, byClient ? "CANCELLED_BY_CLIENT" : "CANCELLED_BY_UPVEST", details);
      return;
    }
    change(world, order, "FILLED");
  }
  const executions = singles.flatMap((single) => single.executions);
  if (executions.every(({ status }) => status === "SETTLED")) change(world, order, "SETTLED");
}

/** Target weights by ISIN. */
const itemsOf = (world: World, { allocation_id }: Pick<PortfoliosOrder, "allocation_id">) =>
  world.tables.allocations
    .need(allocation_id ?? "")
    .allocation.map((item) => ({ isin: isinOf(item), weight: decimal(item.weight) }));

/** What each instrument has less than its target, by ISIN; below 0 it has more. */
function missing(
  world: World,
  order: Pick<PortfoliosOrder, "allocation_id">,
  held: readonly Held[],
  cash: BigNumber,
): Map<string, BigNumber> {
  const total = sum(held.map(({ value }) => value)).plus(cash);
  const gaps = new Map(held.map(({ isin, value }) => [isin, value.negated()]));
  for (const { isin, weight } of itemsOf(world, order))
    gaps.set(
      isin,
      total
        .times(weight)
        .shiftedBy(-2)
        .plus(gaps.get(isin) ?? "0"),
    );
  return gaps;
}

/** What is to be sold for the weights. */
function surplus(world: World, order: Pick<PortfoliosOrder, "allocation_id">, held: readonly Held[]): Held[] {
  const gaps = missing(world, order, held, decimal("0"));
  return held
    .map(({ isin, quantity, value }) => ({
      isin,
      // Exact when all of it is sold.
      quantity: quantity.times(gaps.get(isin)!.negated()).div(value),
      value: gaps.get(isin)!.negated(),
    }))
    .filter(({ value }) => value.isGreaterThanOrEqualTo("0.01"));
}

/** The second half of a rebalancing: what the sells brought goes to where too little is. False, if they brought nothing. */
function buyWithProceeds(world: World, order: PortfoliosOrder, sells: readonly Order[]): boolean {
  const proceeds = sum(
    sells
      .flatMap(({ executions }) => executions)
      .filter(({ status }) => status !== "CANCELLED")
      .map(({ cash_amount, taxes }) =>
        decimal(cash_amount).minus(sum(taxes.map(({ amount }) => decimal(amount)))),
      ),
  );
  const held = holdingsByValue(world, order.account_id);
  const gaps = [...missing(world, order, held, proceeds)].filter(([, gap]) => gap.isGreaterThan(0));
  if (!proceeds.isGreaterThan(0) || gaps.length === 0) return false;
  const parts = split(
    proceeds,
    gaps.map(([, gap]) => gap),
  );
  for (const [at, [isin]] of gaps.entries()) place(world, order, "BUY", isin, { cash_amount: parts[at]! });
  order.updated_at = world.time();
  return true;
}

function rebalance(world: World, id: string): void {
  const execution = world.tables.rebalancingOrders.need(id);
  if (execution.status !== "NEW") return;
  const { account_id } = execution;
  const refusal = notToRebalance(world, account_id);
  if (refusal) {
    cancelExecution(world, execution, ...refusal);
    return;
  }
  const toSell = surplus(
    world,
    world.tables.configurations.need(account_id),
    holdingsByValue(world, account_id),
  );
  const order = newPortfolioOrder(world, {
    user_id: world.tables.accounts.need(account_id).users[0]?.id,
    account_id,
    cash_amount: money(sum(toSell.map(({ value }) => value))),
    type: "REBALANCING",
    client_reference: execution.execution_id,
    initiation_flow: "API",
  });
  execution.portfolio_order_id = order.id;
  execution.updated_at = world.time();
}

/** Why an account cannot or need not be rebalanced. */
function notToRebalance(world: World, account_id: string): Refusal<ExecutionCancellationReason> | undefined {
  const account = world.tables.accounts.get(account_id);
  if (!account) return ["ACCOUNT_NOT_FOUND"];
  if (account.type !== "PORTFOLIO") return ["INVALID_ACCOUNT_TYPE"];
  if (account.status !== "ACTIVE") return ["CANCELLED_BY_UPVEST", `The account is ${account.status}.`];
  const configuration = world.tables.configurations.get(account_id);
  if (!configuration) return ["CONFIGURATION_IS_MISSING"];
  const held = holdingsByValue(world, account_id);
  if (held.length === 0) return ["ACCOUNT_IS_EMPTY"];
  const onePercent = sum(held.map(({ value }) => value)).shiftedBy(-2);
  const off = [...missing(world, configuration, held, decimal("0")).values()].map((gap) => gap.abs());
  if (off.every((gap) => gap.isLessThanOrEqualTo(onePercent.times(threshold))))
    return ["PORTFOLIO_IS_BALANCED"];
}

function changeExecution(
  world: World,
  execution: PortfoliosRebalancingExecutionOrder,
  status: PortfoliosRebalancingExecutionOrder["status"],
): void {
  execution.status = status;
  execution.updated_at = world.time();
  world.emit(`REBALANCING_EXECUTION_ORDER.${status}`, execution);
}

function cancelExecution(
  world: World,
  execution: PortfoliosRebalancingExecutionOrder,
  reason: ExecutionCancellationReason,
  details?: string,
): void {
  execution.cancellation_reason = reason;
  if (details !== undefined) execution.cancellation_details = details;
  changeExecution(world, execution, "CANCELLED");
}
