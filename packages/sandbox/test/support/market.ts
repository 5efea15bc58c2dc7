import type { Account, AccountGroup, Currency, Order, OrderCreateRequest, User } from "@upvest-sdk/types";
import { bookCash, cashBalance, cashOf } from "../../src/cash.js";
import { readDescription } from "../../src/description.js";
import type { Handlers, OperationName, Resource } from "../../src/handler.js";
import { bookUnits, holdingOf, position, settleUnits } from "../../src/positions.js";
import { Problem } from "../../src/problem.js";
import { instrumentReference, instruments } from "../../src/resources/instruments.js";
import { liquidations } from "../../src/resources/liquidations.js";
import { orders } from "../../src/resources/orders.js";
import { positions } from "../../src/resources/positions.js";
import { createValidator } from "../../src/validation.js";
import { testWorld } from "./world.js";

const description = readDescription();
const validator = createValidator(description);
const eventSchemas = [...description.events.keys()];

type Input<Name extends OperationName> = Partial<
  Pick<Parameters<Handlers[Name]>[0], "path" | "query" | "body">
>;

/** A user with an account group and a TRADING account, who can be given cash and units. */
export function createMarket(more: readonly Resource[] = []) {
  const world = testWorld([instruments, orders, positions, liquidations, ...more]);
  let seen = 0;

  /** Calls a handler; what goes in and comes out is valid by the description. The answer is a copy. */
  function call<Name extends OperationName>(name: Name, input: Input<Name> = {}): ReturnType<Handlers[Name]> {
    const operation = description.operations.find((one) => one.name === name);
    if (!operation) throw new Error(`the description has no operation ${name}`);
    const wrong = operation.bodyRequired
      ? validator.body(operation, "application/json", input.body)
      : undefined;
    if (wrong) throw new Error(`${name} is called wrongly: ${wrong}`);
    for (const where of ["path", "query"] as const) {
      const given = Object.fromEntries(
        Object.entries(input[where] ?? {}).map(([key, value]) => [key, String(value)]),
      );
      const { fault } = validator.parameters(operation, where, given);
      if (fault) throw new Error(`${name} is called wrongly: ${fault}`);
    }
    const answer = world.call(name, input);
    if (operation.answers.size) {
      const fault = validator.answer(operation, "application/json", answer);
      if (fault) throw new Error(`${name} answers wrongly: ${fault}`);
    } else if (answer !== undefined) throw new Error(`${name} answers with a body`);
    return structuredClone(answer);
  }

  /** Why a call is refused: status and detail. A refusal changes nothing. */
  function refused<Name extends OperationName>(name: Name, input: Input<Name>): [number, string] {
    const before = JSON.stringify(world.save());
    try {
      call(name, input);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (JSON.stringify(world.save()) !== before) throw new Error(`${name} was refused after a change`);
      return [problem.status, problem.detail];
    }
    throw new Error(`${name} was not refused`);
  }

  /** Events since the last look, each of them valid by the description. */
  function events(): { type: string; object: Record<string, unknown> }[] {
    const found: { id: string; type: string; object: Record<string, unknown> }[] = world.tables.events
      .list()
      .slice(seen)
      .map(({ json }) => JSON.parse(json));
    seen += found.length;
    for (const event of found) {
      const sent = { ...event, webhook_id: event.id };
      const faults = eventSchemas.map((name) => validator.event(name, sent));
      if (faults.every((fault) => fault !== undefined))
        throw new Error(`invalid by the description: ${JSON.stringify(event)}`);
    }
    return found;
  }

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
    types: () => events().map(({ type }) => type),
    /** Moves the clock on by so many steps of life cycles. */
    steps: (count: number) => world.clock.advance(50 * count),
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
