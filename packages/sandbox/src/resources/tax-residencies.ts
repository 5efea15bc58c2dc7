import type { TaxResidencyRecord } from "@upvest-sdk/types";
import type { Resource } from "../handler.js";
import { invalid } from "../problem.js";
import { step, type World } from "../world.js";
import { presentUser } from "./users.js";

/** Whether the user has told a tax number, and it is in use. */
export function hasTin({ tables }: World, user_id: string): boolean {
  const record = tables.taxResidencies.get(user_id);
  return record?.status === "ACTIVE" && record.tax_residencies.some((one) => "tax_identifier_number" in one);
}

/** Tax residencies of users. */
export const taxResidencies: Resource = {
  handlers: {
    retrieveTaxResidencies({ world, path }) {
      world.tables.users.need(path.user_id);
      return world.tables.taxResidencies.need(path.user_id);
    },

    setTaxResidencies(call) {
      const { world, path, body, assumed } = call;
      presentUser(call, path.user_id);
      const { tax_residencies } = body;
      const countries = new Set(tax_residencies.map(({ country }) => country));
      if (countries.size !== tax_residencies.length) {
        assumed("a country that comes twice is refused with 400");
        throw invalid("tax_residencies has a country twice: send each country once.");
      }
      const now = world.time();
      const record: TaxResidencyRecord = {
        created_at: world.tables.taxResidencies.get(path.user_id)?.created_at ?? now,
        updated_at: now,
        tax_residencies,
        status: "PENDING",
      };
      assumed("tax residencies become ACTIVE soon");
      world.later(step, "tax-residencies.activate", path.user_id);
      return world.tables.taxResidencies.set(path.user_id, record);
    },
  },

  tasks: {
    "tax-residencies.activate"(world, user_id) {
      const { tables } = world;
      const record = tables.taxResidencies.need(user_id);
      if (record.status !== "PENDING") return;
      record.status = "ACTIVE";
      record.updated_at = world.time();
      world.later(step, "users.review", user_id);
      const groups = tables.accountGroups.list(({ users }) => users.some(({ id }) => id === user_id));
      for (const wrapper of tables.isaWrappers.list((row) =>
        groups.some(({ id }) => id === row.account_group_id),
      ))
        world.later(step, "tax-wrappers.reviewIsa", wrapper.id);
    },
  },
};
