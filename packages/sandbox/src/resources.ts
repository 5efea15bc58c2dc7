import type { Resource } from "./handler.js";
import { accounts } from "./resources/accounts.js";
import { allocations } from "./resources/allocations.js";
import { bankAccounts } from "./resources/bank-accounts.js";
import { bankTransfers } from "./resources/bank-transfers.js";
import { cashBalances } from "./resources/cash-balances.js";
import { directDebits } from "./resources/direct-debits.js";
import { fees } from "./resources/fees.js";
import { instruments } from "./resources/instruments.js";
import { liquidations } from "./resources/liquidations.js";
import { orders } from "./resources/orders.js";
import { portfolios } from "./resources/portfolios.js";
import { positions } from "./resources/positions.js";
import { reports } from "./resources/reports.js";
import { savingsPlans } from "./resources/savings-plans.js";
import { taxExemptions } from "./resources/tax-exemptions.js";
import { taxResidencies } from "./resources/tax-residencies.js";
import { taxWrappers } from "./resources/tax-wrappers.js";
import { topUps } from "./resources/top-ups.js";
import { transactions } from "./resources/transactions.js";
import { users } from "./resources/users.js";
import { virtualCash } from "./resources/virtual-cash.js";
import { webhooks } from "./resources/webhooks.js";
import { withdrawals } from "./resources/withdrawals.js";

/** What carries out the operations, a file a tag of the description. */
export const resources: readonly Resource[] = [
  users,
  accounts,
  taxResidencies,
  taxExemptions,
  taxWrappers,
  reports,
  bankAccounts,
  directDebits,
  topUps,
  withdrawals,
  bankTransfers,
  cashBalances,
  virtualCash,
  transactions,
  instruments,
  orders,
  positions,
  liquidations,
  allocations,
  portfolios,
  savingsPlans,
  fees,
  webhooks,
];
