import type { AccountGroup, AccountStatus, User } from "@upvest-sdk/types";
import { decimal } from "./amounts.js";
import { invalid, type Problem } from "./problem.js";
import type { World } from "./world.js";

/** What these helpers need of a call. */
export interface Asked {
  readonly world: World;
  assumed(what: string): void;
}

/** A refusal that is sensible, but whose code nobody knows. */
export function refusal(call: Asked, detail: string): Problem {
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

export function knownUser(call: Asked, id: string | undefined): User {
  if (id === undefined)
    throw refusal(call, "user_id is missing; send the id of the user who owns the bank account.");
  return call.world.tables.users.need(id);
}

export function checkOwner(
  call: Asked,
  group: AccountGroup,
  user_id: string | undefined,
  what: string,
): void {
  if (!group.users.some(({ id }) => id === user_id))
    throw refusal(
      call,
      `${what} belongs to another user than the account group ${group.id}; name one of the group's owner.`,
    );
}

export function checkUserId(
  call: Asked,
  sent: string | undefined,
  user_id: string | undefined,
  what: string,
): void {
  if (sent !== undefined && sent !== user_id)
    throw refusal(call, `user_id is ${sent}, but ${what} belongs to another user; leave user_id out.`);
}

export const fullName = ({ first_name, last_name }: User): string => `${first_name} ${last_name}`;

/** As answers show it. */
export const masked = (iban: string): string => `${iban.slice(0, 6)}${"*".repeat(10)}${iban.slice(-4)}`;
