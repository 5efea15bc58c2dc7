import type { SignatureErrorCode } from "../src/index.js";
import { type Checks, createChecks, describe, equal, ok, thrownBy } from "./check.js";

export type Signing = typeof import("../src/index.js");

export interface Suite extends Checks {
  /** The entry under test: the portable one, or the one for Node. */
  readonly signing: Signing;
  readonly entry: "portable" | "node";
  /** Chromium's WebCrypto and Deno's node:crypto do not know AES with 192 bits. */
  readonly lacksAes192: boolean;
  /** The codes that refusals had so far. */
  readonly codes: Set<string>;
  /** One check: `run` throws a `SignatureError` with this code. */
  refuses(code: SignatureErrorCode, name: string, run: () => unknown): Promise<void>;
}

export type Traits = Pick<Suite, "signing" | "entry" | "lacksAes192">;

export function createSuite({ signing, entry, lacksAes192 }: Traits): Suite {
  const { report, check } = createChecks();
  if (lacksAes192) report.notes.push("it lacks AES-192");
  const codes = new Set<string>();
  return {
    signing,
    entry,
    lacksAes192,
    report,
    codes,
    check,
    refuses: (code, name, run) =>
      check(`${code}: ${name}`, async () => {
        const error = await thrownBy(run);
        ok(error instanceof signing.SignatureError, `threw ${describe(error)}`);
        equal(error.code, code);
        codes.add(code);
      }),
  };
}
