import type { UpvestClient } from "@upvest-sdk/client";
import * as api from "@upvest-sdk/client/operations";
import type { CashBalance, CashTransaction, Order, OrderExecution } from "@upvest-sdk/types";
import { expect } from "vitest";
import { cents, scaled, sum, toCents, units } from "./count.js";
import type { Told } from "./told.js";

const all = async <One>(pages: AsyncIterable<One>): Promise<One[]> => {
  const found: One[] = [];
  for await (const one of pages) found.push(one);
  return found;
};

const most = { limit: 1000 } as const;

const deposits = [
  "TREASURY_PAYMENT",
  "SEPA_DIRECT_DEBIT",
  "SEPA_DIRECT_DEBIT_CHARGE_BACK",
  "TOPUP",
  "TOPUP_CANCELLATION",
  "VIRTUAL_CASH_INCREASE",
];
const withdrawals = ["WITHDRAWAL", "WITHDRAWAL_CANCELLATION", "VIRTUAL_CASH_DECREASE"];
/** What a bank, or a client, may take back though it was spent. */
const takenBack = ["SEPA_DIRECT_DEBIT_CHARGE_BACK", "TOPUP_CANCELLATION"];

const isOpen = ({ status }: { status?: string | undefined }) => status === "NEW" || status === "PROCESSING";
const byId = <One extends { id: string }>(rows: readonly One[]) =>
  [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));

/** Executions that count: a cancelled one did not happen. */
const executionsOf = (orders: readonly Order[]) =>
  orders.flatMap((order) =>
    order.executions
      .filter(({ status }) => status !== "CANCELLED")
      .map((execution) => ({ order, execution })),
  );

const taxOf = ({ taxes }: Pick<OrderExecution, "taxes">) => sum(taxes, ({ amount }) => cents(amount ?? "0"));

/** Fees that went through the balance. */
const feesOf = ({ fees = [] }: CashTransaction) =>
  sum(fees, ({ amount, charge_method }) => (charge_method === "COLLECTED_BY_UPVEST" ? cents(amount) : 0n));

const configured = ({ fee_configuration = [] }: Order, method?: string) =>
  sum(fee_configuration, ({ cash_amount, charge_method }) =>
    (method ?? charge_method) === charge_method ? cents(cash_amount) : 0n,
  );

/** What can be asked about money, by what is told of; all of it is computed from GETs. */
export async function checkMoney(client: UpvestClient, told: Told): Promise<void> {
  const [cashTransactions, securityTransactions, groups, accounts] = await Promise.all([
    all(client.paginate(api.listCashTransactions, { query: most })),
    all(client.paginate(api.listSecuritiesTransactions, { query: most })),
    Promise.all(
      [...told.groups.keys()].map(async (id) => {
        const { data } = await client.call(api.retrieveCashBalances, { path: { account_group_id: id } });
        return { id, balances: data };
      }),
    ),
    Promise.all(
      [...told.accounts.values()].map(async ({ id, account_group_id }) => {
        const [orders, positions] = await Promise.all([
          all(client.paginate(api.listAccountOrders, { path: { account_id: id }, query: most })),
          all(client.paginate(api.listPositions, { path: { account_id: id }, query: most })),
        ]);
        return { id, account_group_id, orders, positions };
      }),
    ),
  ]);

  // Nothing is there that no event told of, and nothing was told that is not there.
  expect(byId(cashTransactions)).toEqual(byId([...told.cashTransactions.values()]));
  expect(byId(securityTransactions)).toEqual(byId([...told.securityTransactions.values()]));

  const orders = accounts.flatMap((account) => account.orders);
  const withFees = (order: Order) => {
    const methods = new Set(order.fee_configuration?.map(({ charge_method }) => charge_method));
    // Of two kinds of fees a transaction lists one: while it runs, the whole fee is not told.
    return methods.size > 1 && order.status === "PROCESSING" ? { ...order, fee: "" } : order;
  };
  expect(byId(orders).map(withFees)).toEqual(byId([...told.orders.values()]).map(withFees));

  for (const { id: account_id, positions, orders } of accounts) {
    const heard = [...told.positions.values()].filter((one) => one.account_id === account_id);
    const key = ({ instrument }: { instrument: { isin?: string } }) => instrument.isin ?? "";
    const sorted = <One extends { instrument: { isin?: string } }>(rows: readonly One[]) =>
      [...rows].sort((a, b) => (key(a) < key(b) ? -1 : 1));
    // What was sold in full is no position any more.
    expect(sorted(positions)).toEqual(sorted(heard.filter(({ quantity }) => quantity !== "0")));
    for (const one of heard) {
      const isin = key(one);
      const own = executionsOf(orders).filter(({ order }) => order.instrument_id === isin);
      const booked = securityTransactions.filter(
        (row) => row.account_id === account_id && row.instrument.isin === isin,
      );
      const quantity = sum(booked, ({ delta }) => units(delta.amount));
      const locked = units(one.locked_for_trading);
      const pending = sum(own, ({ execution: { side, status, share_quantity } }) =>
        side === "BUY" && status === "FILLED" ? units(share_quantity) : 0n,
      );
      expect(units(one.quantity)).toBe(quantity);
      expect(units(one.pending_settlement)).toBe(pending);
      expect(units(one.available_for_trading)).toBe(quantity - locked);
      expect(units(one.settled_quantity)).toBe(quantity - pending);
      expect(quantity >= 0n && locked >= 0n && locked <= quantity && pending >= 0n).toBe(true);
      const sells = orders.filter(
        ({ instrument_id, side, status }) =>
          instrument_id === isin && side === "SELL" && status === "PROCESSING",
      );
      const bySize = sum(sells, ({ quantity, executions }) =>
        quantity === "0" ? 0n : units(quantity) - sum(executions, (each) => units(each.share_quantity)),
      );
      // How much a sell by amount sets aside depends on the price that was.
      if (sells.some(({ quantity }) => quantity === "0")) expect(locked >= bySize).toBe(true);
      else expect(locked).toBe(bySize);
    }
  }

  for (const { id, balances } of groups) {
    const own = accounts.filter(({ account_group_id }) => account_group_id === id);
    const booked = cashTransactions.filter(({ account_group_id }) => account_group_id === id);
    for (const currency of ["EUR", "GBP"] as const)
      checkCash(told, {
        key: `${id}/${currency}`,
        balance: balances.find((one) => one.currency === currency),
        booked: booked.filter(({ delta }) => delta.currency === currency),
        orders: own.flatMap(({ orders }) => orders).filter((order) => order.currency === currency),
        // Withdrawals and top-ups are compared with their GETs elsewhere.
        sent: [...told.withdrawals.values()].filter(
          (one) => one.account_group_id === id && one.currency === currency && isOpen(one),
        ),
        awaited: [...told.topUps.values()].filter(
          (one) => one.account_group_id === id && one.currency === currency && one.status === "CONFIRMED",
        ),
      });
  }

  checkExecutions(orders, cashTransactions, told);
  checkPayments(told, cashTransactions);
  checkPortfolioOrders(told);
  checkClosed(told, orders);
}

/** What is closed is empty, and stays so. */
function checkClosed(told: Told, orders: readonly Order[]): void {
  const closed = ({ status }: { status?: string | undefined }) => status === "CLOSED";
  for (const { id } of [...told.accounts.values()].filter(closed)) {
    // One that was placed since is NEW until it is looked at.
    expect(orders.filter((one) => one.account_id === id && one.status === "PROCESSING")).toEqual([]);
    const held = [...told.positions.values()].filter((one) => one.account_id === id);
    expect(held.filter(({ quantity }) => quantity !== "0")).toEqual([]);
  }
  for (const { id } of [...told.groups.values()].filter(closed)) {
    const left = [...told.cash.values()].filter((one) => one.account_group_id === id);
    expect(left.filter(({ balance }) => balance !== "0.00")).toEqual([]);
    expect([...told.accounts.values()].filter((one) => one.account_group_id === id && !closed(one))).toEqual(
      [],
    );
  }
}

interface CashBook {
  key: string;
  balance: CashBalance | undefined;
  booked: CashTransaction[];
  orders: Order[];
  sent: { amount: string }[];
  awaited: { cash_amount: string }[];
}

function checkCash(told: Told, { key, balance, booked, orders, sent, awaited }: CashBook): void {
  const heard = told.cash.get(key);
  if (!balance || !heard) {
    // Nothing was ever there: some currency is answered all the same.
    expect({ heard, booked, balance: balance?.balance ?? "0.00" }).toEqual({
      heard: undefined,
      booked: [],
      balance: "0.00",
    });
    return;
  }
  expect(balance).toEqual(heard);

  const executions = executionsOf(orders);
  const of = (types: readonly string[]) =>
    sum(booked, ({ type, delta }) => (types.includes(type) ? cents(delta.amount) : 0n));
  const known = [...deposits, ...withdrawals, "ORDER_EXECUTION", "FEE_COLLECTION"];
  expect(booked.filter(({ type }) => !known.includes(type))).toEqual([]);
  const fees = sum(booked, feesOf) - of(["FEE_COLLECTION"]);
  const taxes = sum(booked, taxOf);
  const atCost = sum(executions, ({ execution: { side, cash_amount } }) =>
    side === "BUY" ? cents(cash_amount) : -cents(cash_amount),
  );
  const whole = cents(balance.balance);
  expect(toCents(of(deposits) + of(withdrawals) - fees - taxes)).toBe(toCents(whole + atCost));
  expect(toCents(whole)).toBe(toCents(sum(booked, ({ delta }) => cents(delta.amount))));

  const locked = cents(balance.locked_for_trading);
  const pending = cents(balance.pending_settlement);
  expect(cents(balance.available_for_trading)).toBe(whole - locked);
  expect(cents(balance.available_for_withdrawal)).toBe(whole - locked - pending);

  const unsettled = new Set(
    executions
      .filter(({ execution: { side, status } }) => side === "SELL" && status === "FILLED")
      .map(({ execution }) => execution.id),
  );
  const proceeds = booked.filter(({ references }) => references.some((one) => unsettled.has(one.id)));
  expect(toCents(pending)).toBe(
    toCents(
      sum(proceeds, ({ delta }) => cents(delta.amount)) + sum(awaited, (one) => cents(one.cash_amount)),
    ),
  );

  const buys = orders.filter(({ side, status }) => side === "BUY" && status === "PROCESSING");
  const paid = ({ executions }: Order) => {
    const ids = new Set(executions.map(({ id }) => id));
    return sum(booked, ({ references, delta }) =>
      references.some((one) => ids.has(one.id)) ? -cents(delta.amount) : 0n,
    );
  };
  const byAmount = sum(buys, (order) =>
    order.quantity === "0"
      ? cents(order.cash_amount) + configured(order, "COLLECTED_BY_UPVEST") - paid(order)
      : 0n,
  );
  const set = byAmount + sum(sent, ({ amount }) => cents(amount));
  // How much a buy of units sets aside depends on the price that was.
  if (buys.some(({ quantity }) => quantity !== "0")) expect(locked >= set).toBe(true);
  else expect(toCents(locked)).toBe(toCents(set));

  const back = -of(takenBack);
  const least = { key, locked, pending, whole, back };
  expect(least).toSatisfy(() => locked >= 0n && pending >= 0n && whole >= -back && whole - locked >= -back);
}

const price = scaled(4);

/** Each execution is booked once as money and once as units, exactly; orders are what their executions are. */
function checkExecutions(
  orders: readonly Order[],
  cashTransactions: readonly CashTransaction[],
  told: Told,
): void {
  const money = new Map<string, CashTransaction[]>();
  const securities = new Map<string, bigint[]>();
  for (const row of cashTransactions)
    for (const { id, type } of row.references)
      if (type === "ORDER_EXECUTION") money.set(id, [...(money.get(id) ?? []), row]);
  for (const { references, delta } of told.securityTransactions.values())
    for (const { id, type } of references)
      if (type === "ORDER_EXECUTION")
        securities.set(id, [...(securities.get(id) ?? []), units(delta.amount)]);

  for (const { order, execution } of executionsOf(orders)) {
    const { id, side, cash_amount, share_quantity } = execution;
    const [transaction, ...more] = money.get(id) ?? [];
    expect([transaction?.type, more]).toEqual(["ORDER_EXECUTION", []]);
    const amount = cents(cash_amount);
    const quantity = units(share_quantity);
    const delta = (side === "BUY" ? -amount : amount) - taxOf(execution) - feesOf(transaction!);
    expect(transaction!.delta.amount).toBe(toCents(delta));
    expect(taxOf(transaction!)).toBe(taxOf(execution));
    expect(securities.get(id)).toEqual([side === "BUY" ? quantity : -quantity]);
    money.delete(id);
    securities.delete(id);
    // What is finer than a cent, or than ten decimals of a unit, is cut off.
    const each = price(execution.price);
    if (order.quantity === "0") expect(quantity).toBe((amount * 10n ** 12n) / each);
    else expect(amount).toBe((quantity * each) / 10n ** 12n);
  }
  expect([...money.keys(), ...securities.keys()]).toEqual([]);

  for (const order of orders) {
    const { status, executions, fee } = order;
    const amount = sum(executions, ({ cash_amount }) => cents(cash_amount));
    const quantity = sum(executions, ({ share_quantity }) => units(share_quantity));
    const [done, whole] =
      order.quantity === "0" ? [amount, cents(order.cash_amount)] : [quantity, units(order.quantity)];
    if (status === "FILLED") {
      expect(done).toBe(whole);
      expect(cents(fee)).toBe(configured(order));
    } else expect(done <= whole && cents(fee) <= configured(order)).toBe(true);
    // A part of the order costs the same part of each kind of fee, less than a cent is cut off.
    const part = (method: string) => (configured(order, method) * done) / whole;
    expect(cents(fee)).toBe(part("COLLECTED_BY_UPVEST") + part("CHARGED_BY_CLIENT"));
  }
}

/** The single orders of a portfolio order are for all of its amount, to the cent. */
function checkPortfolioOrders(told: Told): void {
  for (const { id, type, status, cash_amount, orders } of told.portfolioOrders.values()) {
    if (type === "REBALANCING" || status === "NEW" || orders.length === 0) continue;
    const amount = sum(orders, (brief) => cents(told.orders.get(brief.id)?.cash_amount ?? "0"));
    expect([id, amount]).toEqual([id, cents(cash_amount)]);
  }
}

/** Each payment is booked as its state says, once. */
function checkPayments(told: Told, cashTransactions: readonly CashTransaction[]): void {
  const made = new Map<string, bigint[]>();
  for (const { references, delta, type } of cashTransactions) {
    if (type === "ORDER_EXECUTION") continue;
    const id = references[0]?.id ?? "";
    made.set(id, [...(made.get(id) ?? []), cents(delta.amount)]);
  }
  const bookings = (id: string) => made.get(id) ?? [];
  for (const { id, status, cash_amount } of told.directDebits.values()) {
    const amount = cents(cash_amount);
    const both = bookings(id);
    // Stopped before it was sent, or taken back by the bank.
    if (status === "CANCELLED") expect([[], [amount, -amount]]).toContainEqual(both);
    else expect(both).toEqual(status === "CONFIRMED" ? [amount] : []);
  }
  for (const { id, status, cash_amount } of told.topUps.values()) {
    const amount = cents(cash_amount);
    expect(bookings(id)).toEqual(status === "CANCELLED" ? [amount, -amount] : [amount]);
  }
  for (const { id, status, amount } of told.withdrawals.values()) {
    const out = -cents(amount);
    if (status === "CANCELLED") expect([[], [out, -out]]).toContainEqual(bookings(id));
    else expect(bookings(id)).toEqual(status === "CONFIRMED" ? [out] : []);
  }
  for (const { id, status, amount } of told.increases.values())
    expect(bookings(id)).toEqual(status === "CONFIRMED" ? [cents(amount)] : []);
  for (const { id, status, amount } of told.decreases.values())
    expect(bookings(id)).toEqual(status === "CONFIRMED" ? [-cents(amount)] : []);
  for (const { id, status, collection_amount, processed_amount } of told.collections.values()) {
    const taken = -sum(bookings(id), (amount) => amount);
    expect(taken).toBe(
      cents(processed_amount.cash_balance ?? "0") + cents(processed_amount.sell_to_cover ?? "0"),
    );
    if (status === "FINALISED") expect(taken).toBe(cents(collection_amount));
    else expect(taken < cents(collection_amount)).toBe(true);
  }
}

/** Compares what was told with GETs: of all there is, or of what was told of lately and what may change. */
export async function checkTold(client: UpvestClient, told: Told, only: "all" | "lately"): Promise<void> {
  const final = ["CANCELLED", "SETTLED", "FINALISED", "CLOSED", "OFFBOARDED", "PASSED", "FAILED", "EXPIRED"];
  const wanted = (kind: string) => (row: { id: string; status?: string | undefined }) =>
    only === "all" ||
    told.touched.has(`${kind}/${row.id}`) ||
    (row.status !== undefined && !final.includes(row.status) && row.status !== "ACTIVE");
  const compare = async <Row extends { id: string }>(
    kind: string,
    rows: Iterable<Row>,
    get: (row: Row) => Promise<unknown>,
  ) => {
    for (const row of rows) {
      if (!wanted(kind)(row)) continue;
      const { data, error } = await get(row).then(
        (data) => ({ data, error: undefined }),
        (error: unknown) => ({ data: undefined, error }),
      );
      expect(error).toBeUndefined();
      expect(data).toEqual(row);
    }
  };
  await Promise.all([
    compare("users", told.users.values(), ({ id }) =>
      client.call(api.retrieveUser, { path: { user_id: id } }),
    ),
    compare("checks", told.checks.values(), ({ id, user_id }) =>
      client.call(api.retrieveUserCheck, { path: { user_id, check_id: id } }),
    ),
    compare("groups", told.groups.values(), ({ id }) =>
      client.call(api.retrieveAccountGroup, { path: { account_group_id: id } }),
    ),
    compare("accounts", told.accounts.values(), ({ id }) =>
      client.call(api.retrieveAccount, { path: { account_id: id } }),
    ),
    compare("withdrawals", told.withdrawals.values(), ({ id }) =>
      client.call(api.retrieveCashWithdrawal, { path: { withdrawal_id: id } }),
    ),
    compare("directDebits", told.directDebits.values(), ({ id }) =>
      client.call(api.retrieveDirectDebit, { path: { direct_debit_id: id } }),
    ),
    compare("topUps", told.topUps.values(), ({ id }) =>
      client.call(api.retrieveTopup, { path: { topup_id: id } }),
    ),
    compare("plans", told.plans.values(), ({ id }) =>
      client.call(api.retrieveSavingsPlan, { path: { savings_plan_id: id } }),
    ),
    compare("planExecutions", told.planExecutions.values(), ({ id, savings_plan_id }) =>
      client.call(api.retrieveSavingsPlanExecution, {
        path: { savings_plan_id, savings_plan_execution_id: id },
      }),
    ),
    compare("portfolioOrders", told.portfolioOrders.values(), ({ id }) =>
      client.call(api.retrievePortfoliosOrder, { path: { portfolio_order_id: id } }),
    ),
    compare("allocations", told.allocations.values(), ({ id }) =>
      client.call(api.retrievePortfoliosAllocation, { path: { allocation_id: id } }),
    ),
    compare("liquidations", told.liquidations.values(), ({ id, account_id }) =>
      client.call(api.retrieveAccountLiquidation, { path: { account_id, account_liquidation_id: id } }),
    ),
    compare("collections", told.collections.values(), ({ id }) =>
      client.call(api.retrieveFeeCollection, { path: { fee_collection_id: id } }),
    ),
    compare("virtualAccounts", told.virtualAccounts.values(), ({ id }) =>
      client.call(api.retrieveVirtualBankAccount, { path: { virtual_bank_account_id: id } }),
    ),
    compare("rebalancingOrders", told.rebalancingOrders.values(), async ({ id, execution_id }) => {
      const { data } = await client.call(api.listPortfolioRebalancingExecutionOrders, {
        path: { execution_id },
      });
      return data.find((one) => one.id === id);
    }),
  ]);
  if (only === "all") await checkLists(client, told);
}

/** The lists have what was told of, and nothing else. */
async function checkLists(client: UpvestClient, told: Told): Promise<void> {
  const same = <Row extends { id: string }>(rows: readonly Row[], heard: Iterable<Row>) =>
    expect(byId(rows)).toEqual(byId([...heard]));
  const { listUsers, listAccountGroups, listAccounts, listPortfoliosOrders, listSavingsPlans } = api;
  same(await all(client.paginate(listUsers, { query: most })), told.users.values());
  same(await all(client.paginate(listAccountGroups, { query: most })), told.groups.values());
  same(await all(client.paginate(listAccounts, { query: most })), told.accounts.values());
  same(await all(client.paginate(listPortfoliosOrders, { query: most })), told.portfolioOrders.values());
  same(await all(client.paginate(listSavingsPlans, { query: most })), told.plans.values());
  same(await all(client.paginate(api.listFeeCollections, { query: most })), told.collections.values());
  same(await all(client.paginate(api.listPortfoliosAllocations, { query: most })), told.allocations.values());
  const of = <Row>(rows: Map<string, Row>, own: (row: Row) => boolean) => [...rows.values()].filter(own);
  for (const savings_plan_id of told.plans.keys())
    same(
      await all(client.paginate(api.listSavingsPlanExecutions, { path: { savings_plan_id }, query: most })),
      of(told.planExecutions, (row) => row.savings_plan_id === savings_plan_id),
    );
  for (const account_group_id of told.groups.keys()) {
    const input = { path: { account_group_id }, query: most };
    const ofGroup = (row: { account_group_id: string }) => row.account_group_id === account_group_id;
    same(await all(client.paginate(api.listCashWithdrawals, input)), of(told.withdrawals, ofGroup));
    same(await all(client.paginate(api.listDirectDebits, input)), of(told.directDebits, ofGroup));
    same(await all(client.paginate(api.listTopups, input)), of(told.topUps, ofGroup));
  }
  for (const user_id of told.users.keys()) {
    const reports = await all(client.paginate(api.listUserReports, { path: { user_id }, query: most }));
    same(
      reports,
      of(told.reports, (row) => row.user_id === user_id),
    );
    const checks = await client.call(api.listUserChecks, { path: { user_id } });
    same(
      checks.data,
      of(told.checks, (row) => row.user_id === user_id),
    );
  }
  for (const tax_wrapper_id of new Set([...told.allowances.values()].map((one) => one.tax_wrapper_id))) {
    const { data } = await client.call(api.retrieveIsaAllowances, { path: { tax_wrapper_id } });
    same(
      data,
      of(told.allowances, (row) => row.tax_wrapper_id === tax_wrapper_id),
    );
  }
  for (const account_id of told.accounts.keys()) {
    const path = { account_id };
    const ofAccount = (row: { account_id: string }) => row.account_id === account_id;
    same(
      await all(client.paginate(api.listAccountsLiquidations, { path, query: most })),
      of(told.liquidations, ofAccount),
    );
    same(
      await all(client.paginate(api.listAccountValuationHistory, { path, query: most })),
      of(told.valuations, ofAccount),
    );
    const returns = await all(
      client.paginate(api.listAccountReturns, { path, query: { ...most, start_date: "2026-01-01" } }),
    );
    expect(returns).toEqual(
      of(told.returns, ofAccount).sort((a, b) => ((a.date ?? "") < (b.date ?? "") ? -1 : 1)),
    );
  }
}
