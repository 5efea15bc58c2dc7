import type { IsaAllowance, IsaTaxWrapper, PeaTaxWrapper } from "@upvest-sdk/types";
import { decimal, money } from "../amounts.js";
import type { Call, Resource } from "../handler.js";
import { page } from "../page.js";
import { invalid } from "../problem.js";
import { step, type World } from "../world.js";

import { hasTin } from "./tax-residencies.js";

/** The year in which the UK tax year that contains the date begins. */
const taxYear = (date: string): number => Number(date.slice(0, 4)) - (date.slice(5) < "04-06" ? 1 : 0);

/** GBP a tax year. */
const annualAllowance = "20000.00";

function addAllowance(world: World, tax_wrapper_id: string): void {
  const now = world.time();
  const year = taxYear(world.date());
  const end = `${year + 1}-04-05T23:59:59.999Z`;
  const allowance: IsaAllowance = {
    id: world.ids.uuid(),
    created_at: now,
    updated_at: now,
    tax_wrapper_id,
    type: "ANNUAL",
    status: "ACTIVE",
    currency: "GBP",
    used_amount: "0.00",
    remaining_amount: annualAllowance,
    valid_from: `${year}-04-06T00:00:00.000Z`,
    valid_to: end,
  };
  world.tables.isaAllowances.set(allowance.id, allowance);
  world.emit("ISA_WRAPPER_ALLOWANCE.CREATED", allowance);
  world.later(Date.parse(end) + 1 - world.clock.now(), "tax-wrappers.endAllowance", allowance.id);
}

/**
 * Money came into an ISA account group, or left it (a negative amount, decimal text in GBP). Does nothing for other
 * groups. ISA_WRAPPER_ALLOWANCE.UPDATED.
 *
 * @param back an earlier payment is undone by this
 */
export function subscribeIsa(world: World, account_group_id: string, amount: string, back = false): void {
  const { tables } = world;
  const [wrapper] = tables.isaWrappers.list(
    (row) => row.account_group_id === account_group_id && row.status !== "CLOSED",
  );
  const [allowance] = tables.isaAllowances.list(
    (row) => row.tax_wrapper_id === wrapper?.id && row.status === "ACTIVE",
  );
  const change = decimal(amount);
  if (!wrapper || !allowance || change.isZero()) return;
  // Only in a flexible ISA does a withdrawal give allowance back, and its return take it.
  const ofWithdrawal = back ? change.isPositive() : change.isNegative();
  if (ofWithdrawal && !wrapper.is_flexible) return;
  const now = world.time();
  const used = decimal(allowance.used_amount).plus(change);
  const left = decimal(annualAllowance).minus(used);
  allowance.used_amount = money(used);
  // More than there is can be paid in: what Upvest does then is not known.
  allowance.remaining_amount = left.isNegative() ? "0.00" : money(left);
  allowance.updated_at = now;
  if (change.isPositive()) allowance.first_subscription_at ??= now;
  world.emit("ISA_WRAPPER_ALLOWANCE.UPDATED", allowance);
}

/** The group that a new wrapper is for. */
function groupToWrap(
  { world, assumed }: Pick<Call, "world" | "assumed">,
  account_group_id: string,
  type: "ISA" | "FRENCH_PEA",
): void {
  const { tables } = world;
  const group = tables.accountGroups.need(account_group_id);
  if (group.type !== type)
    throw invalid(
      `The account group ${group.id} has the type ${group.type}: send one that was created with the type ${type}.`,
    );
  if (group.status !== "PENDING_APPROVAL" && group.status !== "ACTIVE") {
    assumed("a wrapper of an account group that is locked or being closed is refused with 400");
    throw invalid(`The account group ${group.id} is ${group.status}: wrap another one.`);
  }
  const ofGroup = (row: IsaTaxWrapper | PeaTaxWrapper) =>
    row.account_group_id === account_group_id && row.status !== "CLOSED";
  const [other] = [...tables.isaWrappers.list(ofGroup), ...tables.peaWrappers.list(ofGroup)];
  if (other) {
    assumed("a second wrapper of an account group is refused with 400");
    throw invalid(`The account group ${group.id} has the wrapper ${other.id} already: use that one.`);
  }
}

/** ISA and PEA wrappers, and the allowances of ISAs. */
export const taxWrappers: Resource = {
  handlers: {
    createIsaTaxWrapper(call) {
      const { world, body, assumed } = call;
      groupToWrap(call, body.account_group_id, "ISA");
      assumed("the allowance of an ISA is 20000.00 GBP in every tax year, which begins at midnight UTC");
      const now = world.time();
      const wrapper: IsaTaxWrapper = {
        id: world.ids.uuid(),
        created_at: now,
        updated_at: now,
        account_group_id: body.account_group_id,
        is_flexible: body.is_flexible,
        status: "NEW",
        type: body.type,
      };
      world.tables.isaWrappers.set(wrapper.id, wrapper);
      world.emit("ISA_WRAPPER.NEW", wrapper);
      world.later(step, "tax-wrappers.reviewIsa", wrapper.id);
      return wrapper;
    },

    retrieveIsaAllowances({ world, path, query, assumed }) {
      const { id } = world.tables.isaWrappers.need(path.tax_wrapper_id);
      const { tax_year } = query;
      if (tax_year === undefined) assumed("the allowances of all tax years are listed without tax_year");
      return page(
        world.tables.isaAllowances.list((row) => {
          const year = taxYear(row.valid_from.slice(0, 10));
          return row.tax_wrapper_id === id && (tax_year ?? `${year}/${year + 1}`) === `${year}/${year + 1}`;
        }),
        {},
      );
    },

    createPeaTaxWrapper(call) {
      const { world, body } = call;
      groupToWrap(call, body.account_group_id, "FRENCH_PEA");
      const now = world.time();
      const wrapper: PeaTaxWrapper = {
        id: world.ids.uuid(),
        created_at: now,
        updated_at: now,
        account_group_id: body.account_group_id,
        status: "NEW",
        type: body.type,
      };
      world.later(step, "tax-wrappers.reviewPea", wrapper.id);
      return world.tables.peaWrappers.set(wrapper.id, wrapper);
    },
  },

  tasks: {
    "tax-wrappers.reviewIsa"(world, id) {
      const { tables } = world;
      const wrapper = tables.isaWrappers.need(id);
      const group = tables.accountGroups.need(wrapper.account_group_id);
      const isTaxed = group.users.every((owner) => owner.id !== undefined && hasTin(world, owner.id));
      if (wrapper.status !== "NEW" || !isTaxed) return;
      wrapper.status = "ACTIVE";
      wrapper.updated_at = world.time();
      world.emit("ISA_WRAPPER.ACTIVE", wrapper);
      addAllowance(world, id);
      world.later(step, "accounts.reviewGroup", group.id);
    },

    "tax-wrappers.endAllowance"(world, id) {
      const { tables } = world;
      const allowance = tables.isaAllowances.need(id);
      if (allowance.status !== "ACTIVE") return;
      allowance.status = "EXPIRED";
      allowance.updated_at = world.time();
      world.emit("ISA_WRAPPER_ALLOWANCE.EXPIRED", allowance);
      const { status } = tables.isaWrappers.need(allowance.tax_wrapper_id);
      if (status === "ACTIVE") addAllowance(world, allowance.tax_wrapper_id);
    },

    "tax-wrappers.reviewPea"(world, id) {
      const wrapper = world.tables.peaWrappers.need(id);
      const group = world.tables.accountGroups.need(wrapper.account_group_id);
      if (wrapper.status !== "NEW" || group.status !== "ACTIVE") return;
      wrapper.status = "ACTIVE";
      wrapper.updated_at = world.time();
    },

    "tax-wrappers.close"(world, account_group_id) {
      const { tables } = world;
      const isOpen = (row: IsaTaxWrapper | PeaTaxWrapper) =>
        row.account_group_id === account_group_id && row.status !== "CLOSED";
      for (const wrapper of tables.isaWrappers.list(isOpen)) {
        wrapper.status = "CLOSED";
        wrapper.updated_at = world.time();
        world.emit("ISA_WRAPPER.CLOSED", wrapper);
      }
      for (const wrapper of tables.peaWrappers.list(isOpen)) {
        wrapper.status = "CLOSED";
        wrapper.updated_at = world.time();
      }
    },
  },
};
