/** What happened to the thing that a change is about. */
export type ChangeKind = "added" | "removed" | "changed" | "deprecated";

/** One difference between two API descriptions. */
export interface Change {
  /** What happened to the thing. */
  readonly kind: ChangeKind;
  /** Code that uses the generated types, or a call that it makes, may stop working. */
  readonly breaking: boolean;
  /** The operation's id (`GET /path` where it has none), as the old description names it. */
  readonly operation?: string;
  /** The event type, such as `USER.CREATED`. */
  readonly event?: string;
  /** The name of the schema component, as the old description names it. */
  readonly model?: string;
  /** Where it is in the normal form (see `normalize`) of the new description, or of the old one for what was removed. Stops at a list whose order means nothing. */
  readonly pointer: string;
  /** One sentence for people; may change between versions. */
  readonly message: string;
}

/** How much of a version number the changes move. */
export type Bump = "major" | "minor" | "patch" | "none";

/** What differs between two descriptions. */
export interface Diff {
  /** One entry a difference. */
  readonly changes: readonly Change[];
  /** What they demand of a package that is at 1.0 or later; see `bumpFor` for others. */
  readonly bump: Bump;
}
