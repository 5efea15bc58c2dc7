import type {
  Account,
  AccountGroup,
  AccountLiquidation,
  AccountReturn,
  AccountValuation,
  CashBalance,
  CashTransaction,
  DirectDebit,
  FeeCollection,
  IsaAllowance,
  Order,
  PortfoliosAllocation,
  PortfoliosOrder,
  PortfoliosRebalancingExecutionOrder,
  Position,
  Report,
  SavingsPlan,
  SavingsPlanExecution,
  SecurityTransaction,
  TopUp,
  User,
  UserCheck,
  VirtualBankAccount,
  VirtualCashDecrease,
  VirtualCashIncrease,
  WebhookEvent,
  Withdrawal,
} from "@upvest-sdk/types";
import { cents, toCents } from "./count.js";

type Of<Category extends string> = Extract<WebhookEvent, { type: `${Category}.${string}` }>;

const isOf = <Category extends string>(event: WebhookEvent, category: Category): event is Of<Category> =>
  event.type.startsWith(`${category}.`);

/** Which state may follow which one; `""` is the state of what is not there yet. */
const ways: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  USER: {
    "": ["INACTIVE"],
    INACTIVE: ["ACTIVE", "OFFBOARDING"],
    ACTIVE: ["OFFBOARDING"],
    OFFBOARDING: ["OFFBOARDED"],
  },
  USER_CHECK: { "": ["IN_PROGRESS"], IN_PROGRESS: ["PASSED", "FAILED"] },
  ACCOUNT_GROUP: {
    "": ["PENDING_APPROVAL"],
    PENDING_APPROVAL: ["ACTIVE", "CLOSING"],
    ACTIVE: ["CLOSING"],
    CLOSING: ["CLOSED"],
  },
  ACCOUNT: {
    "": ["PENDING_APPROVAL"],
    PENDING_APPROVAL: ["ACTIVE", "CLOSING"],
    ACTIVE: ["CLOSING"],
    CLOSING: ["CLOSED"],
  },
  ORDER: { "": ["NEW"], NEW: ["PROCESSING", "CANCELLED"], PROCESSING: ["FILLED", "CANCELLED"] },
  EXECUTION: { "": ["FILLED"], FILLED: ["SETTLED"] },
  PORTFOLIO_ORDER: {
    "": ["NEW"],
    NEW: ["PROCESSING", "CANCELLED"],
    PROCESSING: ["FILLED", "CANCELLED"],
    FILLED: ["SETTLED"],
  },
  REBALANCING_EXECUTION_ORDER: {
    "": ["NEW"],
    NEW: ["PROCESSING", "CANCELLED"],
    PROCESSING: ["FILLED", "CANCELLED"],
  },
  SAVINGS_PLAN: { "": ["ACTIVE"], ACTIVE: ["CANCELLED"] },
  SAVINGS_PLAN_EXECUTION: {
    "": ["NEW"],
    NEW: ["PROCESSING", "CANCELLED"],
    PROCESSING: ["FILLED", "CANCELLED"],
    FILLED: ["SETTLED"],
  },
  ACCOUNT_LIQUIDATION: {
    "": ["NEW"],
    NEW: ["PROCESSING", "CANCELLED"],
    PROCESSING: ["FILLED", "CANCELLED"],
    FILLED: ["SETTLED"],
  },
  FEE_COLLECTION: { "": ["PROCESSING"], PROCESSING: ["FINALISED", "CANCELLED"] },
  DIRECT_DEBIT: {
    "": ["NEW"],
    NEW: ["PROCESSING", "CANCELLED"],
    PROCESSING: ["CONFIRMED"],
    CONFIRMED: ["CANCELLED"],
  },
  TOPUP: { "": ["CONFIRMED"], CONFIRMED: ["SETTLED", "CANCELLED"] },
  WITHDRAWAL: {
    "": ["NEW"],
    NEW: ["PROCESSING", "CANCELLED"],
    PROCESSING: ["CONFIRMED"],
    CONFIRMED: ["CANCELLED"],
  },
  VIRTUAL_CASH_INCREASE: { "": ["ISSUED"], ISSUED: ["CONFIRMED"] },
  VIRTUAL_CASH_DECREASE: {
    "": ["ISSUED"],
    ISSUED: ["QUEUED", "CONFIRMED", "CANCELLED"],
    QUEUED: ["CONFIRMED", "CANCELLED"],
  },
  ISA_WRAPPER: { "": ["NEW"], NEW: ["ACTIVE"], ACTIVE: ["CLOSED"] },
  ISA_WRAPPER_ALLOWANCE: { "": ["ACTIVE"], ACTIVE: ["EXPIRED"] },
};

/** Tell of something else than a new state. */
const other = [
  "USER.DATA_CHANGED",
  "USER.DATA_CHANGE_FAILED",
  "ACCOUNT.UPDATED",
  "SAVINGS_PLAN_EXECUTION.REMINDER",
  "ISA_WRAPPER_ALLOWANCE.UPDATED",
];

/** Events that are not called by the state that they tell of. */
const states: Readonly<Record<string, string>> = {
  "USER.CREATED": "INACTIVE",
  "USER.ACTIVATED": "ACTIVE",
  "USER.OFFBOARDING_INITIATED": "OFFBOARDING",
  "USER_CHECK.CREATED": "IN_PROGRESS",
  "ACCOUNT_GROUP.CREATED": "PENDING_APPROVAL",
  "ACCOUNT_GROUP.ACTIVATED": "ACTIVE",
  "ACCOUNT_GROUP.CLOSING_INITIATED": "CLOSING",
  "ACCOUNT.CREATED": "PENDING_APPROVAL",
  "ACCOUNT.ACTIVATED": "ACTIVE",
  "ACCOUNT.CLOSING_INITIATED": "CLOSING",
  "SAVINGS_PLAN.CREATED": "ACTIVE",
  "FEE_COLLECTION.CREATED": "PROCESSING",
  "ISA_WRAPPER_ALLOWANCE.CREATED": "ACTIVE",
};

/** What is told of by its id. */
type Kind = {
  [Name in keyof Told]: Told[Name] extends Map<string, infer Row>
    ? Row extends { id: string }
      ? Name
      : never
    : never;
}[keyof Told];

/** What somebody knows who never asks, and only reads the events. */
export class Told {
  readonly users = new Map<string, User>();
  readonly checks = new Map<string, UserCheck>();
  readonly groups = new Map<string, AccountGroup>();
  readonly accounts = new Map<string, Account>();
  readonly cash = new Map<string, CashBalance>();
  readonly positions = new Map<string, Position>();
  readonly cashTransactions = new Map<string, CashTransaction>();
  readonly securityTransactions = new Map<string, SecurityTransaction>();
  readonly orders = new Map<string, Order>();
  readonly portfolioOrders = new Map<string, PortfoliosOrder>();
  readonly rebalancingOrders = new Map<string, PortfoliosRebalancingExecutionOrder>();
  readonly allocations = new Map<string, PortfoliosAllocation>();
  readonly plans = new Map<string, SavingsPlan>();
  readonly planExecutions = new Map<string, SavingsPlanExecution>();
  readonly liquidations = new Map<string, AccountLiquidation>();
  readonly collections = new Map<string, FeeCollection>();
  readonly directDebits = new Map<string, DirectDebit>();
  readonly topUps = new Map<string, TopUp>();
  readonly withdrawals = new Map<string, Withdrawal>();
  readonly increases = new Map<string, VirtualCashIncrease>();
  readonly decreases = new Map<string, VirtualCashDecrease>();
  readonly virtualAccounts = new Map<string, VirtualBankAccount>();
  readonly allowances = new Map<string, IsaAllowance>();
  readonly reports = new Map<string, Report>();
  readonly valuations = new Map<string, AccountValuation>();
  readonly returns = new Map<string, AccountReturn>();
  /** Kind and id of what the events since `forget` were about. */
  readonly touched = new Set<string>();
  readonly #states = new Map<string, string>();
  #last = "";

  /** Begins to note anew what is touched. */
  forget(): void {
    this.touched.clear();
  }

  /** @throws {Error} what the event tells of cannot come after what was told before */
  hear(event: WebhookEvent): void {
    const { type, created_at } = event;
    if (created_at < this.#last) throw new Error(`${type} was created before the event before it`);
    this.#last = created_at;
    this.#move(event);

    if (isOf(event, "USER")) this.#keep("users", event.object);
    else if (isOf(event, "USER_CHECK")) this.#keep("checks", event.object);
    else if (isOf(event, "ACCOUNT_GROUP")) this.#keep("groups", event.object);
    else if (isOf(event, "ACCOUNT")) this.#keep("accounts", event.object);
    else if (isOf(event, "CASH_BALANCE")) {
      const { account_group_id, currency } = event.object;
      this.cash.set(`${account_group_id}/${currency}`, event.object);
    } else if (isOf(event, "POSITION")) {
      const { account_id, instrument } = event.object;
      this.positions.set(`${account_id}/${instrument.isin}`, event.object);
    } else if (isOf(event, "CASH_TRANSACTION")) this.#booked(event.object, created_at);
    else if (isOf(event, "SECURITY_TRANSACTION")) this.#once("securityTransactions", event.object);
    else if (isOf(event, "ORDER")) this.#ordered(event);
    else if (isOf(event, "EXECUTION")) this.#executed(event);
    else if (isOf(event, "PORTFOLIO_ORDER")) {
      this.#keep("portfolioOrders", event.object);
      // A rebalancing is told which order carries it out by that order.
      const { id, type, client_reference, account_id, status } = event.object;
      if (type === "REBALANCING" && status === "NEW")
        for (const one of this.rebalancingOrders.values())
          if (one.execution_id === client_reference && one.account_id === account_id)
            Object.assign(one, { portfolio_order_id: id, updated_at: created_at });
    } else if (isOf(event, "REBALANCING_EXECUTION_ORDER")) this.#keep("rebalancingOrders", event.object);
    else if (isOf(event, "PORTFOLIO_ALLOCATION")) this.#keep("allocations", event.object);
    else if (isOf(event, "SAVINGS_PLAN")) this.#keep("plans", event.object);
    else if (isOf(event, "SAVINGS_PLAN_EXECUTION")) this.#keep("planExecutions", event.object);
    else if (isOf(event, "ACCOUNT_LIQUIDATION")) this.#keep("liquidations", event.object);
    else if (isOf(event, "FEE_COLLECTION")) this.#keep("collections", event.object);
    else if (isOf(event, "DIRECT_DEBIT")) this.#keep("directDebits", event.object);
    else if (isOf(event, "TOPUP")) this.#keep("topUps", event.object);
    else if (isOf(event, "WITHDRAWAL")) this.#keep("withdrawals", event.object);
    else if (isOf(event, "VIRTUAL_CASH_INCREASE")) this.#keep("increases", event.object);
    else if (isOf(event, "VIRTUAL_CASH_DECREASE")) this.#keep("decreases", event.object);
    else if (isOf(event, "VIRTUAL_BANK_ACCOUNT")) this.#once("virtualAccounts", event.object);
    else if (isOf(event, "ISA_WRAPPER_ALLOWANCE")) this.#keep("allowances", event.object);
    else if (isOf(event, "REPORT")) this.#once("reports", event.object);
    else if (isOf(event, "ACCOUNT_VALUATION")) this.#once("valuations", event.object);
    else if (isOf(event, "ACCOUNT_RETURNS"))
      this.returns.set(`${event.object.account_id}/${event.object.date}`, event.object);
    else if (!isOf(event, "ORDER_CANCELLATION") && !isOf(event, "ISA_WRAPPER"))
      throw new Error(`nobody reads ${type}`);
  }

  #keep(kind: Kind, object: { id: string }): void {
    (this[kind] as Map<string, { id: string }>).set(object.id, object);
    this.touched.add(`${kind}/${object.id}`);
  }

  /** What never changes is told once. */
  #once(kind: Kind, object: { id: string }): void {
    if (this[kind].has(object.id)) throw new Error(`${kind} ${object.id} is told twice`);
    this.#keep(kind, object);
  }

  /** The state that an event tells of may follow the one before. */
  #move({ type, object }: WebhookEvent): void {
    const [category = "", name = ""] = type.split(".");
    const way = ways[category];
    if (!way || !("status" in object) || !("id" in object)) return;
    const { id, status = "" } = object;
    const before = this.#states.get(`${category} ${id}`) ?? "";
    if (other.includes(type)) {
      if (status !== before) throw new Error(`${type} of ${id} brings it from ${before} to ${status}`);
      return;
    }
    if (status !== (states[type] ?? name)) throw new Error(`${type} is told of ${id}, which is ${status}`);
    if (!way[before]?.includes(status))
      throw new Error(`${type} of ${id} brings it from ${before || "nothing"} to ${status}`);
    this.#states.set(`${category} ${id}`, status);
  }

  #ordered({ object, created_at }: Of<"ORDER">): void {
    this.#keep("orders", object);
    const { id, side, status, client_reference = "", initiation_flow } = object;
    if (initiation_flow === "API") return;
    for (const kind of ["portfolioOrders", "liquidations"] as const) {
      const parent = this[kind].get(client_reference);
      if (!parent) continue;
      this.touched.add(`${kind}/${client_reference}`);
      const brief = parent.orders.find((one) => one.id === id);
      if (brief) brief.status = status;
      else {
        (parent.orders as unknown[]).push({ id, side, status });
        parent.updated_at = created_at;
      }
    }
  }

  #executed({ object, created_at }: Of<"EXECUTION">): void {
    const { id, order_id, cash_amount } = object;
    const order = this.orders.get(order_id);
    if (!order) throw new Error(`execution ${id} is of no order that was told of`);
    this.touched.add(`orders/${order_id}`);
    const at = order.executions.findIndex((one) => one.id === id);
    if (at < 0) order.executions.push(object);
    else order.executions[at] = object;
    order.updated_at = created_at;
    const liquidation = this.liquidations.get(order.client_reference ?? "");
    if (liquidation && at < 0)
      liquidation.cash_amount = toCents(cents(liquidation.cash_amount) + cents(cash_amount));
  }

  #booked(object: CashTransaction, at: string): void {
    this.#once("cashTransactions", object);
    for (const { id, type } of object.references) {
      if (type === "ORDER") {
        const order = this.orders.get(id);
        if (!order?.fee_configuration?.length) continue;
        const fees = (object.fees ?? []).reduce((all, { amount }) => all + cents(amount), 0n);
        order.fee = toCents(cents(order.fee) + fees);
      }
      if (type === "FEE_COLLECTION") {
        const collection = this.collections.get(id);
        if (!collection) throw new Error(`nothing was told of the fee collection ${id}`);
        const sold = [...this.orders.values()].some(
          (order) => order.initiation_flow === "SELL_TO_COVER_FEES" && order.client_reference === id,
        );
        const source = sold ? "sell_to_cover" : "cash_balance";
        const { processed_amount } = collection;
        processed_amount[source] = toCents(
          cents(processed_amount[source] ?? "0") - cents(object.delta.amount),
        );
        collection.updated_at = at;
        this.touched.add(`collections/${id}`);
      }
    }
  }
}
