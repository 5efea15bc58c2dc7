import type { Account, AccountGroup } from "@upvest-sdk/types";
import { decimal } from "../amounts.js";
import type { Call, Resource } from "../handler.js";
import { bouncingCents } from "../mock-values.js";
import { page } from "../page.js";
import { conflict, invalid } from "../problem.js";
import { recheck } from "../recheck.js";
import { step, type World } from "../world.js";
import { presentUser } from "./users.js";

const belongsTo = (user_id: string) => (row: AccountGroup | Account) =>
  row.users.some(({ id }) => id === user_id);

const areUsersActive = ({ tables }: World, { users }: AccountGroup | Account): boolean =>
  users.every(({ id }) => id !== undefined && tables.users.get(id)?.status === "ACTIVE");

/** Nine digits that no other group has. */
function newSecuritiesAccountNumber({ ids, tables }: World): string {
  for (;;) {
    const number = ids.digits(9);
    if (tables.accountGroups.list((row) => row.securities_account_number === number).length === 0)
      return number;
  }
}

const accountsOf = (world: World, account_group_id: string) =>
  world.tables.accounts.list((row) => row.account_group_id === account_group_id);

const isUnderWay = ({ status }: { readonly status?: string }) => status === "NEW" || status === "PROCESSING";

/** A payment that is under way, or that the bank is about to send back. */
const isUnsure = (row: { readonly status?: string }, amount: string) =>
  isUnderWay(row) || (row.status === "CONFIRMED" && amount.endsWith(bouncingCents));

/** @throws {Problem} 409: the group or account cannot begin to close */
function checkClosable(
  { world, assumed }: Pick<Call, "world" | "assumed">,
  what: string,
  { id, status }: AccountGroup | Account,
  account_group_id: string,
): void {
  if (status === "CLOSING" || status === "CLOSED")
    throw conflict(`The ${what} ${id} is ${status} already: there is nothing left to do.`);
  if (status === "LOCKED")
    throw conflict(`The ${what} ${id} is LOCKED: ask Upvest to end the lock before it is closed.`);
  const [withdrawal] = world.tables.withdrawals.list(
    (row) => row.account_group_id === account_group_id && isUnderWay(row),
  );
  if (withdrawal)
    throw conflict(
      `The withdrawal ${withdrawal.id} is ${withdrawal.status}: wait for its end, then close the ${what}.`,
    );
  if (status === "PENDING_APPROVAL") assumed("what is PENDING_APPROVAL can be closed");
}

/** Nothing is held and nothing is ordered any more. */
const isAccountEmpty = ({ tables }: World, account_id: string): boolean =>
  tables.holdings.list((row) => row.account_id === account_id && !decimal(row.quantity).isZero()).length ===
    0 && tables.orders.list((row) => row.account_id === account_id && isUnderWay(row)).length === 0;

/** Its accounts are closed, nothing is owed, no money is left or on its way. */
function isGroupEmpty(world: World, id: string): boolean {
  const { tables } = world;
  const ofGroup = (row: { account_group_id: string }) => row.account_group_id === id;
  return (
    accountsOf(world, id).every(({ status }) => status === "CLOSED") &&
    tables.feeCollections.list((row) => ofGroup(row) && row.status === "PROCESSING").length === 0 &&
    tables.directDebits.list((row) => ofGroup(row) && isUnsure(row, row.cash_amount)).length === 0 &&
    tables.withdrawals.list((row) => ofGroup(row) && isUnsure(row, row.amount)).length === 0 &&
    tables.cash.list(
      (row) => ofGroup(row) && !(decimal(row.balance).isZero() && decimal(row.pending).isZero()),
    ).length === 0
  );
}

/** Account groups and accounts. */
export const accounts: Resource = {
  handlers: {
    listAccountGroups: ({ world, query }) => page(world.tables.accountGroups.list(), query, "created_at"),

    createAccountGroup(call) {
      const { world, body, assumed } = call;
      const { user_id, type } = body;
      presentUser(call, user_id);
      if (type === "PERSONAL" || type === "FRENCH_PEA") {
        const [other] = world.tables.accountGroups.list(
          (row) => row.type === type && row.status !== "CLOSED" && belongsTo(user_id)(row),
        );
        if (other) {
          assumed(`a second account group of the type ${type} is refused with 400`);
          throw invalid(
            `The user ${user_id} has the ${type} account group ${other.id}, and may have one only: use that one.`,
          );
        }
      }
      const now = world.time();
      const group: AccountGroup = {
        id: world.ids.uuid(),
        created_at: now,
        updated_at: now,
        users: [{ id: user_id, type: "OWNER" }],
        status: "PENDING_APPROVAL",
        type,
        securities_account_number: newSecuritiesAccountNumber(world),
      };
      world.tables.accountGroups.set(group.id, group);
      world.emit("ACCOUNT_GROUP.CREATED", group);
      world.later(step, "accounts.reviewGroup", group.id);
      return group;
    },

    retrieveAccountGroup: ({ world, path }) => world.tables.accountGroups.need(path.account_group_id),

    accountGroupClosure(call) {
      const { world, path, query, assumed } = call;
      const group = world.tables.accountGroups.need(path.account_group_id);
      checkClosable(call, "account group", group, group.id);
      if (query.notification_only) {
        assumed("notification_only leaves the account group as it is");
        return;
      }
      group.status = "CLOSING";
      group.updated_at = world.time();
      world.emit("ACCOUNT_GROUP.CLOSING_INITIATED", group);
      world.later(step, "accounts.closeGroup", group.id);
    },

    listUserAccountGroups({ world, path, query }) {
      world.tables.users.need(path.user_id);
      return page(world.tables.accountGroups.list(belongsTo(path.user_id)), query, "created_at");
    },

    listAccounts: ({ world, query }) => page(world.tables.accounts.list(), query, "created_at"),

    createAccount(call) {
      const { world, body, assumed } = call;
      const { user_id, account_group_id, type, name } = body;
      presentUser(call, user_id);
      const group = world.tables.accountGroups.need(account_group_id);
      if (!belongsTo(user_id)(group)) {
        assumed("an account in the account group of another user is refused with 400");
        throw invalid(
          `The account group ${account_group_id} is not the user's: send its owner ${group.users[0]?.id} as user_id.`,
        );
      }
      if (group.status !== "PENDING_APPROVAL" && group.status !== "ACTIVE") {
        assumed("an account in an account group that is locked or being closed is refused with 400");
        throw invalid(
          `The account group ${account_group_id} is ${group.status}: open the account in another.`,
        );
      }
      if (name === undefined) assumed("the name of an account is empty when it is left out");
      const now = world.time();
      const account: Account = {
        id: world.ids.uuid(),
        created_at: now,
        updated_at: now,
        account_group_id,
        type,
        users: [{ id: user_id, type: "OWNER" }],
        account_number: accountsOf(world, account_group_id).length + 1,
        name: name ?? "",
        status: "PENDING_APPROVAL",
      };
      world.tables.accounts.set(account.id, account);
      world.emit("ACCOUNT.CREATED", account);
      world.later(step, "accounts.review", account.id);
      return account;
    },

    retrieveAccount: ({ world, path }) => world.tables.accounts.need(path.account_id),

    updateAccount({ world, path, body, assumed }) {
      const account = world.tables.accounts.need(path.account_id);
      const { id, status } = account;
      if (status !== "ACTIVE" && status !== "CLOSING") {
        assumed("an account that is neither ACTIVE nor CLOSING cannot be renamed, which is a 400");
        throw invalid(`The account ${id} is ${status}, so it can only be read: rename it when it is ACTIVE.`);
      }
      if (body.name === undefined) {
        assumed("an update without a name changes nothing");
        return account;
      }
      account.name = body.name;
      account.updated_at = world.time();
      world.emit("ACCOUNT.UPDATED", account);
      return account;
    },

    accountClosure(call) {
      const { world, path, assumed } = call;
      const account = world.tables.accounts.need(path.account_id);
      checkClosable(call, "account", account, account.account_group_id);
      if (world.tables.accountGroups.need(account.account_group_id).type === "ISA")
        assumed("an account in the UK does not wait for the end of the tax year");
      account.status = "CLOSING";
      account.updated_at = world.time();
      world.emit("ACCOUNT.CLOSING_INITIATED", account);
      world.later(step, "accounts.close", account.id);
    },

    listUserAccounts({ world, path, query }) {
      world.tables.users.need(path.user_id);
      return page(world.tables.accounts.list(belongsTo(path.user_id)), query, "created_at");
    },
  },

  tasks: {
    "accounts.reviewGroup"(world, id) {
      const { tables } = world;
      const group = tables.accountGroups.need(id);
      if (group.status !== "PENDING_APPROVAL" || !areUsersActive(world, group)) return;
      const isWrapped = tables.isaWrappers.list(
        (row) => row.account_group_id === id && row.status === "ACTIVE",
      ).length;
      if (group.type === "ISA" && !isWrapped) return;
      group.status = "ACTIVE";
      group.updated_at = world.time();
      world.emit("ACCOUNT_GROUP.ACTIVATED", group);
      for (const account of accountsOf(world, id)) world.later(step, "accounts.review", account.id);
      for (const wrapper of tables.peaWrappers.list((row) => row.account_group_id === id))
        world.later(step, "tax-wrappers.reviewPea", wrapper.id);
    },

    "accounts.review"(world, id) {
      const account = world.tables.accounts.need(id);
      const group = world.tables.accountGroups.need(account.account_group_id);
      if (account.status !== "PENDING_APPROVAL" || group.status !== "ACTIVE") return;
      if (!areUsersActive(world, account)) return;
      account.status = "ACTIVE";
      account.updated_at = world.time();
      world.emit("ACCOUNT.ACTIVATED", account);
    },

    "accounts.close"(world, id) {
      const account = world.tables.accounts.need(id);
      if (account.status !== "CLOSING") return;
      if (!isAccountEmpty(world, id)) {
        recheck(world, account.updated_at, "accounts.close", id);
        return;
      }
      account.status = "CLOSED";
      account.updated_at = world.time();
      world.emit("ACCOUNT.CLOSED", account);
    },

    "accounts.closeGroup"(world, id) {
      const { tables } = world;
      const group = tables.accountGroups.need(id);
      if (group.status !== "CLOSING") return;
      if (!isGroupEmpty(world, id)) {
        recheck(world, group.updated_at, "accounts.closeGroup", id);
        return;
      }
      group.status = "CLOSED";
      group.updated_at = world.time();
      world.emit("ACCOUNT_GROUP.CLOSED", group);
      if (group.type === "ISA" || group.type === "FRENCH_PEA") world.later(step, "tax-wrappers.close", id);
    },
  },
};
