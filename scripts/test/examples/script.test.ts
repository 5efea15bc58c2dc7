import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findRuntime } from "../../../packages/signing/conformance/find-runtime.mjs";
import { openAccount, startApi, type TestApi } from "./support/api.js";
import { folderOf, runToEnd } from "./support/example.js";

const kept = process.env["UPVEST_SDK_RUNTIMES"] || undefined;
if (kept === undefined)
  console.warn(
    "SKIPPED: examples/script in Deno and Bun. UPVEST_SDK_RUNTIMES does not say where they are kept.",
  );

const runtimes: [name: string, command: () => string, args: string[], isThere: boolean][] = [
  ["Node", () => process.execPath, [], true],
  [
    "Deno",
    () => findRuntime("deno", kept!),
    // No lock file is written into the example, and nothing is asked for at a terminal that is not there.
    ["run", "--no-lock", "--no-prompt", "--allow-env", "--allow-read", "--allow-net=127.0.0.1"],
    kept !== undefined,
  ],
  ["Bun", () => findRuntime("bun", kept!), [], kept !== undefined],
];

const header = "account_group_id,status,currency,balance,available_for_trading,available_for_withdrawal";

let api: TestApi;
const rows: string[] = [];
beforeAll(async () => {
  api = await startApi();
  for (const cash of ["1234.50", "0.01"]) {
    const { group } = await openAccount(api.client, cash);
    rows.push(`${group.id},ACTIVE,EUR,${cash},${cash},${cash}`);
  }
});
afterAll(() => api?.close());

for (const [name, command, args, isThere] of runtimes) {
  describe.skipIf(!isThere)(name, () => {
    const run = (env: Record<string, string> = {}) =>
      runToEnd(command(), [...args, "balances.mjs"], folderOf("script"), {
        ...api.env,
        DENO_NO_UPDATE_CHECK: "1",
        NO_COLOR: "1",
        ...env,
      });

    test("writes the cash of all account groups, as it is", async () => {
      const { code, output, errors } = await run();
      expect({ code, errors }).toEqual({ code: 0, errors: "" });
      expect(output).toBe(`${[header, ...rows].join("\n")}\n`);
    });

    test("fails when the list breaks off", async () => {
      api.sandbox.faults.add({ kind: "status", status: 500, operation: "retrieveCashBalances" });
      const { code, output, errors } = await run();
      api.sandbox.faults.clear();
      expect(code).toBe(1);
      expect(output).toBe(`${header}\n`);
      expect(errors).toMatch(/^internal: /);
    });

    test("says what is missing", async () => {
      const { code, output, errors } = await run({ UPVEST_API_CLIENT_SECRET: "" });
      expect({ code, output }).toEqual({ code: 1, output: "" });
      expect(errors).toMatch(/^INVALID_OPTION: .*UPVEST_API_CLIENT_SECRET/);
    });
  });
}
