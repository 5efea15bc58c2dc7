import type { Resource } from "./handler.js";
import { accounts } from "./resources/accounts.js";
import { fees } from "./resources/fees.js";
import { instruments } from "./resources/instruments.js";
import { liquidations } from "./resources/liquidations.js";
import { orders } from "./resources/orders.js";
import { payments } from "./resources/payments.js";
import { portfolios } from "./resources/portfolios.js";
import { positions } from "./resources/positions.js";
import { reports } from "./resources/reports.js";
import { savingsPlans } from "./resources/savings-plans.js";
import { taxes } from "./resources/taxes.js";
import { transactions } from "./resources/transactions.js";
import { users } from "./resources/users.js";
import { virtualCash } from "./resources/virtual-cash.js";
import { webhooks } from "./resources/webhooks.js";

/** What carries out the operations, a file a tag of the description. */
export const resources: readonly Resource[] = [
  users,
  accounts,
  taxes,
  reports,
  payments,
  virtualCash,
  transactions,
  instruments,
  orders,
  positions,
  liquidations,
  portfolios,
  savingsPlans,
  fees,
  webhooks,
];
