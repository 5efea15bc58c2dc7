/** What a runtime answers. */
export interface Report {
  passed: number;
  failures: { name: string; message: string }[];
  /** What this runtime does otherwise than others, where both are right. */
  notes: string[];
}

/** The harness of a suite: plain functions, in whatever runtime. */
export interface Checks {
  readonly report: Report;
  /** One check: it passes unless `run` throws, or takes more than a minute. */
  check(name: string, run: () => unknown): Promise<void>;
}

const limit = 60_000;

export function createChecks(): Checks {
  const report: Report = { passed: 0, failures: [], notes: [] };
  return {
    report,
    async check(name, run) {
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
    },
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
