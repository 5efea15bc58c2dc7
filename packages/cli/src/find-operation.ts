import type { Operation } from "@upvest-sdk/types";
import * as constants from "@upvest-sdk/types/operations";
import { didYouMean } from "./did-you-mean.js";
import { UsageError } from "./errors.js";

/** All operations by their constant's name, in the order of the names. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  Object.entries(constants as Record<string, Operation>).sort(([a], [b]) => (a < b ? -1 : 1)),
);

/**
 * An operation by its constant's name (`placeOrder`) or its id (`place_order`).
 *
 * @throws {UsageError} there is none
 */
export function findOperation(given: string): Operation {
  for (const [name, operation] of operations) if (name === given || operation.id === given) return operation;
  throw new UsageError(
    `there is no operation ${JSON.stringify(given)}.${didYouMean(given, [...operations.keys()])} \`upvest operations\` lists all.`,
  );
}
