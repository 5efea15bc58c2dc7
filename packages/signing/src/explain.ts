import { signatureBase } from "./base.js";
import type { Algorithm } from "./keys.js";
import type { Composed } from "./signer.js";
import { whyUncovered } from "./uncovered-headers.js";

/** What a signature of a request would cover. Holds no secret. */
export interface Explanation {
  /** The id of the key in use. */
  readonly keyId: string;
  /** The algorithm of the key in use. */
  readonly algorithm: Algorithm;
  /** The signature base, RFC 9421, 2.5. */
  readonly base: string;
  /** Names of the covered components, in their order. */
  readonly covered: readonly string[];
  /** Headers of the request that are not covered, and why. */
  readonly uncovered: readonly {
    /** In lower case. */
    readonly name: string;
    /** For people. */
    readonly reason: string;
  }[];
}

/** @param given names of the headers that the request had before */
export function explanation({ covered, loaded, params }: Composed, given: readonly string[]): Explanation {
  const names = covered.map(({ name }) => name);
  // Keeps the scheme: `Bearer ***`.
  const blanked = covered.map(({ name, value }) => ({
    name,
    value: name === "authorization" ? value.replace(/^(\S+ )?.*$/, "$1***") : value,
  }));
  return {
    keyId: loaded.keyId,
    algorithm: loaded.key.algorithm,
    base: signatureBase(blanked, params, 15),
    covered: names,
    uncovered: given
      .filter((name) => !names.includes(name))
      .map((name) => ({ name, reason: whyUncovered(name) ?? "is only set, and covered, with a body" })),
  };
}
