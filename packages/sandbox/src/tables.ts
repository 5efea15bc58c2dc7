import type * as api from "@upvest-sdk/types";
import { Table } from "./table.js";

/** Money of an account group in one currency: decimal text. What is available follows from these. */
export interface Cash {
  account_group_id: string;
  currency: api.Currency;
  balance: string;
  locked: string;
  /** Part of the balance that can be traded with, not withdrawn. */
  pending: string;
}

/** Units of one instrument on an account: decimal text. */
export interface Holding {
  account_id: string;
  isin: string;
  quantity: string;
  locked: string;
  /** Part of the quantity whose buy is not settled. */
  pending: string;
}

/** What the sandbox remembers of an order besides the order. */
export interface OrderWork {
  account_group_id: string;
  /** Money or units that are set aside for it, decimal text. */
  lockedCash: string;
  lockedUnits: string;
  /** What is executed so far. */
  doneCash: string;
  doneUnits: string;
  /** How many executions there were. */
  executions: number;
  /** The portfolio order, savings plan execution or liquidation that it belongs to. */
  parent?: string | undefined;
  cancelling?: boolean | undefined;
}

export interface TaxExemptionChange {
  tax_exemption_id: string;
  request: api.TaxExemptionUpdateRequest;
}

/** What the return of an account's day is made of, by account. */
export interface ValuationDay {
  /** The day that runs, and the first one, `YYYY-MM-DD`. */
  date: string;
  since: string;
  /** At the end of the day before, decimal text. */
  value: string;
  bought: string;
  sold: string;
  /** Value of one that was invested at the beginning, decimal text. */
  growth: string;
  /** Its end is awaited. */
  open: boolean;
}

/** A key of an answer that is repeated: idempotency key, operation and path. */
export interface StoredAnswer {
  operation: string;
  /** SHA-256 of method, target and body. */
  fingerprint: string;
  status: number;
  body: string;
  /** Unix time, ms. */
  at: number;
}

export interface StoredEvent {
  id: string;
  type: string;
  /** The event as JSON text, without `webhook_id`. */
  json: string;
}

/** A subscription's queue, oldest first. */
export interface Outbox {
  /** Ids of events that are not delivered yet. */
  waiting: string[];
  /** Ids of the batch that is being delivered, again and again until it is taken. */
  batch: string[];
  attempts: number;
  /** When the next attempt is due, Unix time, ms. None while one is made. */
  due?: number | undefined;
}

const names = {
  webhooks: "webhook",
  users: "user",
  identifiers: "identifier",
  checks: "user check",
  /** Requested changes of users' data that are not carried out yet, by user. */
  dataChanges: "data change request",
  accountGroups: "account group",
  accounts: "account",
  files: "file",
  taxResidencies: "tax residency",
  taxExemptions: "tax exemption",
  /** Requested changes of tax exemptions that are not carried out yet. */
  taxExemptionChanges: "change of a tax exemption",
  isaWrappers: "ISA wrapper",
  isaAllowances: "ISA allowance",
  peaWrappers: "PEA wrapper",
  referenceAccounts: "reference account",
  mandates: "mandate",
  directDebits: "direct debit",
  topUps: "top-up",
  withdrawals: "withdrawal",
  virtualBankAccounts: "virtual bank account",
  cash: "cash balance",
  cashIncreases: "virtual cash increase",
  cashDecreases: "virtual cash decrease",
  orders: "order",
  orderWork: "order",
  holdings: "position",
  valuations: "valuation",
  returns: "return",
  valuationDays: "valuation day",
  liquidations: "liquidation",
  cashTransactions: "cash transaction",
  securityTransactions: "security transaction",
  reports: "report",
  allocations: "allocation",
  configurations: "portfolio configuration",
  portfolioOrders: "portfolio order",
  rebalancings: "rebalancing",
  rebalancingOrders: "rebalancing execution order",
  savingsPlans: "savings plan",
  savingsPlanExecutions: "savings plan execution",
  feeCollections: "fee collection",
  feeConfigurations: "fee configuration",
  answers: "answer",
  /** What operations keep of which only the description is known, by path. */
  others: "resource",
  events: "event",
  outboxes: "outbox",
} as const;

interface Rows {
  webhooks: api.WebhookSubscription;
  users: api.User;
  identifiers: api.UserIdentifier;
  checks: api.UserCheck;
  dataChanges: api.UserDataChangeRequest;
  accountGroups: api.AccountGroup;
  accounts: api.Account;
  files: api.FileMetadata;
  taxResidencies: api.TaxResidencyRecord;
  taxExemptions: api.TaxExemption;
  taxExemptionChanges: TaxExemptionChange;
  isaWrappers: api.IsaTaxWrapper;
  isaAllowances: api.IsaAllowance;
  peaWrappers: api.PeaTaxWrapper;
  referenceAccounts: api.ReferenceAccount;
  mandates: api.Mandate;
  directDebits: api.DirectDebit;
  topUps: api.TopUp;
  withdrawals: api.Withdrawal;
  virtualBankAccounts: api.VirtualBankAccount;
  cash: Cash;
  cashIncreases: api.VirtualCashIncrease;
  cashDecreases: api.VirtualCashDecrease;
  orders: api.Order;
  orderWork: OrderWork;
  holdings: Holding;
  valuations: api.AccountValuation;
  returns: api.AccountReturn;
  valuationDays: ValuationDay;
  liquidations: api.AccountLiquidation;
  cashTransactions: api.CashTransaction;
  securityTransactions: api.SecurityTransaction;
  reports: api.Report | api.UserExAnteCostReport;
  allocations: api.PortfoliosAllocation;
  configurations: api.PortfoliosConfiguration;
  portfolioOrders: api.PortfoliosOrder;
  rebalancings: api.PortfoliosRebalancingExecution;
  rebalancingOrders: api.PortfoliosRebalancingExecutionOrder;
  savingsPlans: api.SavingsPlan;
  savingsPlanExecutions: api.SavingsPlanExecution;
  feeCollections: api.FeeCollection;
  feeConfigurations: api.FeeConfiguration;
  answers: StoredAnswer;
  others: { at: string; value: Record<string, unknown> };
  events: StoredEvent;
  outboxes: Outbox;
}

/** All that the sandbox knows, by kind. Rows are the API's models as they are answered; what else is known of one has a table of its own. */
export type Tables = { readonly [Name in keyof Rows]: Table<Rows[Name]> };

/** @param saved what `JSON.stringify` made of tables, parsed */
export function createTables(saved: Readonly<Record<string, [string, never][]>> = {}): Tables {
  return Object.fromEntries(
    Object.entries(names).map(([name, what]) => [name, new Table(what, saved[name])]),
  ) as unknown as Tables;
}
