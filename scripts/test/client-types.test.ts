import { expect, test } from "vitest";
import { clientTypes } from "../bench/client-types.mjs";

test("calls cost the type checker little, in each version of TypeScript", async () => {
  const versions = await clientTypes();
  expect(versions.map(({ version }) => version)).toEqual(["5.9", "7"]);
  for (const { version, call, ours, openapiFetch, raw } of versions) {
    expect(call, version).toBeLessThanOrEqual(500);
    expect(ours / raw, version).toBeLessThanOrEqual(0.95);
    expect(openapiFetch / raw, version).toBeLessThanOrEqual(0.95);
  }
});
