import type {
  FeeChargeMethod,
  Order,
  OrderCancellationReason,
  OrderCreateRequest,
  OrderExecution,
  OrderInitiationFlow,
} from "@upvest-sdk/types";
import { BigNumber, decimal, minus, money, plus, units } from "../amounts.js";
import { bookCash, cashOf, lockCash, queuedDecreases, settleCash, tradableCash } from "../cash.js";
import type { Resource } from "../handler.js";
import { type InstrumentData, instrumentsData } from "../instruments-data.js";
import { mockIsins } from "../mock-values.js";
import { page } from "../page.js";
import { bookUnits, holdingOf, lockUnits, settleUnits, tradableUnits } from "../positions.js";
import { invalid, notFound, unprocessable } from "../problem.js";
import type { OrderWork } from "../tables.js";
import { step, type World } from "../world.js";
import { instrumentReference, priceOf, venueOf } from "./instruments.js";
import { dayEnded, traded } from "./positions.js";
import { addReport } from "./reports.js";

const hour = 3_600_000;
const day = 24 * hour;

// An amount has at most 9 digits before its decimals.
const mostCash = decimal("999999999.99");

// Blocks are traded once a day; who comes later than 5 minutes before goes to the next one.
const blockAt = 14 * hour;
const blockCloses = 5 * 60_000;

/** Until the next block that an order can still join. */
function untilBlock(now: number): number {
  const wait = blockAt - (now % day);
  return wait >= blockCloses ? wait : wait + day;
}

/** Places an order, an internal one too. ORDER.NEW. */
export function newOrder(
  world: World,
  request: OrderCreateRequest,
  initiation_flow: OrderInitiationFlow,
  parent?: string,
): Order {
  const now = world.time();
  const {
    cash_amount = "0",
    quantity,
    currency = "EUR",
    order_type = "MARKET",
    limit_price = "",
    stop_price = "",
    execution_flow = "STRAIGHT_THROUGH",
    ...rest
  } = request;
  const order: Order = {
    ...rest,
    id: world.ids.uuid(),
    created_at: now,
    updated_at: now,
    cash_amount,
    quantity: quantity || "0",
    currency,
    order_type,
    limit_price,
    stop_price,
    execution_flow,
    status: "NEW",
    fee: "0.0",
    initiation_flow,
    executions: [],
  };
  world.tables.orders.set(order.id, order);
  world.tables.orderWork.set(order.id, {
    account_group_id: world.tables.accounts.need(order.account_id).account_group_id,
    lockedCash: "0",
    lockedUnits: "0",
    doneCash: "0",
    doneUnits: "0",
    executions: 0,
    parent,
  });
  world.emit("ORDER.NEW", order);
  const wait = execution_flow === "BLOCK" ? untilBlock(world.clock.now()) : step;
  world.later(wait, "orders.process", order.id);
  if (order.expiry_date !== undefined) {
    const end = Date.parse(`${order.expiry_date}T00:00:00.000Z`) + day;
    world.later(Math.max(0, end - world.clock.now()), "orders.expire", order.id);
  }
  return order;
}

/** Ends an order that is NEW or PROCESSING: what was executed stays, what is set aside is freed. ORDER.CANCELLED. */
export function endOrder(world: World, order: Order, reason: OrderCancellationReason): void {
  free(world, order);
  order.status = "CANCELLED";
  order.cancellation_reason = reason;
  order.updated_at = world.time();
  world.emit("ORDER.CANCELLED", order);
  if (order.executions.length) report(world, order, `${order.side}_ORDER`);
  report(world, order, "CANCELLED_ORDER");
  if (order.executions.length) world.later(step, "orders.settle", order.id);
  tellParent(world, order);
}

/** A nominal order; any other is by units. */
const byAmount = ({ cash_amount }: Order): boolean => decimal(cash_amount).gt(0);

const workOf = (world: World, { id }: Order): OrderWork => world.tables.orderWork.need(id);

/** Tells the user of the order's end. REPORT.CREATED. */
function report(world: World, order: Order, type: "BUY_ORDER" | "SELL_ORDER" | "CANCELLED_ORDER"): void {
  const { account_id, id } = order;
  const user_id = order.user_id ?? world.tables.accounts.get(account_id)?.users[0]?.id;
  if (user_id === undefined) return;
  addReport(world, { user_id, type, account_id, references: [{ id, type: "ORDER_ID" }] });
}

/** What the order belongs to looks at it again, by its own task. */
function tellParent(world: World, order: Order): void {
  const { parent } = workOf(world, order);
  if (parent === undefined) return;
  const [kind, id = ""] = parent.split(":");
  world.later(0, `${kind}.orderChanged`, id);
}

/** Frees what is still set aside. */
function free(world: World, order: Order): void {
  const work = workOf(world, order);
  const { lockedCash, lockedUnits } = work;
  work.lockedCash = "0";
  work.lockedUnits = "0";
  lockCash(world, cashOf(world, work.account_group_id, order.currency), decimal(lockedCash).negated());
  lockUnits(
    world,
    holdingOf(world, order.account_id, order.instrument_id),
    instrumentReference(order.instrument_id),
    decimal(lockedUnits).negated(),
  );
}

const sum = (amounts: readonly string[]): BigNumber =>
  amounts.reduce((all, amount) => all.plus(amount), decimal("0"));

/**
 * Fees of an order by who takes them, when so much of it is executed: they grow with it, so that an order which is
 * cancelled in part has cost a part.
 */
function feeUntil(
  order: Order,
  method: FeeChargeMethod,
  { doneCash, doneUnits }: Pick<OrderWork, "doneCash" | "doneUnits">,
): BigNumber {
  const fees = (order.fee_configuration ?? []).filter(({ charge_method }) => charge_method === method);
  const [done, all] = byAmount(order) ? [doneCash, order.cash_amount] : [doneUnits, order.quantity];
  return sum(fees.map(({ cash_amount }) => cash_amount))
    .times(done)
    .div(all)
    .decimalPlaces(2, BigNumber.ROUND_DOWN);
}

/** The fee that Upvest takes, in all. */
const wholeFee = (order: Order): BigNumber =>
  feeUntil(order, "COLLECTED_BY_UPVEST", { doneCash: order.cash_amount, doneUnits: order.quantity });

/** Tax on what a sell brings. */
const taxOn = ({ instrument_id, side }: Order, proceeds: BigNumber): BigNumber =>
  side === "SELL" && instrument_id === mockIsins.taxedOnSell
    ? proceeds.div(4).decimalPlaces(2, BigNumber.ROUND_DOWN)
    : decimal("0");

const bigger = (a: BigNumber, b: BigNumber) => (a.gt(b) ? a : b);
const smaller = (a: BigNumber, b: BigNumber) => (a.lt(b) ? a : b);

interface Lock {
  cash: BigNumber;
  units: BigNumber;
}

/** What to set aside for an order; nothing, if there is too little to do so. */
function toLock(world: World, order: Order, price: BigNumber): Lock | undefined {
  const { account_id, cash_amount, currency, instrument_id, limit_price, order_type, side, stop_price } =
    order;
  const none = decimal("0");
  const fee = wholeFee(order);
  const quantity = decimal(order.quantity);
  let expected = price;
  if (order_type === "LIMIT" && limit_price) expected = decimal(limit_price);
  if (order_type === "STOP" && stop_price && side === "BUY") expected = bigger(price, decimal(stop_price));
  const value = byAmount(order) ? decimal(cash_amount) : quantity.times(expected);
  if (value.plus(fee).gt(mostCash)) return undefined;
  // The price may change until it is executed: where that matters, 10 percent more is set aside.
  const withBuffer = value.times("1.1");

  if (side === "BUY") {
    const available = tradableCash(cashOf(world, workOf(world, order).account_group_id, currency));
    const cash = (byAmount(order) ? value : withBuffer.decimalPlaces(2, BigNumber.ROUND_UP)).plus(fee);
    if (!byAmount(order) && value.gt(available.times("0.9"))) return undefined;
    return cash.gt(available) ? undefined : { cash, units: none };
  }
  const available = tradableUnits(holdingOf(world, account_id, instrument_id));
  if (fee.gt(value.minus(taxOn(order, value)))) return undefined;
  if (!byAmount(order)) return quantity.gt(available) ? undefined : { cash: none, units: quantity };
  if (value.gt(available.times(expected).times("0.9"))) return undefined;
  const buffered = withBuffer.div(expected).decimalPlaces(10, BigNumber.ROUND_UP);
  return { cash: none, units: smaller(buffered, available) };
}

/** What an order that is NEW comes to: its end, another try, or what is set aside for it. */
function outcome(world: World, order: Order): "end" | "again" | Lock {
  const { account_group_id } = workOf(world, order);
  const account = world.tables.accounts.get(order.account_id);
  const group = world.tables.accountGroups.get(account_group_id);
  const states = [account?.status ?? "CLOSED", group?.status ?? "ACTIVE"];
  if (states.some((state) => state === "LOCKED" || state === "CLOSED")) return "end";
  if (states.includes("CLOSING") && order.side === "BUY") return "end";
  if (states.includes("PENDING_APPROVAL")) return "again";

  const data = instrumentsData.get(order.instrument_id);
  if (data?.trading_status !== "ACTIVE" || !venueOf(data, order.currency)) return "end";
  if (fitFailed(world, order)) return "end";

  // Virtual cash that is to be given back comes first.
  const cash = cashOf(world, account_group_id, order.currency);
  if (order.side === "BUY" && queuedDecreases(world, cash).length) return "again";
  const lock = toLock(world, order, priceOf(data, order.side, world.clock.now()));
  // What is short for one block may not be for the next.
  return lock ?? (order.execution_flow === "BLOCK" ? "again" : "end");
}

/** NEW -> PROCESSING, if account and cash or position allow it. */
function process(world: World, id: string): void {
  const order = world.tables.orders.get(id);
  if (order?.status !== "NEW") return;
  const work = workOf(world, order);
  if (work.cancelling) return;
  const found = outcome(world, order);
  if (found === "end") endOrder(world, order, "CANCELLED_BY_UPVEST_PLATFORM");
  else if (found === "again") {
    // The older it is, the less often it is looked at.
    const now = world.clock.now();
    const pause = Math.min(Math.max(step, Math.floor((now - Date.parse(order.created_at)) / 4)), hour);
    world.later(order.execution_flow === "BLOCK" ? untilBlock(now) : pause, "orders.process", id);
  } else {
    order.status = "PROCESSING";
    order.updated_at = world.time();
    world.emit("ORDER.PROCESSING", order);
    work.lockedCash = found.cash.toFixed();
    work.lockedUnits = found.units.toFixed();
    lockCash(world, cashOf(world, work.account_group_id, order.currency), found.cash);
    lockUnits(
      world,
      holdingOf(world, order.account_id, order.instrument_id),
      instrumentReference(order.instrument_id),
      found.units,
    );
    world.later(step, "orders.execute", id);
  }
}

/** Whether the user's last INSTRUMENT_FIT check has failed, and the order does not say that they know. */
function fitFailed(world: World, { user_id, user_instrument_fit_acknowledgement }: Order): boolean {
  if (user_id === undefined || user_instrument_fit_acknowledgement) return false;
  const checks = world.tables.checks.list(
    (check) => check.type === "INSTRUMENT_FIT" && check.user_id === user_id && check.status !== "IN_PROGRESS",
  );
  return checks.at(-1)?.status === "FAILED";
}

/** Whether the market has come to the price of a LIMIT or STOP order. */
function reached(
  { instrument_id, limit_price, order_type, side, stop_price }: Order,
  price: BigNumber,
): boolean {
  if (order_type === "MARKET") return true;
  if (instrument_id === mockIsins.neverReached) return false;
  if (order_type === "LIMIT")
    return side === "BUY" ? price.lte(limit_price || "0") : price.gte(limit_price || "0");
  return side === "BUY" ? price.gte(stop_price || "0") : price.lte(stop_price || "0");
}

/** In how many executions an order is carried out. */
function partsOf(order: Order, price: BigNumber): number {
  const value = byAmount(order) ? decimal(order.cash_amount) : price.times(order.quantity);
  const wanted =
    order.instrument_id === mockIsins.partlyThenCancelled
      ? 5
      : order.instrument_id === mockIsins.inParts
        ? 1 + ["101", "201", "301", "401"].filter((limit) => value.gte(limit)).length
        : 1;
  // No part is less than a cent, or, of whole units, less than one.
  const most = byAmount(order)
    ? value.times(100)
    : decimal(order.quantity).shiftedBy(decimal(order.quantity).isInteger() ? 0 : 10);
  return smaller(decimal(String(wanted)), most).toNumber();
}

/** The next execution of an order that is PROCESSING; the last one makes it FILLED. */
function execute(world: World, id: string): void {
  const order = world.tables.orders.get(id);
  if (order?.status !== "PROCESSING") return;
  const work = workOf(world, order);
  const data = instrumentsData.get(order.instrument_id);
  if (work.cancelling || !data) return;
  const now = world.clock.now();
  const price = priceOf(data, order.side, now);
  const parts = partsOf(order, price);
  const last = work.executions >= parts - 1;

  if (data.isin === mockIsins.cancelledByPartner || (last && data.isin === mockIsins.partlyThenCancelled))
    endOrder(world, order, "CANCELLED_BY_TRADING_PARTNER");
  else if (!reached(order, price)) {
    // A price that does not move is never reached: the order waits to be cancelled.
    if (data.moves) world.later(hour - (now % hour), "orders.execute", id);
  } else if (!executePart(world, order, data, price, last ? undefined : parts))
    endOrder(world, order, "CANCELLED_BY_UPVEST_PLATFORM");
  else if (last) {
    free(world, order);
    order.status = "FILLED";
    order.updated_at = world.time();
    world.emit("ORDER.FILLED", order);
    report(world, order, `${order.side}_ORDER`);
    world.later(step, "orders.settle", id);
    tellParent(world, order);
  } else world.later(step, "orders.execute", id);
}

/**
 * Executes one of so many equal parts, or all of the rest. EXECUTION.FILLED, and bookings.
 * @returns whether there was enough: a price can have moved by more than the buffer
 */
function executePart(
  world: World,
  order: Order,
  data: InstrumentData,
  price: BigNumber,
  parts: number | undefined,
): boolean {
  const { account_id, currency, side } = order;
  const work = workOf(world, order);
  const { doneCash, doneUnits } = work;
  const venue = venueOf(data, currency);
  if (!venue) return false;

  let amount: BigNumber;
  let quantity: BigNumber;
  if (byAmount(order)) {
    const all = decimal(order.cash_amount);
    amount = parts ? all.div(parts).decimalPlaces(2, BigNumber.ROUND_DOWN) : all.minus(doneCash);
    quantity = amount.div(price).decimalPlaces(10, BigNumber.ROUND_DOWN);
  } else {
    const all = decimal(order.quantity);
    quantity = parts
      ? all.div(parts).decimalPlaces(all.isInteger() ? 0 : 10, BigNumber.ROUND_DOWN)
      : all.minus(doneUnits);
    amount = quantity.times(price).decimalPlaces(2, BigNumber.ROUND_DOWN);
  }
  const done = { doneCash: plus(doneCash, amount), doneUnits: plus(doneUnits, quantity) };
  const feeBy = (method: FeeChargeMethod) =>
    feeUntil(order, method, done).minus(feeUntil(order, method, work));
  const fee = feeBy("COLLECTED_BY_UPVEST");
  const charged = feeBy("CHARGED_BY_CLIENT");
  const tax = taxOn(order, amount);

  const cash = cashOf(world, work.account_group_id, currency);
  const holding = holdingOf(world, account_id, data.isin);
  const cost = amount.plus(fee);
  if (amount.gt(mostCash)) return false;
  if (side === "BUY" && cost.gt(tradableCash(cash).plus(work.lockedCash))) return false;
  if (side === "SELL" && quantity.gt(tradableUnits(holding).plus(work.lockedUnits))) return false;
  // Nobody pays for selling: the price can have fallen below the fee.
  if (side === "SELL" && fee.plus(tax).gt(amount)) return false;

  const execution: OrderExecution = {
    id: world.ids.uuid(),
    cash_amount: money(amount),
    share_quantity: units(quantity),
    price: price.toFixed(),
    transaction_time: world.time(),
    taxes: [{ type: "TOTAL", amount: money(tax) }],
    order_id: order.id,
    status: "FILLED",
    side,
    currency,
    venue_id: venue.id,
  };
  order.executions.push(execution);
  order.updated_at = world.time();
  if (order.fee_configuration?.length)
    order.fee = money(
      feeUntil(order, "COLLECTED_BY_UPVEST", done).plus(feeUntil(order, "CHARGED_BY_CLIENT", done)),
    );
  work.doneCash = done.doneCash;
  work.doneUnits = done.doneUnits;
  work.executions++;
  world.emit("EXECUTION.FILLED", execution);

  const unlockCash = side === "BUY" ? smaller(cost, decimal(work.lockedCash)) : decimal("0");
  const unlockUnits = side === "SELL" ? smaller(quantity, decimal(work.lockedUnits)) : decimal("0");
  work.lockedCash = minus(work.lockedCash, unlockCash);
  work.lockedUnits = minus(work.lockedUnits, unlockUnits);
  const instrument = instrumentReference(data.isin);
  const { account_group_id } = work;
  const references = [
    { id: order.id, type: "ORDER" as const },
    { id: execution.id, type: "ORDER_EXECUTION" as const },
  ];
  const bookMoney = () => {
    // What the client charges does not pass through the balance. One fee is listed: what Upvest takes, if it does.
    const byClient = fee.isZero() && !charged.isZero();
    bookCash(world, cash, {
      type: "ORDER_EXECUTION",
      amount: deltaOf(side, amount, tax, fee).toFixed(2),
      references,
      account_id,
      instrument,
      tax: money(tax),
      fee: money(byClient ? charged : fee),
      charge_method: byClient ? "CHARGED_BY_CLIENT" : "COLLECTED_BY_UPVEST",
      unlock: unlockCash.toFixed(),
      pending: side === "SELL",
    });
  };
  const bookSecurities = () =>
    bookUnits(world, holding, {
      type: "ORDER_EXECUTION",
      quantity: (side === "BUY" ? quantity : quantity.negated()).toFixed(),
      account_group_id,
      references,
      instrument,
      unlock: unlockUnits.toFixed(),
      pending: side === "BUY",
    });
  if (side === "BUY") {
    bookMoney();
    bookSecurities();
  } else {
    bookSecurities();
    bookMoney();
  }
  traded(world, account_id, execution);
  return true;
}

/** What an execution changes the balance by. */
const deltaOf = (side: Order["side"], amount: BigNumber, tax: BigNumber, fee: BigNumber): BigNumber =>
  (side === "BUY" ? amount.negated() : amount).minus(tax).minus(fee);

/** All executions have settled: in the sandbox at once. EXECUTION.SETTLED for each. */
function settle(world: World, id: string): void {
  const order = world.tables.orders.get(id);
  if (!order) return;
  const { account_id, currency, instrument_id, side } = order;
  const cash = cashOf(world, workOf(world, order).account_group_id, currency);
  const holding = holdingOf(world, account_id, instrument_id);
  let before = { doneCash: "0", doneUnits: "0" };
  for (const execution of order.executions) {
    const { cash_amount, share_quantity, taxes } = execution;
    const done = {
      doneCash: plus(before.doneCash, cash_amount),
      doneUnits: plus(before.doneUnits, share_quantity),
    };
    const fee = feeUntil(order, "COLLECTED_BY_UPVEST", done).minus(
      feeUntil(order, "COLLECTED_BY_UPVEST", before),
    );
    before = done;
    if (execution.status !== "FILLED") continue;
    execution.status = "SETTLED";
    execution.settlement_date = world.date();
    order.updated_at = world.time();
    world.emit("EXECUTION.SETTLED", execution);
    const tax = sum(taxes.map(({ amount }) => amount));
    if (side === "BUY") settleUnits(world, holding, instrumentReference(instrument_id), share_quantity);
    else settleCash(world, cash, deltaOf(side, decimal(cash_amount), tax, fee));
  }
  tellParent(world, order);
}

/** Its last day has passed. */
function expire(world: World, id: string): void {
  const order = world.tables.orders.get(id);
  if (order?.status === "NEW" || order?.status === "PROCESSING")
    endOrder(world, order, "CANCELLED_BY_UPVEST_PLATFORM");
}

/** What the client asked for with DELETE. */
function cancel(world: World, id: string): void {
  const order = world.tables.orders.get(id);
  if (!order) return;
  if (order.status === "NEW" || order.status === "PROCESSING") endOrder(world, order, "CANCELLED_BY_CLIENT");
  else
    world.emit("ORDER_CANCELLATION.REJECTED", {
      order_id: id,
      status: "REJECTED",
      reason: `The order is ${order.status} already.`,
    });
}

const given = (value: string | undefined): value is string => value !== undefined && value !== "";
const positive = (value: string, what: string): void => {
  if (!decimal(value).gt(0)) throw invalid(`${what} is ${value}. Give a number above 0.`);
};

/** What the form of the request can't say. */
function check(world: World, request: OrderCreateRequest): void {
  const { account_id, cash_amount, currency = "EUR", expiry_date, instrument_id, limit_price } = request;
  const { order_type = "MARKET", quantity, side, stop_price, user_id } = request;

  if (cash_amount !== undefined && given(quantity))
    throw unprocessable("Both cash_amount and quantity are given. Give one of them.");
  if (cash_amount !== undefined) positive(cash_amount, "cash_amount");
  else if (!given(quantity))
    throw invalid("Neither cash_amount nor quantity is given. Say how much to trade.");
  else {
    positive(quantity, "quantity");
    if (decimal(quantity).decimalPlaces()! > 10)
      throw invalid(`quantity is ${quantity}. Give at most 10 decimals.`);
  }
  const fraction = given(quantity) && !decimal(quantity).isInteger();
  if (order_type !== "MARKET" && cash_amount !== undefined)
    throw unprocessable(`A ${order_type} order takes no cash_amount. Give a quantity, or order_type MARKET.`);
  if (order_type !== "MARKET" && fraction)
    throw unprocessable(`A ${order_type} order takes whole units, and quantity is ${quantity}.`);
  for (const [type, name, price] of [
    ["LIMIT", "limit_price", limit_price],
    ["STOP", "stop_price", stop_price],
  ] as const) {
    if (order_type === type) {
      if (!given(price)) throw invalid(`${name} is missing. An order of type ${type} needs it.`);
      positive(price, name);
    } else if (given(price)) throw unprocessable(`${name} is for order_type ${type}, not ${order_type}.`);
  }
  if (request.execution_flow === "BLOCK" && order_type !== "MARKET")
    throw unprocessable(`A BLOCK order must have order_type MARKET, not ${order_type}.`);
  if (expiry_date !== undefined) {
    const date = Date.parse(`${expiry_date}T00:00:00.000Z`);
    if (Number.isNaN(date) || !new Date(date).toISOString().startsWith(expiry_date))
      throw invalid(`expiry_date ${expiry_date} is no day of the calendar.`);
    if (expiry_date < world.date())
      throw unprocessable(`expiry_date ${expiry_date} has passed: today is ${world.date()}.`);
  }
  for (const { type, cash_amount: fee, currency: feeCurrency } of request.fee_configuration ?? []) {
    positive(fee, "cash_amount of the fee");
    if (type !== `TRANSACTION_FEE_${side}`)
      throw unprocessable(`A fee of type ${type} does not belong to an order with side ${side}.`);
    if (feeCurrency !== currency)
      throw unprocessable(`The fee is in ${feeCurrency}, the order in ${currency}. Give the same currency.`);
  }

  const account = world.tables.accounts.get(account_id);
  if (!account) throw unprocessable(`There is no account ${account_id}.`);
  if (account.type !== "TRADING")
    throw unprocessable(
      `Account ${account_id} is of type ${account.type}. Orders for instruments need a TRADING one.`,
    );
  if (user_id !== undefined) {
    if (!world.tables.users.get(user_id)) throw unprocessable(`There is no user ${user_id}.`);
    if (!account.users.some(({ id }) => id === user_id))
      throw unprocessable(`User ${user_id} is not on account ${account_id}.`);
  }
  const data = instrumentsData.get(instrument_id);
  if (!data)
    throw unprocessable(`There is no instrument ${instrument_id}. GET /instruments lists those there are.`);
  if (!data.fractional_trading && (cash_amount !== undefined || fraction))
    throw unprocessable(`${instrument_id} is traded in whole units only. Give such a quantity.`);
}

export const orders: Resource = {
  handlers: {
    listAccountOrders: ({ world, path, query, assumed }) => {
      const account = world.tables.accounts.need(path.account_id);
      const { account_group_id, date_created_from, date_created_to, status, user_id } = query;
      if (status === undefined) assumed("without a status, orders in all states are listed");
      const from = date_created_from === undefined ? 0 : Date.parse(date_created_from);
      const to = date_created_to === undefined ? Number.POSITIVE_INFINITY : Date.parse(date_created_to);
      const asked =
        (account_group_id ?? account.account_group_id) === account.account_group_id &&
        (user_id === undefined || account.users.some(({ id }) => id === user_id));
      const rows = world.tables.orders.list((order) => {
        const created = Date.parse(order.created_at);
        return (
          asked &&
          order.account_id === account.id &&
          order.status === (status ?? order.status) &&
          created >= from &&
          created <= to
        );
      });
      return page(rows, query, "created_at");
    },

    placeOrder: ({ world, body, assumed }) => {
      check(world, body);
      if (body.currency === undefined) assumed("an order without a currency is in EUR");
      if (body.order_type === undefined) assumed("an order without an order_type is a MARKET one");
      if (body.execution_flow === "BLOCK") assumed("blocks are traded at 14:00 UTC each day");
      if (body.expiry_date !== undefined)
        assumed("after its expiry_date an order is cancelled by the platform; without one it stays open");
      if (body.fee_configuration?.some(({ charge_method }) => charge_method === "CHARGED_BY_CLIENT"))
        assumed("a fee CHARGED_BY_CLIENT is listed, but not taken from the balance");
      return newOrder(world, body, "API");
    },

    retrieveOrder: ({ world, path }) => world.tables.orders.need(path.order_id),

    cancelOrder: ({ world, path, assumed }) => {
      const order = world.tables.orders.need(path.order_id);
      const { id, initiation_flow, status } = order;
      const work = workOf(world, order);
      if (initiation_flow !== "API") assumed("an order that the platform placed can be cancelled as well");
      if (status === "CANCELLED") assumed("to cancel a CANCELLED order is rejected by an event");
      // A second request changes nothing: the first one is on its way.
      if (!work.cancelling) world.later(0, "orders.cancel", id);
      if (status === "NEW" || status === "PROCESSING") work.cancelling = true;
      return { id };
    },

    retrieveOrderExecution: ({ world, path }) => {
      const order = world.tables.orders.need(path.order_id);
      const execution = order.executions.find(({ id }) => id === path.execution_id);
      if (!execution) throw notFound("execution of the order", path.execution_id);
      return execution;
    },
  },
  tasks: {
    "orders.process": process,
    "orders.execute": execute,
    "orders.settle": settle,
    "orders.cancel": cancel,
    "orders.expire": expire,
    "orders.dayEnded": dayEnded,
  },
};
