// From nothing to a filled order: the calls of an integration's first day, in their order.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { idempotencyKeyFrom, type UpvestClient } from "@upvest-sdk/client";
import {
  createAccount,
  createAccountGroup,
  createBankTransaction,
  createReferenceAccount,
  createUser,
  createWebhook,
  listAccountOrders,
  placeOrder,
  retrieveCashBalances,
  retrieveOrder,
  updateWebhook,
} from "@upvest-sdk/client/operations";
import { createWebhookReceiver, remoteKeys, type WebhookReceiver } from "@upvest-sdk/webhooks";
import { toNodeHandler } from "@upvest-sdk/webhooks/node";

export type Say = (text: string) => void;

/** The first event of a type whose object is the one looked for. */
function eventFor(
  receiver: WebhookReceiver,
  type: "ACCOUNT.ACTIVATED" | "ORDER.FILLED",
  id: string,
): Promise<void> {
  return new Promise((resolve) => {
    receiver.on(type, ({ object }) => {
      if (object.id === id) resolve();
    });
  });
}

/** @returns the id of the order that was filled */
export async function firstOrder(client: UpvestClient, say: Say): Promise<string> {
  // Webhooks first, so that nothing is missed. Yours listens on a public https address.
  const receiver = createWebhookReceiver({ keys: remoteKeys(client) });
  receiver.on("*", ({ type }) => say(`  webhook  ${type}`));
  const server = createServer(toNodeHandler(receiver)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const webhook = await client.call(createWebhook, {
      body: {
        title: "first order",
        url: `http://127.0.0.1:${port}/upvest`,
        type: ["ACCOUNT", "ORDER"],
        config: { delay: "1s" },
      },
    });
    // A new subscription is off.
    await client.call(updateWebhook, { path: { webhook_id: webhook.id }, body: { enabled: true } });
    say(`subscribed to ACCOUNT and ORDER events, verified by the API's own keys`);

    const user = await client.call(createUser, {
      // From your own id: run again after a crash, the user is created once.
      idempotencyKey: await idempotencyKeyFrom(createUser, "customer-1"),
      body: {
        first_name: "Ada",
        last_name: "Lovelace",
        birth_date: "1990-12-10",
        nationalities: ["DE"],
        address: { address_line1: "Unter den Linden 1", postcode: "10117", city: "Berlin", country: "DE" },
      },
    });
    say(`user ${user.id} is ${user.status}`);

    const group = await client.call(createAccountGroup, { body: { user_id: user.id, type: "PERSONAL" } });
    const account = await client.call(createAccount, {
      body: { user_id: user.id, account_group_id: group.id, type: "TRADING", name: "My first account" },
    });
    say(`account group ${group.id} and account ${account.id} are ${account.status}`);
    await eventFor(receiver, "ACCOUNT.ACTIVATED", account.id);
    say("the account is ACTIVE");

    // Money: a bank transfer, as it exists in test environments.
    await client.call(createReferenceAccount, {
      body: {
        user_id: user.id,
        account_owner: "Ada Lovelace",
        iban: "DE89370400440532013000",
        bic: "COBADEFFXXX",
        confirmed_at: "2026-01-01T00:00:00Z",
      },
    });
    await client.call(createBankTransaction, {
      body: {
        account: { iban: "NL70ABNA0106295004" },
        amount: "1000.00",
        currency: "EUR",
        remittance_information: `CF${group.securities_account_number}`,
        client_reference: "first deposit",
        counterparty_name: "Ada Lovelace",
        counterparty_account: { iban: "DE89370400440532013000" },
      },
    });
    const { data: balances } = await client.call(retrieveCashBalances, {
      path: { account_group_id: group.id },
    });
    say(`cash: ${balances.map(({ balance, currency }) => `${balance} ${currency}`).join(", ")}`);

    const order = await client.call(placeOrder, {
      idempotencyKey: await idempotencyKeyFrom(placeOrder, "customer-1", "order-1"),
      body: {
        user_id: user.id,
        account_id: account.id,
        side: "BUY",
        instrument_id: "IE00B3XXRP09",
        instrument_id_type: "ISIN",
        order_type: "MARKET",
        cash_amount: "100.00",
        currency: "EUR",
      },
    });
    say(`order ${order.id} is ${order.status}`);
    await eventFor(receiver, "ORDER.FILLED", order.id);
    const { status, executions } = await client.call(retrieveOrder, { path: { order_id: order.id } });
    for (const { share_quantity, price, cash_amount } of executions)
      say(`order is ${status}: ${share_quantity} units at ${price} for ${cash_amount} EUR`);

    for await (const { id, side, cash_amount } of client.paginate(listAccountOrders, {
      path: { account_id: account.id },
    }))
      say(`in the list of orders: ${id} ${side} ${cash_amount}`);
    return order.id;
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
