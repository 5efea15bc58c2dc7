import type { Account, AccountGroup, Currency, Order, OrderCreateRequest, User } from "@upvest-sdk/types";
import { bookCash, cashBalance, cashOf } from "../../src/cash.js";
import type { Resource } from "../../src/handler.js";
import { bookUnits, holdingOf, position, settleUnits } from "../../src/positions.js";
import { instrumentReference, instruments } from "../../src/resources/instruments.js";
import { liquidations } from "../../src/resources/liquidations.js";
import { orders } from "../../src/resources/orders.js";
import { positions } from "../../src/resources/positions.js";
import { describedWorld } from "./described.js";

/** A user with an account group and a TRADING account, who can be given cash and units. */
export function createMarket(more: readonly Resource[] = []) {
  const { world, call, refused, events, steps } = describedWorld([
    instruments,
    orders,
    positions,
    liquidations,
    ...more,
  ]);

  function addUser(): User {
    const id = world.ids.uuid();
    return world.tables.users.set(id, {
      id,
      created_at: world.time(),
      updated_at: world.time(),
      first_name: "Nora",
      last_name: "Brandt",
      birth_date: "1988-11-02",
      nationalities: ["DE"],
      address: { address_line1: "Hafenstrasse 3", postcode: "20457", city: "Hamburg", country: "DE" },
      status: "ACTIVE",
    });
  }

  function addGroup({ id: user_id }: User, type: AccountGroup["type"] = "PERSONAL"): AccountGroup {
    const id = world.ids.uuid();
    return world.tables.accountGroups.set(id, {
      id,
      created_at: world.time(),
      updated_at: world.time(),
      users: [{ id: user_id, type: "OWNER" }],
      status: "ACTIVE",
      type,
      securities_account_number: world.ids.digits(9),
    });
  }

  function addAccount({ id: account_group_id, users }: AccountGroup, more: Partial<Account> = {}): Account {
    const id = world.ids.uuid();
    return world.tables.accounts.set(id, {
      id,
      created_at: world.time(),
      updated_at: world.time(),
      account_group_id,
      type: "TRADING",
      users,
      account_number: 1,
      name: "Nest egg",
      status: "ACTIVE",
      ...more,
    });
  }

  const user = addUser();
  const group = addGroup(user);
  const account = addAccount(group);

  return {
    world,
    user,
    group,
    account,
    call,
    refused,
    events,
    addUser,
    addGroup,
    addAccount,
    steps,
    fund: (amount: string, currency: Currency = "EUR", of = group) =>
      bookCash(world, cashOf(world, of.id, currency), {
        type: "VIRTUAL_CASH_INCREASE",
        amount,
        references: [],
      }),
    /** Gives settled units. */
    give(isin: string, quantity: string, to = account) {
      const holding = holdingOf(world, to.id, isin);
      bookUnits(world, holding, {
        type: "ORDER_EXECUTION",
        quantity,
        account_group_id: to.account_group_id,
        references: [],
        instrument: instrumentReference(isin),
        pending: true,
      });
      settleUnits(world, holding, instrumentReference(isin), quantity);
    },
    place: (request: Partial<OrderCreateRequest>): Order =>
      call("placeOrder", {
        body: {
          account_id: account.id,
          user_id: user.id,
          side: "BUY",
          instrument_id: "IE0032077012",
          instrument_id_type: "ISIN",
          order_type: "MARKET",
          currency: "EUR",
          ...request,
        },
      }),
    order: (id: string): Order => call("retrieveOrder", { path: { order_id: id } }),
    cash(currency: Currency = "EUR") {
      const { account_group_id, currency: _, ...amounts } = cashBalance(cashOf(world, group.id, currency));
      return amounts;
    },
    units(isin: string, of = account) {
      const { account_id, instrument, ...numbers } = position(
        holdingOf(world, of.id, isin),
        instrumentReference(isin),
      );
      return numbers;
    },
  };
}
