import type { AccountGroup, EventType, User } from "@upvest-sdk/types";
import { readDescription } from "../../src/description.js";
import type { Handlers, OperationName } from "../../src/handler.js";
import { Problem } from "../../src/problem.js";
import { payments } from "../../src/resources/payments.js";
import { transactions } from "../../src/resources/transactions.js";
import { virtualCash } from "../../src/resources/virtual-cash.js";
import { createValidator } from "../../src/validation.js";
import { type TestWorld, testWorld } from "./world.js";

const description = readDescription();
const validator = createValidator(description);
const eventSchemas = [...description.events.keys()];

type Input<Name extends OperationName> = Partial<
  Pick<Parameters<Handlers[Name]>[0], "path" | "query" | "body">
>;

export const confirmed_at = "2026-01-02T10:00:00Z";
export const iban = "DE89370400440532013000";

/** A user with an account group, who has a reference account and a mandate. */
export function createBank() {
  const world: TestWorld = testWorld([payments, virtualCash, transactions]);
  let seen = 0;

  /** Calls a handler; what goes in and comes out is valid by the description. The answer is a copy. */
  function call<Name extends OperationName>(name: Name, input: Input<Name> = {}): ReturnType<Handlers[Name]> {
    const operation = description.operations.find((one) => one.name === name);
    if (!operation) throw new Error(`the description has no operation ${name}`);
    for (const where of ["path", "query"] as const) {
      const given = Object.fromEntries(
        Object.entries(input[where] ?? {}).map(([key, value]) => [key, String(value)]),
      );
      const { fault } = validator.parameters(operation, where, given);
      if (fault) throw new Error(`${name} is called wrongly: ${fault}`);
    }
    const wrong = operation.bodyRequired
      ? validator.body(operation, "application/json", input.body)
      : undefined;
    if (wrong) throw new Error(`${name} is called wrongly: ${wrong}`);
    const answer = world.call(name, input);
    const fault = operation.answers.size
      ? validator.answer(operation, "application/json", answer)
      : answer === undefined
        ? undefined
        : "no body was expected";
    if (fault) throw new Error(`${name} answers wrongly: ${fault}`);
    return structuredClone(answer);
  }

  /** Why a call is refused: status and detail. A refusal changes nothing. */
  function refused<Name extends OperationName>(name: Name, input: Input<Name>): [number, string] {
    const before = JSON.stringify(world.save());
    try {
      call(name, input);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (JSON.stringify(world.save()) !== before)
        throw new Error(`${name} was refused, but changed something`);
      return [problem.status, problem.detail];
    }
    throw new Error(`${name} was not refused`);
  }

  /** Events since the last look, each of them valid by the description. */
  function events(): { type: EventType; object: Record<string, unknown> }[] {
    const all = world.tables.events.list().map(({ json }) => JSON.parse(json));
    const found = all.slice(seen);
    seen = all.length;
    for (const event of found) {
      const sent = { ...event, webhook_id: event.id };
      if (eventSchemas.every((name) => validator.event(name, sent) !== undefined))
        throw new Error(`invalid by the description: ${JSON.stringify(event)}`);
    }
    return found;
  }

  function addUser(status: User["status"] = "ACTIVE"): User {
    const id = world.ids.uuid();
    return world.tables.users.set(id, {
      id,
      created_at: world.time(),
      updated_at: world.time(),
      first_name: "Lena",
      last_name: "Vogt",
      birth_date: "1990-05-14",
      nationalities: ["DE"],
      address: { address_line1: "Lindenstrasse 12", postcode: "10969", city: "Berlin", country: "DE" },
      status,
    });
  }

  function addGroup(user: User, securities_account_number: string): AccountGroup {
    const id = world.ids.uuid();
    return world.tables.accountGroups.set(id, {
      id,
      created_at: world.time(),
      updated_at: world.time(),
      users: [{ id: user.id, type: "OWNER" }],
      status: "ACTIVE",
      type: "PERSONAL",
      securities_account_number,
    });
  }

  const user = addUser();
  const group = addGroup(user, "960253053");
  const reference = call("createReferenceAccount", {
    body: { user_id: user.id, account_owner: "Lena Vogt", iban, bic: "COBADEFFXXX", confirmed_at },
  });
  const mandate = call("createMandate", {
    body: { user_id: user.id, iban, bic: "COBADEFFXXX", confirmed_at },
  });
  const path = { account_group_id: group.id };

  return {
    world,
    user,
    group,
    reference,
    mandate,
    path,
    call,
    refused,
    events,
    addUser,
    addGroup,
    /** Types of events since the last look. */
    types: () => events().map(({ type }) => type),
    /** Moves the clock on by so many steps of life cycles. */
    steps: (count: number) => world.clock.advance(50 * count),
    debit: (cash_amount: string) =>
      call("createDirectDebit", {
        body: { ...path, mandate_id: mandate.id, cash_amount, currency: "EUR" },
      }),
    withdraw: (amount: string) =>
      call("createCashWithdrawal", {
        body: { ...path, reference_account_id: reference.id, amount, currency: "EUR" },
      }),
    topUp: (cash_amount: string) => call("createTopup", { body: { ...path, cash_amount, currency: "EUR" } }),
    increase: (amount: string) =>
      call("createVirtualCashIncrease", { body: { ...path, amount, currency: "EUR" } }),
    decrease: (amount: string) =>
      call("createVirtualCashDecrease", { body: { ...path, amount, currency: "EUR" } }),
    transfer: (amount: string, remittance_information = "CF960253053") =>
      call("createBankTransaction", { body: transfer(amount, remittance_information) }),
    balance() {
      const { account_group_id, currency, ...amounts } = call("retrieveCashBalanceWithCurrency", {
        path: { ...path, currency: "EUR" },
      });
      return amounts;
    },
    bookings: () =>
      call("listCashTransactions", { query: path }).data.map(
        ({ type, delta, references }) => `${type} ${delta.amount} ${references[0]?.type}`,
      ),
  };
}

/** A simulated transfer from the reference account. */
export const transfer = (amount: string, remittance_information: string, to = "NL70ABNA0106295004") => ({
  account: { iban: to },
  amount,
  currency: "EUR" as const,
  remittance_information,
  client_reference: "test",
  counterparty_name: "Lena Vogt",
  counterparty_account: { iban },
});
