import type {
  AccountGroup,
  AccountStatus,
  CashBalance,
  Currency,
  DirectDebit,
  DirectDebitStatus,
  TestBankTransactionCreateRequest,
  TopUp,
  TopUpStatus,
  User,
  Withdrawal,
  WithdrawalStatus,
} from "@upvest-sdk/types";
import { decimal, minus } from "../amounts.js";
import {
  type Booking,
  bookCash,
  cashBalance,
  cashId,
  cashOf,
  lockCash,
  queuedDecreases,
  settleCash,
} from "../cash.js";
import type { Resource } from "../handler.js";
import { bouncingCents, transferIban, virtualTransferIban } from "../mock-values.js";
import { page } from "../page.js";
import { invalid, type Problem, unprocessable } from "../problem.js";
import { step, type World } from "../world.js";
import { subscribeIsa } from "./taxes.js";

/** What these helpers need of a call. */
interface Asked {
  readonly world: World;
  assumed(what: string): void;
}

/** A refusal that is sensible, but whose code nobody knows. */
function refusal(call: Asked, detail: string): Problem {
  call.assumed("this is refused at once, and with this status");
  return invalid(detail);
}

/** The account group that a payment is for. @throws {Problem} when its state forbids it */
export function payingGroup(call: Asked, id: string, ...also: AccountStatus[]): AccountGroup {
  const group = call.world.tables.accountGroups.need(id);
  if (group.status === "ACTIVE" || also.includes(group.status)) return group;
  throw refusal(
    call,
    `The account group ${id} is ${group.status}; this is possible only while it is ${["ACTIVE", ...also].join(" or ")}.`,
  );
}

/** @throws {Problem} when there is nothing to pay */
export function checkAmount(call: Asked, field: string, amount: string): void {
  if (decimal(amount).isZero()) throw refusal(call, `${field} is ${amount}; send an amount above 0.`);
}

function knownUser(call: Asked, id: string | undefined): User {
  if (id === undefined)
    throw refusal(call, "user_id is missing; send the id of the user who owns the bank account.");
  return call.world.tables.users.need(id);
}

function checkOwner(call: Asked, group: AccountGroup, user_id: string | undefined, what: string): void {
  if (!group.users.some(({ id }) => id === user_id))
    throw refusal(
      call,
      `${what} belongs to another user than the account group ${group.id}; name one of the group's owner.`,
    );
}

function checkUserId(call: Asked, sent: string | undefined, user_id: string | undefined, what: string): void {
  if (sent !== undefined && sent !== user_id)
    throw refusal(call, `user_id is ${sent}, but ${what} belongs to another user; leave user_id out.`);
}

const fullName = ({ first_name, last_name }: User): string => `${first_name} ${last_name}`;
const sameName = (a: string, b: string): boolean => plainName(a) === plainName(b);
const plainName = (name: string): string => name.trim().replace(/\s+/g, " ").toLowerCase();

/** As answers show it. */
const masked = (iban: string): string => `${iban.slice(0, 6)}${"*".repeat(10)}${iban.slice(-4)}`;

const sepa =
  "AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS SE SI SK SM VA".split(
    " ",
  );

/** A French IBAN with right check digits, of the bank that the documented one is of. */
function newIban(world: World): string {
  const account = world.ids.digits(11);
  const key = 97 - ((89 * 17789 + 15 * 1 + 3 * Number(account)) % 97);
  return `FR761778900001${account}${String(key).padStart(2, "0")}`;
}

const moveDirectDebit = (world: World, row: DirectDebit, status: DirectDebitStatus): void => {
  row.status = status;
  world.emit(`DIRECT_DEBIT.${status}`, row);
};

const moveTopUp = (world: World, row: TopUp, status: TopUpStatus): void => {
  row.status = status;
  world.emit(`TOPUP.${status}`, row);
};

const moveWithdrawal = (world: World, row: Withdrawal, status: WithdrawalStatus): void => {
  row.status = status;
  row.updated_at = world.time();
  world.emit(`WITHDRAWAL.${status}`, row);
};

/** Books a payment. In an ISA it counts against the allowance; `back`: it is undone. */
function pay(
  world: World,
  account_group_id: string,
  currency: Currency,
  booking: Booking,
  back = false,
): void {
  bookCash(world, cashOf(world, account_group_id, currency), booking);
  if (currency === "GBP") subscribeIsa(world, account_group_id, booking.amount, back);
}

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

/** Cash of a group, without making a row of it. */
const readCash = ({ tables }: World, account_group_id: string, currency: Currency): CashBalance =>
  cashBalance(
    tables.cash.get(cashId(account_group_id, currency)) ?? {
      account_group_id,
      currency,
      balance: "0",
      locked: "0",
      pending: "0",
    },
  );

function balancesOf(call: Asked, account_group_id: string): CashBalance[] {
  const { tables } = call.world;
  tables.accountGroups.need(account_group_id);
  const held = tables.cash.list((row) => row.account_group_id === account_group_id);
  if (held.length > 0) return held.map(cashBalance);
  call.assumed("an account group without any cash has a balance of 0 EUR");
  return [readCash(call.world, account_group_id, "EUR")];
}

/** The account group that a simulated transfer arrives at. */
function receiver(call: Asked, request: TestBankTransactionCreateRequest): AccountGroup {
  const { tables } = call.world;
  const { iban } = request.account;
  if (iban === transferIban) {
    const number = /\bCF([0-9]{9})\b/.exec(request.remittance_information ?? "")?.[1];
    const group = tables.accountGroups.list((row) => row.securities_account_number === number)[0];
    if (group) return group;
    throw refusal(
      call,
      "remittance_information assigns the transfer to no account group; send CF and the group's securities_account_number, or topup and a settlement_reference.",
    );
  }
  // The id is a field of later versions.
  const id = "virtual_bank_account_id" in request ? String(request.virtual_bank_account_id) : undefined;
  const account =
    iban === virtualTransferIban && id !== undefined
      ? tables.virtualBankAccounts.need(id)
      : tables.virtualBankAccounts.list(({ identification }) => identification.swift?.iban === iban)[0];
  if (account) return tables.accountGroups.need(account.account_group_id);
  throw refusal(
    call,
    `account.iban ${iban} receives no transfers; send ${transferIban}, or the IBAN of a virtual bank account.`,
  );
}

export const payments: Resource = {
  handlers: {
    listReferenceAccounts({ world: { tables }, path: { user_id }, query }) {
      tables.users.need(user_id);
      return page(
        tables.referenceAccounts.list((row) => row.user_id === user_id),
        query,
        "created_at",
      );
    },
    createReferenceAccount(call) {
      const { world, body } = call;
      const { user_id, account_owner, iban, bic, confirmed_at } = body;
      const user = knownUser(call, user_id);
      if (!sameName(account_owner, fullName(user)))
        throw refusal(
          call,
          `account_owner is "${account_owner}", but the user's name is "${fullName(user)}"; only the user's own bank account can be registered.`,
        );
      if (!sepa.includes(iban.slice(0, 2)))
        throw refusal(
          call,
          `iban begins with ${iban.slice(0, 2)}, outside of SEPA; send that of a euro account within SEPA.`,
        );
      if (body.name === undefined) call.assumed("name is empty when it is left out");
      const now = world.time();
      const id = world.ids.uuid();
      return world.tables.referenceAccounts.set(id, {
        id,
        created_at: now,
        updated_at: now,
        user_id: user.id,
        account_owner,
        name: body.name ?? "",
        iban: masked(iban),
        bic,
        confirmed_at,
      });
    },
    retrieveReferenceAccount: ({ world, path }) =>
      world.tables.referenceAccounts.need(path.reference_account_id),
    deleteReferenceAccount(call) {
      const { tables } = call.world;
      const { id, user_id } = tables.referenceAccounts.need(call.path.reference_account_id);
      if (tables.referenceAccounts.list((row) => row.user_id === user_id).length === 1) {
        call.assumed("the status of this refusal");
        throw unprocessable(
          `The reference account ${id} is the user's last one; register another one first, then delete it.`,
        );
      }
      tables.referenceAccounts.delete(id);
    },

    listMandates({ world: { tables }, path: { user_id }, query }) {
      tables.users.need(user_id);
      return page(
        tables.mandates.list((row) => row.user_id === user_id),
        query,
        "created_at",
      );
    },
    createMandate(call) {
      const { world, body } = call;
      const user = knownUser(call, body.user_id);
      if (user.status !== "ACTIVE")
        throw refusal(call, `The user ${user.id} is ${user.status}; a mandate needs one who is ACTIVE.`);
      const id = world.ids.uuid();
      return world.tables.mandates.set(id, {
        id,
        created_at: world.time(),
        user_id: user.id,
        iban: masked(body.iban),
        bic: body.bic,
        creditor_name: "Sandbox Creditor",
        // What the Bundesbank gives to test with.
        creditor_id: "DE98ZZZ09999999999",
        creditor_address: {
          address_line1: "Sandbox Street 1",
          postcode: "10115",
          city: "Berlin",
          country: "DE",
        },
        type: "RECURRENT",
        confirmed_at: body.confirmed_at,
      });
    },
    retrieveMandate: ({ world, path }) => world.tables.mandates.need(path.mandate_id),
    deleteMandate(call) {
      const { tables } = call.world;
      tables.mandates.need(call.path.mandate_id);
      call.assumed("direct debits that are under way go on");
      tables.mandates.delete(call.path.mandate_id);
    },

    listDirectDebits({ world: { tables }, path: { account_group_id }, query }) {
      tables.accountGroups.need(account_group_id);
      return page(
        tables.directDebits.list((row) => row.account_group_id === account_group_id),
        query,
        "created_at",
      );
    },
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
      world.later(step, "payments.sendDirectDebit", row.id);
      return row;
    },
    retrieveDirectDebit: ({ world, path }) => world.tables.directDebits.need(path.direct_debit_id),

    listTopups({ world: { tables }, path: { account_group_id }, query }) {
      tables.accountGroups.need(account_group_id);
      return page(
        tables.topUps.list((row) => row.account_group_id === account_group_id),
        query,
        "created_at",
      );
    },
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

    listCashWithdrawals({ world: { tables }, path: { account_group_id }, query }) {
      tables.accountGroups.need(account_group_id);
      return page(
        tables.withdrawals.list((row) => row.account_group_id === account_group_id),
        query,
        "created_at",
      );
    },
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
      world.later(step, "payments.sendWithdrawal", row.id);
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

    listVirtualBankAccounts({ world: { tables }, path: { account_group_id }, query }) {
      tables.accountGroups.need(account_group_id);
      return page(
        tables.virtualBankAccounts.list((row) => row.account_group_id === account_group_id),
        query,
        "created_at",
      );
    },
    createVirtualBankAccount(call) {
      const { world, body } = call;
      const group = payingGroup(call, body.account_group_id);
      const owner = knownUser(call, group.users[0]?.id);
      const id = world.ids.uuid();
      const row = world.tables.virtualBankAccounts.set(id, {
        id,
        created_at: world.time(),
        account_group_id: group.id,
        name: body.name,
        owner: { name: fullName(owner) },
        identification: { swift: { iban: newIban(world), bic: "DEUTFRPP" } },
      });
      world.emit("VIRTUAL_BANK_ACCOUNT.CREATED", row);
      return row;
    },
    retrieveVirtualBankAccount: ({ world, path }) =>
      world.tables.virtualBankAccounts.need(path.virtual_bank_account_id),

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

    createBankTransaction(call) {
      const { world, body } = call;
      const { tables } = world;
      const { amount, currency, remittance_information = "" } = body;
      checkAmount(call, "amount", amount);
      if (currency !== "EUR" && currency !== "GBP")
        throw refusal(
          call,
          `currency is ${currency}, but cash is held in EUR and GBP only; send one of these.`,
        );
      const reference =
        body.account.iban === transferIban && /^topup (.+)$/.exec(remittance_information)?.[1];
      const topUp = reference
        ? tables.topUps.list(({ settlement_reference }) => settlement_reference === reference)[0]
        : undefined;
      if (reference && !topUp)
        throw refusal(
          call,
          `remittance_information names the settlement_reference ${reference}, which is no top-up's; send that of the top-up's answer.`,
        );
      if (topUp && topUp.status !== "CONFIRMED")
        throw refusal(
          call,
          `The top-up ${topUp.id} is ${topUp.status}; only a CONFIRMED one awaits a transfer.`,
        );
      if (topUp && !(decimal(amount).eq(topUp.cash_amount) && currency === topUp.currency))
        throw refusal(
          call,
          `The transfer is of ${amount} ${currency}, but the top-up ${topUp.id} awaits exactly ${topUp.cash_amount} ${topUp.currency}.`,
        );
      const group = topUp ? tables.accountGroups.need(topUp.account_group_id) : receiver(call, body);
      payingGroup(call, group.id);
      const owned = tables.referenceAccounts.list(({ user_id }) =>
        group.users.some(({ id }) => id === user_id),
      );
      if (owned.length === 0)
        throw refusal(
          call,
          `The owner of the account group ${group.id} has no reference account; register the one that the money comes from.`,
        );
      if (!owned.some(({ iban }) => iban === masked(body.counterparty_account.iban)))
        call.assumed("money from another bank account than the reference account is taken");

      const answer = { id: world.ids.uuid(), bank_reference: world.ids.digits(16) };
      if (topUp) {
        settleCash(world, cashOf(world, group.id, currency), topUp.cash_amount);
        moveTopUp(world, topUp, "SETTLED");
      } else {
        call.assumed("the type and the reference of the cash transaction");
        pay(world, group.id, currency, {
          type: "TREASURY_PAYMENT",
          amount,
          references: [{ type: "ACCOUNT_GROUP", id: group.id }],
        });
      }
      return answer;
    },
  },

  tasks: {
    "payments.sendDirectDebit"(world, id) {
      const row = world.tables.directDebits.get(id);
      if (row?.status !== "NEW") return;
      if (world.tables.accountGroups.get(row.account_group_id)?.status !== "ACTIVE")
        return moveDirectDebit(world, row, "CANCELLED");
      moveDirectDebit(world, row, "PROCESSING");
      world.later(step, "payments.confirmDirectDebit", id);
    },
    "payments.confirmDirectDebit"(world, id) {
      const row = world.tables.directDebits.get(id);
      if (row?.status !== "PROCESSING") return;
      bookDirectDebit(world, row, false);
      moveDirectDebit(world, row, "CONFIRMED");
      if (row.cash_amount.endsWith(bouncingCents)) world.later(step, "payments.returnDirectDebit", id);
    },
    "payments.returnDirectDebit"(world, id) {
      const row = world.tables.directDebits.get(id);
      if (row?.status !== "CONFIRMED") return;
      bookDirectDebit(world, row, true);
      moveDirectDebit(world, row, "CANCELLED");
    },

    "payments.sendWithdrawal"(world, id) {
      const row = world.tables.withdrawals.get(id);
      if (row?.status !== "NEW") return;
      // It is sent when the last of the queue is through.
      if (queuedDecreases(world, cashOf(world, row.account_group_id, row.currency)).length > 0) return;
      moveWithdrawal(world, row, "PROCESSING");
      world.later(step, "payments.confirmWithdrawal", id);
    },
    "payments.confirmWithdrawal"(world, id) {
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
      if (amount.endsWith(bouncingCents)) world.later(step, "payments.returnWithdrawal", id);
    },
    "payments.returnWithdrawal"(world, id) {
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
