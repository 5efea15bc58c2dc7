/**
 * The constants of all operations, as `@upvest-sdk/types/operations` has them, so that one install suffices.
 *
 * @packageDocumentation
 */
export * from "@upvest-sdk/types/operations";
