import type { Withdrawal, WithdrawalStatus } from "@upvest-sdk/types";
import { decimal, minus } from "../amounts.js";
import { cashOf, lockCash, queuedDecreases, readCash } from "../cash.js";
import { groupPage } from "../group-page.js";
import type { Resource } from "../handler.js";
import { bouncingCents } from "../mock-values.js";
import { pay } from "../pay.js";
import { checkAmount, checkOwner, checkUserId, payingGroup, refusal } from "../payment-checks.js";
import { unprocessable } from "../problem.js";
import { step, type World } from "../world.js";

const moveWithdrawal = (world: World, row: Withdrawal, status: WithdrawalStatus): void => {
  row.status = status;
  row.updated_at = world.time();
  world.emit(`WITHDRAWAL.${status}`, row);
};

/** Withdrawals. */
export const withdrawals: Resource = {
  handlers: {
    listCashWithdrawals: ({ world, path, query }) =>
      groupPage(world, world.tables.withdrawals, path.account_group_id, query),
    createCashWithdrawal(call) {
      const { world, body } = call;
      const { reference_account_id, account_group_id, amount, purpose_code } = body;
      // The cash of a group that is closing has to go somewhere.
      const group = payingGroup(call, account_group_id, "CLOSING");
      const { user_id } = world.tables.referenceAccounts.need(reference_account_id);
      const account = `The reference account ${reference_account_id}`;
      checkUserId(call, body.user_id, user_id, account);
      checkOwner(call, group, user_id, account);
      checkAmount(call, "amount", amount);
      const currency = body.currency ?? "EUR";
      const { available_for_withdrawal } = readCash(world, account_group_id, currency);
      if (decimal(amount).gt(available_for_withdrawal))
        throw refusal(
          call,
          `amount is ${amount} ${currency}, but available_for_withdrawal of the cash balance is ${available_for_withdrawal}; send at most that.`,
        );
      if (body.currency === undefined) call.assumed("currency is EUR when it is left out");
      if (body.remittance_information === undefined)
        call.assumed("remittance_information is empty when it is left out");
      const now = world.time();
      const row: Withdrawal = {
        id: world.ids.uuid(),
        created_at: now,
        updated_at: now,
        reference_account_id,
        account_group_id,
        ...(user_id !== undefined && { user_id }),
        amount,
        currency,
        remittance_information: body.remittance_information ?? "",
        ...(purpose_code !== undefined && { purpose_code }),
      };
      world.tables.withdrawals.set(row.id, row);
      moveWithdrawal(world, row, "NEW");
      lockCash(world, cashOf(world, account_group_id, currency), amount);
      world.later(step, "withdrawals.send", row.id);
      return row;
    },
    retrieveCashWithdrawal: ({ world, path }) => world.tables.withdrawals.need(path.withdrawal_id),
    cancelCashWithdrawal({ world, path: { withdrawal_id } }) {
      const row = world.tables.withdrawals.need(withdrawal_id);
      if (row.status !== "NEW")
        throw unprocessable(
          `The withdrawal ${withdrawal_id} is ${row.status}; only a NEW one can be cancelled.`,
        );
      lockCash(world, cashOf(world, row.account_group_id, row.currency), minus("0", row.amount));
      moveWithdrawal(world, row, "CANCELLED");
    },
  },
  tasks: {
    "withdrawals.send"(world, id) {
      const row = world.tables.withdrawals.get(id);
      if (row?.status !== "NEW") return;
      // It is sent when the last of the queue is through.
      if (queuedDecreases(world, cashOf(world, row.account_group_id, row.currency)).length > 0) return;
      moveWithdrawal(world, row, "PROCESSING");
      world.later(step, "withdrawals.confirm", id);
    },
    "withdrawals.confirm"(world, id) {
      const row = world.tables.withdrawals.get(id);
      if (row?.status !== "PROCESSING") return;
      const { account_group_id, currency, amount } = row;
      pay(world, account_group_id, currency, {
        type: "WITHDRAWAL",
        amount: minus("0", amount),
        unlock: amount,
        references: [{ type: "WITHDRAWAL", id }],
      });
      moveWithdrawal(world, row, "CONFIRMED");
      if (amount.endsWith(bouncingCents)) world.later(step, "withdrawals.return", id);
    },
    "withdrawals.return"(world, id) {
      const row = world.tables.withdrawals.get(id);
      if (row?.status !== "CONFIRMED") return;
      pay(
        world,
        row.account_group_id,
        row.currency,
        {
          type: "WITHDRAWAL_CANCELLATION",
          amount: row.amount,
          references: [{ type: "WITHDRAWAL", id }],
        },
        true,
      );
      moveWithdrawal(world, row, "CANCELLED");
    },
  },
};
