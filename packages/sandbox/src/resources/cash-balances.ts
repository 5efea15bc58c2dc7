import type { CashBalance } from "@upvest-sdk/types";
import { cashBalance, readCash } from "../cash.js";
import type { Resource } from "../handler.js";
import { page } from "../page.js";
import type { Asked } from "../payment-checks.js";

function balancesOf(call: Asked, account_group_id: string): CashBalance[] {
  const { tables } = call.world;
  tables.accountGroups.need(account_group_id);
  const held = tables.cash.list((row) => row.account_group_id === account_group_id);
  if (held.length > 0) return held.map(cashBalance);
  call.assumed("an account group without any cash has a balance of 0 EUR");
  return [readCash(call.world, account_group_id, "EUR")];
}

/** Cash balances of account groups. */
export const cashBalances: Resource = {
  handlers: {
    retrieveCashBalance(call) {
      const [first, ...others] = balancesOf(call, call.path.account_group_id);
      if (others.length > 0) call.assumed("which of several currencies is answered");
      return first!;
    },
    retrieveCashBalances: (call) => page(balancesOf(call, call.path.account_group_id), {}),
    retrieveCashBalanceWithCurrency({ world, path: { account_group_id, currency } }) {
      world.tables.accountGroups.need(account_group_id);
      return readCash(world, account_group_id, currency);
    },
  },
};
