import { idempotencyKeyFrom } from "@upvest-sdk/client";
import {
  createAccount,
  createAccountGroup,
  createBankTransaction,
  createReferenceAccount,
  listAccountOrders,
  listUserReports,
  placeOrder,
  retrieveAccount,
  retrieveCashBalances,
  retrieveOrder,
  retrieveReport,
} from "@upvest-sdk/client/operations";
import type { Order } from "@upvest-sdk/types";
import { equal, ok } from "../../../packages/signing/conformance/check.js";
import type { Scene } from "../scene.js";

const iban = "DE89370400440532013000";
const amount = /^\d+(\.\d+)?$/;

/** Decimal text of at most six places, in millionths. */
const millionths = (text: string): bigint => {
  const [whole = "", fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(6, "0"));
};

/** From nothing to a filled order, by a clock that the suite drives. */
export async function orderChecks(scene: Scene): Promise<void> {
  const { check } = scene;
  const client = await scene.createClient();
  const user = await scene.createUser(client, "Investor");
  const group = await client.call(createAccountGroup, { body: { user_id: user.id, type: "PERSONAL" } });
  const account = await client.call(createAccount, {
    body: { user_id: user.id, account_group_id: group.id, type: "TRADING", name: "First" },
  });
  const account_id = account.id;
  let order: Order;

  await check("an account is ACTIVE once the clock was moved on, and not before", async () => {
    const status = async () => (await client.call(retrieveAccount, { path: { account_id } })).status;
    equal(await status(), "PENDING_APPROVAL");
    await scene.advance(2_000);
    equal(await status(), "ACTIVE");
  });

  await check("money comes in, as decimal text", async () => {
    await client.call(createReferenceAccount, {
      body: {
        user_id: user.id,
        account_owner: "Ada Investor",
        iban,
        bic: "COBADEFFXXX",
        confirmed_at: "2026-01-01T00:00:00Z",
      },
    });
    await client.call(createBankTransaction, {
      body: {
        account: { iban: "NL70ABNA0106295004" },
        amount: "1000.10",
        currency: "EUR",
        remittance_information: `CF${group.securities_account_number}`,
        client_reference: "first deposit",
        counterparty_name: "Ada Investor",
        counterparty_account: { iban },
      },
    });
    await scene.advance(1_000);
    const { data } = await client.call(retrieveCashBalances, { path: { account_group_id: group.id } });
    equal(
      data.map(({ balance, currency }) => `${balance} ${currency}`),
      ["1000.10 EUR"],
    );
  });

  await check("an order is placed once, however often it is sent", async () => {
    const place = async () =>
      client.call(placeOrder, {
        idempotencyKey: await idempotencyKeyFrom(placeOrder, user.id, "order-1"),
        body: {
          user_id: user.id,
          account_id,
          side: "BUY",
          instrument_id: "IE00B3XXRP09",
          instrument_id_type: "ISIN",
          order_type: "MARKET",
          cash_amount: "100.00",
          currency: "EUR",
        },
      });
    order = await place();
    equal((await place()).id, order.id);
    equal([order.status, order.executions.length], ["NEW", 0]);
  });

  await check("it is FILLED once the clock was moved on, and its parts make the whole", async () => {
    await scene.advance(5_000);
    const { status, executions } = await client.call(retrieveOrder, { path: { order_id: order.id } });
    equal(status, "FILLED");
    ok(executions.length > 0, "no execution");
    let spent = 0n;
    for (const { share_quantity, price, cash_amount } of executions) {
      for (const text of [share_quantity, price, cash_amount]) ok(amount.test(text), text);
      spent += millionths(cash_amount);
    }
    equal(`${spent}`, `${millionths("100.00")}`);
  });

  await check("the cash is less by what was spent", async () => {
    const { data } = await client.call(retrieveCashBalances, { path: { account_group_id: group.id } });
    equal(
      data.map(({ balance }) => balance),
      ["900.10"],
    );
  });

  await check("it is in the account's list", async () => {
    const ids: string[] = [];
    for await (const { id } of client.paginate(listAccountOrders, { path: { account_id } })) ids.push(id);
    equal(ids, [order.id]);
  });

  await check("its report is a PDF", async () => {
    const { data } = await client.call(listUserReports, { path: { user_id: user.id } });
    ok(data.length > 0, "no report");
    const pdf = await client.call(retrieveReport, {
      path: { report_id: data[0]!.id },
      accept: "application/pdf",
      as: "blob",
    });
    equal((pdf as Blob).type, "application/pdf");
    equal((await (pdf as Blob).slice(0, 5).text()).slice(0, 5), "%PDF-");
  });
}
