import type { PGlite } from "@electric-sql/pglite";
import { createWebhookReceiver, type ReceiverOptions, type WebhookReceiver } from "@upvest-sdk/webhooks";

export const schema = `
  create table if not exists done_events (id text primary key, done_at timestamptz not null default now());
  create table if not exists filled_orders (order_id text not null, filled_at timestamptz not null);
`;

/**
 * What an event does to the database and that it is done are one transaction: both are there or neither is, whatever dies in
 * between. Whoever comes second with the same event waits at the primary key, and finds it done.
 */
export function createReceiver(database: PGlite, keys: ReceiverOptions["keys"]): WebhookReceiver {
  // The database does it.
  const receiver = createWebhookReceiver({ keys, deduplicate: false });
  // One handler for all that is written: with two, each would have to have a row of its own.
  return receiver.on("ORDER.FILLED", ({ id, created_at, object }) =>
    database.transaction(async (transaction) => {
      const { affectedRows } = await transaction.query(
        "insert into done_events (id) values ($1) on conflict do nothing",
        [id],
      );
      if (!affectedRows) return;
      await transaction.query("insert into filled_orders values ($1, $2)", [object.id, created_at]);
    }),
  );
}
