import type { Resource } from "../handler.js";
import { page, within } from "../page.js";
import { notFound } from "../problem.js";

export const transactions: Resource = {
  handlers: {
    listCashTransactions(call) {
      const { world, query } = call;
      const { account_group_id, start_date, end_date } = query;
      const { tables } = world;
      if (account_group_id !== undefined) tables.accountGroups.need(account_group_id);
      return page(
        tables.cashTransactions.list(
          (row) =>
            (account_group_id === undefined || row.account_group_id === account_group_id) &&
            within(row.booking_date, start_date, end_date),
        ),
        query,
        "booking_date",
      );
    },
    listSecuritiesTransactions(call) {
      const { world, query } = call;
      const { account_group_id, account_id, start_date, end_date } = query;
      const { tables } = world;
      if (account_group_id !== undefined) tables.accountGroups.need(account_group_id);
      const account = account_id === undefined ? undefined : tables.accounts.need(account_id);
      if (account && account_group_id !== undefined && account.account_group_id !== account_group_id)
        throw notFound("account", account.id);
      return page(
        tables.securityTransactions.list(
          (row) =>
            (account_group_id === undefined || row.account_group_id === account_group_id) &&
            (account_id === undefined || row.account_id === account_id) &&
            within(row.booking_date, start_date, end_date),
        ),
        query,
        "booking_date",
      );
    },
  },
};
