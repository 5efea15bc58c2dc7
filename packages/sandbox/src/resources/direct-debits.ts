import type { DirectDebit, DirectDebitStatus } from "@upvest-sdk/types";
import { minus } from "../amounts.js";
import { groupPage } from "../group-page.js";
import type { Resource } from "../handler.js";
import { bouncingCents } from "../mock-values.js";
import { pay } from "../pay.js";
import { checkAmount, checkOwner, checkUserId, knownUser, payingGroup, refusal } from "../payment-checks.js";
import { step, type World } from "../world.js";

const moveDirectDebit = (world: World, row: DirectDebit, status: DirectDebitStatus): void => {
  row.status = status;
  world.emit(`DIRECT_DEBIT.${status}`, row);
};

function bookDirectDebit(
  world: World,
  { id, account_group_id, currency, cash_amount }: DirectDebit,
  back: boolean,
): void {
  pay(
    world,
    account_group_id,
    currency,
    {
      type: back ? "SEPA_DIRECT_DEBIT_CHARGE_BACK" : "SEPA_DIRECT_DEBIT",
      amount: back ? minus("0", cash_amount) : cash_amount,
      references: [{ type: "DIRECT_DEBIT", id }],
    },
    back,
  );
}

/** Direct debits. */
export const directDebits: Resource = {
  handlers: {
    listDirectDebits: ({ world, path, query }) =>
      groupPage(world, world.tables.directDebits, path.account_group_id, query),
    createDirectDebit(call) {
      const { world, body } = call;
      const { account_group_id, mandate_id, cash_amount, remittance_information, purpose_code } = body;
      const group = payingGroup(call, account_group_id);
      const { user_id } = world.tables.mandates.need(mandate_id);
      const mandate = `The mandate ${mandate_id}`;
      checkUserId(call, body.user_id, user_id, mandate);
      checkOwner(call, group, user_id, mandate);
      const user = knownUser(call, user_id);
      if (user.status !== "ACTIVE")
        throw refusal(call, `The user ${user.id} is ${user.status}; a direct debit needs one who is ACTIVE.`);
      checkAmount(call, "cash_amount", cash_amount);
      if (body.currency === undefined) call.assumed("currency is EUR when it is left out");
      const row: DirectDebit = {
        id: world.ids.uuid(),
        created_at: world.time(),
        user_id: user.id,
        account_group_id,
        mandate_id,
        cash_amount,
        currency: body.currency ?? "EUR",
        ...(remittance_information !== undefined && { remittance_information }),
        ...(purpose_code !== undefined && { purpose_code }),
      };
      world.tables.directDebits.set(row.id, row);
      moveDirectDebit(world, row, "NEW");
      world.later(step, "direct-debits.send", row.id);
      return row;
    },
    retrieveDirectDebit: ({ world, path }) => world.tables.directDebits.need(path.direct_debit_id),
  },
  tasks: {
    "direct-debits.send"(world, id) {
      const row = world.tables.directDebits.get(id);
      if (row?.status !== "NEW") return;
      if (world.tables.accountGroups.get(row.account_group_id)?.status !== "ACTIVE")
        return moveDirectDebit(world, row, "CANCELLED");
      moveDirectDebit(world, row, "PROCESSING");
      world.later(step, "direct-debits.confirm", id);
    },
    "direct-debits.confirm"(world, id) {
      const row = world.tables.directDebits.get(id);
      if (row?.status !== "PROCESSING") return;
      bookDirectDebit(world, row, false);
      moveDirectDebit(world, row, "CONFIRMED");
      if (row.cash_amount.endsWith(bouncingCents)) world.later(step, "direct-debits.return", id);
    },
    "direct-debits.return"(world, id) {
      const row = world.tables.directDebits.get(id);
      if (row?.status !== "CONFIRMED") return;
      bookDirectDebit(world, row, true);
      moveDirectDebit(world, row, "CANCELLED");
    },
  },
};
