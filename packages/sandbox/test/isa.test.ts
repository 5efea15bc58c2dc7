import {
  createAccountGroup,
  createBankTransaction,
  createCashWithdrawal,
  createIsaTaxWrapper,
  createReferenceAccount,
  createUser,
  retrieveIsaAllowances,
  setTaxResidencies,
} from "@upvest-sdk/client/operations";
import { expect, test } from "vitest";
import { transferIban } from "../src/mock-values.js";
import { newUser, run } from "./support/running.js";

test("what is paid into an ISA uses its allowance; a withdrawal from a flexible one gives it back", async () => {
  const { client, sandbox } = await run({ clock: "manual" });
  const { id: user_id } = await client.call(createUser, { body: { ...newUser, nationalities: ["DE"] } });
  const group = await client.call(createAccountGroup, { body: { user_id, type: "ISA" } });
  const { id: tax_wrapper_id } = await client.call(createIsaTaxWrapper, {
    body: { account_group_id: group.id, type: "STOCKS_AND_SHARES_ISA", is_flexible: true },
  });
  await client.call(setTaxResidencies, {
    path: { user_id },
    body: { tax_residencies: [{ country: "GB", tax_identifier_number: "AB123456C" }] },
  });
  const iban = "GB33BUKB20201555555555";
  const account = await client.call(createReferenceAccount, {
    body: {
      user_id,
      account_owner: "Ada Lovelace",
      iban,
      bic: "BUKBGB22XXX",
      confirmed_at: "2026-01-01T00:00:00Z",
    },
  });
  await sandbox.clock.advance(1000);
  const allowance = async () => {
    const { data } = await client.call(retrieveIsaAllowances, { path: { tax_wrapper_id } });
    return data.map(({ used_amount, remaining_amount }) => [used_amount, remaining_amount]);
  };
  expect(await allowance()).toEqual([["0.00", "20000.00"]]);
  await client.call(createBankTransaction, {
    body: {
      account: { iban: transferIban },
      amount: "1000.00",
      currency: "GBP",
      remittance_information: `CF${group.securities_account_number}`,
      client_reference: "deposit",
      counterparty_name: "Ada Lovelace",
      counterparty_account: { iban },
    },
  });
  await sandbox.clock.advance(1000);
  expect(await allowance()).toEqual([["1000.00", "19000.00"]]);
  await client.call(createCashWithdrawal, {
    body: { account_group_id: group.id, reference_account_id: account.id, amount: "400.00", currency: "GBP" },
  });
  await sandbox.clock.advance(1000);
  expect(await allowance()).toEqual([["600.00", "19400.00"]]);
  await sandbox.close();
});
