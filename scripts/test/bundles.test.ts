import { readFile } from "node:fs/promises";
import path from "node:path";
import * as operations from "@upvest-sdk/types/operations";
import { beforeAll, describe, expect, test } from "vitest";
import { bundled, bundlers, gzipped } from "../bench/bundles.mjs";
import { root } from "../bench/run.mjs";
import { imports, measureSizes } from "../bench/sizes.mjs";

type Grid = Awaited<ReturnType<typeof measureSizes>>["grid"];

let grid: Grid;
beforeAll(async () => {
  ({ grid } = await measureSizes());
});

describe.each(imports.map((one) => [one.name, one] as const))("%s", (name, { exports, budget }) => {
  test.each(bundlers)(`has at most ${budget} bytes by %s`, (bundler) => {
    const size = grid.rows.find((row) => row.name === `${name}: ${exports}`)?.cells[bundler];
    expect(size).toBeGreaterThan(1_000);
    expect(size).toBeLessThanOrEqual(budget);
  });
});

// A few percent: compilers and bundlers differ a little from one version to the next.
test.each(["README.md", "docs/benchmarks.md"])("the table in %s is what `pnpm bench` makes", async (file) => {
  const text = await readFile(path.join(root, file), "utf8");
  const shown = /^<!-- sizes -->\n([\s\S]*?)^<!-- \/sizes -->$/m.exec(text)?.[1] ?? "";
  const [head = [], , ...rows] = shown
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) => line.slice(2, -2).split(" | "));
  expect(head).toEqual([grid.unit, ...bundlers]);
  expect(rows.map(([name]) => name)).toEqual(grid.rows.map(({ name }) => name));
  for (const [index, { name, cells }] of grid.rows.entries()) {
    for (const [column, bundler] of bundlers.entries()) {
      const cell = rows[index]?.[column + 1] ?? "";
      const figure = `${name}, ${bundler}`;
      const size = cells[bundler];
      if (size == null) expect(cell, figure).toBe("-");
      else expect(Math.abs(Number(cell.replaceAll(",", "")) / size - 1), figure).toBeLessThan(0.03);
    }
  }
  expect(shown.trimEnd().endsWith(grid.note)).toBe(true);
});

describe.each(bundlers)("%s", (bundler) => {
  const client = 'export { createUpvestClient } from "@upvest-sdk/client";';

  test.each([
    [
      "operations",
      'export { placeOrder, listUsers } from "@upvest-sdk/client/operations";',
      ["list_users", "place_order"],
    ],
    ["an operation", 'export { placeOrder } from "@upvest-sdk/client/operations";', ["place_order"]],
    ["no operation", "", []],
  ])("with %s, the others leave no trace", async (_, code, used) => {
    const text = await bundled(bundler, client + code);
    const traces = Object.values(operations)
      .map(({ id }) => id)
      .filter((id) => new RegExp(`["'\`]${id}["'\`]`).test(text ?? ""));
    expect(traces.sort()).toEqual(used);
    // The URL of an operation is a trace, too.
    for (const { id, path } of [operations.placeOrder, operations.createWebhook]) {
      expect(text?.includes(`${path}"`) || text?.includes(`${path}\``), path).toBe(
        used.some((one) => one === id),
      );
    }
  });

  test("signing leaves no trace of verifying, nor verifying of signing", async () => {
    const [signing, verifying] = await Promise.all(
      ["createSigner", "verifyRequest"].map((name) =>
        bundled(bundler, `export { ${name} } from "@upvest-sdk/signing";`),
      ),
    );
    expect(signing).toContain("PASSPHRASE_MISSING");
    expect(verifying).not.toContain("PASSPHRASE_MISSING");
    expect(verifying).toContain("DIGEST_MISMATCH");
    expect(signing).not.toContain("DIGEST_MISMATCH");
  });

  test("what is imported is there, and runs", async () => {
    const text = await bundled(
      bundler,
      `import { generateKeyPair, createSigner } from "@upvest-sdk/signing";
      export default async () => {
        const { privateKeyPem } = await generateKeyPair("ed25519");
        const signer = await createSigner({ keyId: "k", privateKey: privateKeyPem });
        return signer.headers({ method: "GET", url: "https://sandbox.upvest.co/users", headers: {} });
      };`,
    );
    const { default: run } = await import(
      /* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(text ?? "").toString("base64")}`
    );
    expect((await run())["signature-input"]).toContain('keyid="k"');
  });

  test("a package that is CommonJS is bundled whole, or, by rollup alone, not read", async () => {
    const text = await bundled(bundler, 'export { Webhook } from "standardwebhooks";');
    if (bundler === "rollup") expect(text).toBeUndefined();
    else expect(text).toContain("webhook-signature");
  });

  test("a package that is not there is an error", async () => {
    await expect(bundled(bundler, 'export { a } from "@upvest-sdk/nowhere";')).rejects.toThrow(/nowhere/);
  });
});

test("a size is that of the gzipped text", () => {
  expect(gzipped("")).toBe(20);
  expect(gzipped("a".repeat(10_000))).toBeLessThan(100);
});
