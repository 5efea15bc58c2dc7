import { idempotencyKeyFrom, UpvestApiError, type UpvestClient, UpvestError } from "@upvest-sdk/client";
import { placeOrder } from "@upvest-sdk/client/operations";

/** What a customer wants, and how far it has come: a row of a table of yours. */
export interface OrderJob {
  /** Your own id. The idempotency key comes from it. */
  readonly id: string;
  readonly accountId: string;
  readonly isin: string;
  /** Decimal text. */
  readonly euros: string;
  /**
   * `unknown`: the API may have the order or not; the job has to run again, soon: a key is kept for 24 hours. `refused` and
   * `placed` are certain. An order that is placed is filled or cancelled later: an event tells.
   */
  readonly state: "new" | "unknown" | "refused" | "placed";
  readonly orderId?: string;
  /** Why it was refused. */
  readonly reason?: string;
}

/** What the API says when it is the order that is at fault, and not the hour, the token or this program. */
const refusals = [400, 404, 422];

/**
 * Places the order of a job, and gives the job as it is then, to be stored. It may run any number of times: the order is
 * placed once.
 *
 * @throws when nothing new is known: no connection, too many requests, a wrong secret. The job stays as it is.
 */
export async function runOrderJob(client: UpvestClient, job: OrderJob): Promise<OrderJob> {
  if (job.state === "refused" || job.state === "placed") return job;
  try {
    const order = await client.call(placeOrder, {
      idempotencyKey: await idempotencyKeyFrom(placeOrder, job.id),
      body: {
        account_id: job.accountId,
        side: "BUY",
        instrument_id: job.isin,
        instrument_id_type: "ISIN",
        order_type: "MARKET",
        cash_amount: job.euros,
        currency: "EUR",
        client_reference: job.id,
      },
    });
    return { ...job, state: "placed", orderId: order.id };
  } catch (error) {
    if (error instanceof UpvestError && error.outcome === "unknown") return { ...job, state: "unknown" };
    // After an unknown outcome a refusal says nothing of the call before.
    const isRefused =
      job.state === "new" && error instanceof UpvestApiError && refusals.includes(error.status);
    if (!isRefused) throw error;
    return { ...job, state: "refused", reason: error.problem?.detail ?? error.code };
  }
}
