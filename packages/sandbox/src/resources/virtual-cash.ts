import type { VirtualCashDecrease, VirtualCashDecreaseStatus, VirtualCashIncrease } from "@upvest-sdk/types";
import { minus } from "../amounts.js";
import { bookCash, cashId, cashOf, queuedDecreases, withdrawableCash } from "../cash.js";
import type { Resource } from "../handler.js";
import { checkAmount, payingGroup } from "../payment-checks.js";
import { unprocessable } from "../problem.js";
import { step, type World } from "../world.js";

const moveDecrease = (world: World, row: VirtualCashDecrease, status: VirtualCashDecreaseStatus): void => {
  row.status = status;
  row.updated_at = world.time();
  world.emit(`VIRTUAL_CASH_DECREASE.${status}`, row);
};

function confirmDecrease(world: World, row: VirtualCashDecrease): void {
  bookCash(world, cashOf(world, row.account_group_id, row.currency), {
    type: "VIRTUAL_CASH_DECREASE",
    amount: minus("0", row.amount),
    references: [{ type: "VIRTUAL_CASH_DECREASE", id: row.id }],
  });
  moveDecrease(world, row, "CONFIRMED");
}

export const virtualCash: Resource = {
  handlers: {
    createVirtualCashIncrease(call) {
      const { world, body } = call;
      const { account_group_id, amount, currency } = body;
      payingGroup(call, account_group_id);
      checkAmount(call, "amount", amount);
      const now = world.time();
      const row: VirtualCashIncrease = {
        id: world.ids.uuid(),
        created_at: now,
        updated_at: now,
        account_group_id,
        amount,
        currency,
        status: "ISSUED",
      };
      world.tables.cashIncreases.set(row.id, row);
      world.emit("VIRTUAL_CASH_INCREASE.ISSUED", row);
      world.later(step, "virtual-cash.increase", row.id);
      return row;
    },
    createVirtualCashDecrease(call) {
      const { world, body } = call;
      const { account_group_id, amount, currency } = body;
      // The cash of a group that is closing has to go somewhere.
      payingGroup(call, account_group_id, "CLOSING");
      checkAmount(call, "amount", amount);
      const now = world.time();
      const row: VirtualCashDecrease = {
        id: world.ids.uuid(),
        created_at: now,
        updated_at: now,
        account_group_id,
        amount,
        currency,
        status: "ISSUED",
      };
      world.tables.cashDecreases.set(row.id, row);
      moveDecrease(world, row, "ISSUED");
      world.later(step, "virtual-cash.decrease", row.id);
      return row;
    },
    cancelVirtualCashDecrease({ world, path: { virtual_cash_decrease_id } }) {
      const row = world.tables.cashDecreases.need(virtual_cash_decrease_id);
      const { status, account_group_id, currency } = row;
      if (status !== "ISSUED" && status !== "QUEUED")
        throw unprocessable(
          `The virtual cash decrease ${row.id} is ${status}; only an ISSUED or QUEUED one can be cancelled.`,
        );
      moveDecrease(world, row, "CANCELLED");
      // What stood behind it in the queue may have its turn now.
      if (status === "QUEUED") world.later(step, "virtual-cash.drain", cashId(account_group_id, currency));
    },
  },

  tasks: {
    "virtual-cash.increase"(world, id) {
      const row = world.tables.cashIncreases.get(id);
      if (row?.status !== "ISSUED") return;
      row.status = "CONFIRMED";
      row.updated_at = world.time();
      bookCash(world, cashOf(world, row.account_group_id, row.currency), {
        type: "VIRTUAL_CASH_INCREASE",
        amount: row.amount,
        references: [{ type: "VIRTUAL_CASH_INCREASE", id }],
      });
      world.emit("VIRTUAL_CASH_INCREASE.CONFIRMED", row);
    },
    "virtual-cash.decrease"(world, id) {
      const row = world.tables.cashDecreases.get(id);
      if (row?.status !== "ISSUED") return;
      const cash = cashOf(world, row.account_group_id, row.currency);
      // Nobody overtakes in the queue.
      if (queuedDecreases(world, cash).length > 0 || withdrawableCash(cash).lt(row.amount))
        return moveDecrease(world, row, "QUEUED");
      confirmDecrease(world, row);
    },
    /** Carries out what waits for cash, oldest first, as far as the cash goes. */
    "virtual-cash.drain"(world, id) {
      const cash = world.tables.cash.get(id);
      if (!cash) return;
      for (const row of queuedDecreases(world, cash)) {
        if (withdrawableCash(cash).lt(row.amount)) return;
        confirmDecrease(world, row);
      }
      // Withdrawals were held back until here.
      for (const { id, status, account_group_id, currency } of world.tables.withdrawals.list())
        if (status === "NEW" && account_group_id === cash.account_group_id && currency === cash.currency)
          world.later(step, "withdrawals.send", id);
    },
  },
};
