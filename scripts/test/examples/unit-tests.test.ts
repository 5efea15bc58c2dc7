import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { compile, folderOf, runToEnd } from "./support/example.js";

const folder = folderOf("unit-tests");
const scratch = mkdtempSync(join(tmpdir(), "upvest-sdk-unit-tests-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs the example's own tests. */
const run = (at: string) =>
  runToEnd(process.execPath, [join(folder, "node_modules/vitest/vitest.mjs"), "run"], at, { NO_COLOR: "1" });

/** A copy of the example, whose service is changed. */
function copyWith(name: string, from: string, to: string): string {
  const copy = join(scratch, name);
  cpSync(folder, copy, { recursive: true, filter: (file) => !/\/(node_modules|dist|\.turbo)$/.test(file) });
  symlinkSync(join(folder, "node_modules"), join(copy, "node_modules"));
  const service = join(copy, "place-order.ts");
  const text = readFileSync(service, "utf8");
  expect(text.split(from)).toHaveLength(2);
  writeFileSync(
    service,
    text.replace(from, () => to),
  );
  return copy;
}

test("compiles", async () => {
  expect(await compile("unit-tests")).toBe("");
});

test("its tests pass, and do so in a copy", async () => {
  for (const at of [folder, copyWith("same", "cash_amount", "cash_amount")]) {
    const { code, output } = await run(at);
    expect(code).toBe(0);
    expect(output).toMatch(/Tests +12 passed \(12\)/);
  }
});

// What goes wrong, the text that is changed, and the test that is to see it.
const mutants: [name: string, from: string, to: string, seen: string][] = [
  [
    "a new key each time",
    "await idempotencyKeyFrom(placeOrder, job.id)",
    "crypto.randomUUID()",
    "a lost answer leaves the order unknown",
  ],
  [
    "one key for all orders",
    "idempotencyKeyFrom(placeOrder, job.id)",
    'idempotencyKeyFrom(placeOrder, "order")',
    "another order has another key",
  ],
  [
    "unknown taken for refused",
    'error.outcome === "unknown") return { ...job, state: "unknown" }',
    'error.outcome === "unknown") return { ...job, state: "refused" }',
    "a lost answer leaves the order unknown",
  ],
  [
    "a refusal believed after an unknown outcome",
    'job.state === "new" && error instanceof',
    "error instanceof",
    "after a lost answer a refusal makes nothing certain",
  ],
  [
    "any answer taken for a refusal",
    "refusals.includes(error.status)",
    "error.status > 0",
    "it is not the order that is at fault",
  ],
  ["another side", 'side: "BUY"', 'side: "SELL"', "an order is placed with what the customer wants"],
  [
    "the reason lost",
    "error.problem?.detail ?? error.code",
    "error.code",
    "what the API refuses is refused, with its reason",
  ],
  [
    "what is done, done again",
    'if (job.state === "refused" || job.state === "placed") return job;',
    "",
    "sends nothing",
  ],
];

test.each(mutants)("its tests fail with %s", async (name, from, to, seen) => {
  const { code, output, errors } = await run(copyWith(name.replaceAll(" ", "-"), from, to));
  expect(code).toBe(1);
  expect(output + errors).toMatch(new RegExp(`FAIL .*${seen}`));
});
