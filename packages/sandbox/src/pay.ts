import type { Currency } from "@upvest-sdk/types";
import { type Booking, bookCash, cashOf } from "./cash.js";
import { subscribeIsa } from "./resources/tax-wrappers.js";
import type { World } from "./world.js";

/** Books a payment. In an ISA it counts against the allowance; `back`: it is undone. */
export function pay(
  world: World,
  account_group_id: string,
  currency: Currency,
  booking: Booking,
  back = false,
): void {
  bookCash(world, cashOf(world, account_group_id, currency), booking);
  if (currency === "GBP") subscribeIsa(world, account_group_id, booking.amount, back);
}
