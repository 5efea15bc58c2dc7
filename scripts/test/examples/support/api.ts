import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createUpvestClient, type UpvestClient } from "@upvest-sdk/client";
import {
  createAccount,
  createAccountGroup,
  createBankTransaction,
  createReferenceAccount,
  createUser,
  createWebhook,
  placeOrder,
  retrieveAccount,
  retrieveAccountGroup,
  updateWebhook,
} from "@upvest-sdk/client/operations";
import { type Sandbox, type SandboxOptions, startSandbox } from "@upvest-sdk/sandbox";
import { createSigner } from "@upvest-sdk/signing/node";
import { vi } from "vitest";

export interface TestApi {
  readonly sandbox: Sandbox;
  /** A client of the test's own. */
  readonly client: UpvestClient;
  /** What `npx @upvest-sdk/sandbox` prints to be pasted into a shell. */
  readonly env: Record<string, string>;
  /** What must be in no output. */
  readonly secrets: readonly string[];
  close(): Promise<void>;
}

/** A local Upvest, and what a program needs to call it. */
export async function startApi(options: SandboxOptions = {}): Promise<TestApi> {
  const sandbox = await startSandbox(options);
  const { clientId, clientSecret, keyId, privateKeyPem } = sandbox.credentials;
  const folder = mkdtempSync(join(tmpdir(), "upvest-sdk-example-"));
  const keyFile = join(folder, "private.pem");
  writeFileSync(keyFile, privateKeyPem, { mode: 0o600 });
  return {
    sandbox,
    client: createUpvestClient({
      baseUrl: sandbox.url,
      clientId,
      clientSecret,
      scopes: sandbox.scopes,
      signer: await createSigner({ keyId, privateKey: privateKeyPem }),
    }),
    env: {
      UPVEST_API_BASE_URL: sandbox.url,
      UPVEST_API_CLIENT_ID: clientId,
      UPVEST_API_CLIENT_SECRET: clientSecret,
      UPVEST_API_SCOPES: sandbox.scopes.join(","),
      UPVEST_API_KEY_ID: keyId,
      UPVEST_API_HTTP_SIGN_PRIVATE_KEY_FILENAME: keyFile,
    },
    secrets: [clientSecret, privateKeyPem.split("\n")[1]!, "ory_at_"],
    async close() {
      await sandbox.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const iban = "DE89370400440532013000";

/** An account that can trade, in a group that has cash. */
export async function openAccount(client: UpvestClient, cash: string) {
  const user = await client.call(createUser, {
    body: {
      first_name: "Ada",
      last_name: "Lovelace",
      birth_date: "1990-12-10",
      nationalities: ["DE"],
      address: { address_line1: "Unter den Linden 1", postcode: "10117", city: "Berlin", country: "DE" },
    },
  });
  const group = await client.call(createAccountGroup, { body: { user_id: user.id, type: "PERSONAL" } });
  const account = await client.call(createAccount, {
    body: { user_id: user.id, account_group_id: group.id, type: "TRADING", name: "example" },
  });
  await vi.waitUntil(
    async () =>
      (await client.call(retrieveAccount, { path: { account_id: account.id } })).status === "ACTIVE" &&
      (await client.call(retrieveAccountGroup, { path: { account_group_id: group.id } })).status === "ACTIVE",
    { timeout: 20_000, interval: 50 },
  );
  await client.call(createReferenceAccount, {
    body: {
      user_id: user.id,
      account_owner: "Ada Lovelace",
      iban,
      bic: "COBADEFFXXX",
      confirmed_at: "2026-01-01T00:00:00Z",
    },
  });
  await client.call(createBankTransaction, {
    body: {
      account: { iban: "NL70ABNA0106295004" },
      amount: cash,
      currency: "EUR",
      remittance_information: `CF${group.securities_account_number}`,
      client_reference: "deposit",
      counterparty_name: "Ada Lovelace",
      counterparty_account: { iban },
    },
  });
  return { user, group, account };
}

/** Buys for an amount; gives the order's id. It is filled soon. */
export async function buy(client: UpvestClient, account_id: string, cash_amount: string): Promise<string> {
  const { id } = await client.call(placeOrder, {
    body: {
      account_id,
      side: "BUY",
      instrument_id: "IE00B3XXRP09",
      instrument_id_type: "ISIN",
      order_type: "MARKET",
      cash_amount,
      currency: "EUR",
    },
  });
  return id;
}

/** Has the events of orders sent to an address. */
export async function subscribe(client: UpvestClient, url: string): Promise<void> {
  const { id } = await client.call(createWebhook, {
    body: { title: "example", url, type: ["ORDER"], config: { delay: "1s" } },
  });
  await client.call(updateWebhook, { path: { webhook_id: id }, body: { enabled: true } });
}
