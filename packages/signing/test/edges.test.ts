import { createPublicKey, type JsonWebKey, verify } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type EdgeGroup, type Edges, makeEdges, type Result } from "./edges.js";
import { codeOf, entries } from "./support/vectors.js";

const fixture = new URL("fixtures/vectors-edges.json", import.meta.url);
const made = makeEdges();
if (process.env["UPDATE_EDGES"]) writeFileSync(fixture, `${JSON.stringify(made, null, 1)}\n`);
const edges = JSON.parse(readFileSync(fixture, "utf8")) as Edges;

const outcomes: Record<Result, readonly string[]> = {
  valid: ["accepted"],
  invalid: ["SIGNATURE_INVALID"],
  malformed: ["SIGNATURE_ENCODING"],
  "no key": ["KEY_FORMAT", "SIGNATURE_INVALID"],
  acceptable: ["accepted", "SIGNATURE_INVALID", "KEY_FORMAT"],
};

it("the fixture is what is made here, and has all kinds", () => {
  expect(edges).toEqual(made);
  const count = (curve: string, result: Result) =>
    edges.groups
      .filter(({ publicKey }) => publicKey.crv === curve)
      .flatMap(({ tests }) => tests)
      .filter((test) => test.result === result).length;
  expect(count("Ed25519", "valid")).toBeGreaterThanOrEqual(5);
  expect(count("Ed25519", "invalid")).toBeGreaterThan(90);
  expect(count("P-521", "valid")).toBeGreaterThan(60);
  expect(count("P-521", "invalid")).toBeGreaterThan(80);
  expect(count("P-521", "malformed")).toBeGreaterThan(120);
});

/** By OpenSSL, which knows nothing of us. */
function nodeAccepts({ publicKey }: EdgeGroup, signature: string): boolean {
  try {
    const key = createPublicKey({ key: publicKey as JsonWebKey, format: "jwk" });
    const hash = publicKey.crv === "P-521" ? "sha512" : null;
    return verify(hash, Buffer.from(edges.base), key, Buffer.from(signature, "base64"));
  } catch {
    return false;
  }
}

describe.each(edges.groups)("$name", (group) => {
  it("node:crypto says the same", () => {
    for (const { name, signature, result } of group.tests) {
      if (result !== "acceptable")
        expect([name, nodeAccepts(group, signature)]).toEqual([name, result === "valid"]);
    }
  });

  it.each(entries)("%s", async (_, entry) => {
    const { method, url, signatureInput } = edges.request;
    for (const { name, signature, result } of group.tests) {
      const verified = async () =>
        entry.verifyRequest(
          { method, url, headers: { "signature-input": signatureInput, signature: `sig1=:${signature}:` } },
          {
            keys: await entry.importPublicKeys(group.publicKey, { keyId: "edge" }),
            version: 15,
            now: () => 1_750_000_000_000,
          },
        );
      expect(outcomes[result], name).toContain(await codeOf(verified()));
      // What is left open is at least not left to us.
      if (result === "acceptable" && entry === entries[1]![1]) {
        expect([name, (await codeOf(verified())) === "accepted"]).toEqual([
          name,
          nodeAccepts(group, signature),
        ]);
      }
    }
  });
});
