import type { InputOf, OperationTypes, OutputOf } from "@upvest-sdk/types";
import type * as operations from "@upvest-sdk/types/operations";
import type { World } from "./world.js";

/** All operations of the API, by the name of their constant in `@upvest-sdk/types/operations`. */
export type OperationName = {
  [Name in keyof typeof operations]: (typeof operations)[Name] extends { readonly id: string } ? Name : never;
}[keyof typeof operations];

/** A part of the input; one that an operation does not have is empty. */
type Part<Input, Name extends string> = Input extends { readonly [Key in Name]: infer Value }
  ? Value
  : Input extends { readonly [Key in Name]?: infer Value }
    ? Value & {}
    : Record<string, never>;

/** A call that has passed all checks of its form: what is here is valid by the description; in the query, defaults are filled in. */
export interface Call<Input = unknown> {
  readonly world: World;
  readonly path: Part<Input, "path">;
  readonly query: Part<Input, "query">;
  readonly body: Part<Input, "body">;
  /** The `accept` header's media type that the answer is in. */
  readonly accept: string;
  /** Marks the answer as one that nobody outside of Upvest knows to be right. */
  assumed(what: string): void;
}

/** The body of an answer, in whichever media type was asked for. */
type Answer<Operation extends OperationTypes> = Operation["~types"] & {} extends {
  readonly outputs: infer Outputs;
}
  ? Outputs[keyof Outputs]
  : OutputOf<Operation>;

/** What carries out an operation: gives the body of its answer, or throws a `Problem`. At once, so that calls don't mix. */
export type Handlers = {
  [Name in OperationName]: (
    call: Call<InputOf<(typeof operations)[Name]>>,
  ) => Answer<(typeof operations)[Name]>;
};

/** What one file of `resources/` gives. */
export interface Resource {
  readonly handlers: Partial<Handlers>;
  readonly tasks?: Readonly<Record<string, (world: World, id: string) => void>>;
}
