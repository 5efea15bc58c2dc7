import type { TopUp, TopUpStatus } from "@upvest-sdk/types";
import { minus } from "../amounts.js";
import { groupPage } from "../group-page.js";
import type { Resource } from "../handler.js";
import { pay } from "../pay.js";
import { checkAmount, payingGroup } from "../payment-checks.js";
import { unprocessable } from "../problem.js";
import type { World } from "../world.js";

export const moveTopUp = (world: World, row: TopUp, status: TopUpStatus): void => {
  row.status = status;
  world.emit(`TOPUP.${status}`, row);
};

// Its cash can be traded with at once, and be withdrawn when the transfer that covers it is there.
function bookTopUp(
  world: World,
  { id, account_group_id, currency, cash_amount }: TopUp,
  back: boolean,
): void {
  pay(
    world,
    account_group_id,
    currency,
    {
      type: back ? "TOPUP_CANCELLATION" : "TOPUP",
      amount: back ? minus("0", cash_amount) : cash_amount,
      pending: true,
      references: [{ type: "TOPUP", id }],
    },
    back,
  );
}

/** Top-ups. */
export const topUps: Resource = {
  handlers: {
    listTopups: ({ world, path, query }) =>
      groupPage(world, world.tables.topUps, path.account_group_id, query),
    createTopup(call) {
      const { world, body } = call;
      const { account_group_id, cash_amount, currency } = body;
      payingGroup(call, account_group_id);
      checkAmount(call, "cash_amount", cash_amount);
      call.assumed("the cash of a top-up is pending, thus cannot be withdrawn, until it is SETTLED");
      const row: TopUp = {
        id: world.ids.uuid(),
        created_at: world.time(),
        account_group_id,
        cash_amount,
        currency,
        settlement_reference: world.ids.digits(12),
      };
      world.tables.topUps.set(row.id, row);
      bookTopUp(world, row, false);
      moveTopUp(world, row, "CONFIRMED");
      return row;
    },
    retrieveTopup: ({ world, path }) => world.tables.topUps.need(path.topup_id),
    cancelTopup({ world, path: { topup_id } }) {
      const row = world.tables.topUps.need(topup_id);
      if (row.status !== "CONFIRMED")
        throw unprocessable(
          `The top-up ${topup_id} is ${row.status}; only a CONFIRMED one can be cancelled.`,
        );
      bookTopUp(world, row, true);
      moveTopUp(world, row, "CANCELLED");
    },
  },
};
