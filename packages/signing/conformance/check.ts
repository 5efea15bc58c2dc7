import type { SignatureErrorCode } from "../src/index.js";

/** What a runtime answers. */
export interface Report {
  passed: number;
  failures: { name: string; message: string }[];
  /** What this runtime does otherwise than others, where both are right. */
  notes: string[];
}

export type Signing = typeof import("../src/index.js");

export interface Suite {
  /** The entry under test: the portable one, or the one for Node. */
  readonly signing: Signing;
  readonly entry: "portable" | "node";
  /** Chromium's WebCrypto and Deno's node:crypto do not know AES with 192 bits. */
  readonly lacksAes192: boolean;
  readonly report: Report;
  /** The codes that refusals had so far. */
  readonly codes: Set<string>;
  check(name: string, run: () => unknown): Promise<void>;
  /** One check: `run` throws a `SignatureError` with this code. */
  refuses(code: SignatureErrorCode, name: string, run: () => unknown): Promise<void>;
}

const limit = 60_000;

export type Traits = Pick<Suite, "signing" | "entry" | "lacksAes192">;

export function createSuite({ signing, entry, lacksAes192 }: Traits): Suite {
  const report: Report = { passed: 0, failures: [], notes: [] };
  if (lacksAes192) report.notes.push("it lacks AES-192");
  const codes = new Set<string>();
  const check: Suite["check"] = async (name, run) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      await Promise.race([
        run(),
        new Promise((_, reject) => {
          timer = setTimeout(() => reject(new Error(`not done after ${limit} ms`)), limit);
        }),
      ]);
      report.passed++;
    } catch (error) {
      report.failures.push({ name, message: describe(error) });
    } finally {
      clearTimeout(timer);
    }
  };
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

export async function thrownBy(run: () => unknown): Promise<unknown> {
  try {
    await run();
  } catch (error) {
    return error;
  }
  return undefined;
}

export function describe(error: unknown): string {
  if (error === undefined) return "nothing";
  const { name, message, code } = Object(error) as { name?: string; message?: string; code?: string };
  return `${name ?? typeof error} ${code ?? ""} ${message ?? String(error)}`;
}

export function ok(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** For whatever JSON can show. */
export function equal(given: unknown, expected: unknown): void {
  const [is, should] = [JSON.stringify(given), JSON.stringify(expected)];
  ok(is === should, `is ${is}, should be ${should}`);
}
