import type { AccountGroup, TestBankTransactionCreateRequest } from "@upvest-sdk/types";
import { decimal } from "../amounts.js";
import { cashOf, settleCash } from "../cash.js";
import { groupPage } from "../group-page.js";
import type { Resource } from "../handler.js";
import { transferIban, virtualTransferIban } from "../mock-values.js";
import { pay } from "../pay.js";
import {
  type Asked,
  checkAmount,
  fullName,
  knownUser,
  masked,
  payingGroup,
  refusal,
} from "../payment-checks.js";
import type { World } from "../world.js";
import { moveTopUp } from "./top-ups.js";

/** A French IBAN with right check digits, of the bank that the documented one is of. */
function newIban(world: World): string {
  const account = world.ids.digits(11);
  const key = 97 - ((89 * 17789 + 15 * 1 + 3 * Number(account)) % 97);
  return `FR761778900001${account}${String(key).padStart(2, "0")}`;
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

/** Virtual bank accounts, and the transfers of money into account groups that tests simulate. */
export const bankTransfers: Resource = {
  handlers: {
    listVirtualBankAccounts: ({ world, path, query }) =>
      groupPage(world, world.tables.virtualBankAccounts, path.account_group_id, query),
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
};
