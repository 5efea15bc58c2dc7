/** The package as it is published: what is in it, and what is left of it at run time. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { install, node, type Packed, pack, packageFolder } from "./consumer.js";

interface Constant {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly scopes: readonly string[];
}

let packed: Packed;
let consumer: string;
let constants: Record<string, Constant>;

beforeAll(async () => {
  packed = pack();
  consumer = install(packed, "consumer", {});
  constants = JSON.parse(await evaluate('await import("@upvest-sdk/types/operations")')) as typeof constants;
});
afterAll(() => packed?.remove());

/** What an expression gives in a module of the consumer, as JSON. */
async function evaluate(expression: string): Promise<string> {
  const program = join(consumer, "evaluate.mjs");
  writeFileSync(program, `process.stdout.write(JSON.stringify(${expression}));`);
  const finished = await node(consumer, [program]);
  expect(finished.stderr).toBe("");
  return finished.stdout;
}

const entries = [
  "@upvest-sdk/types",
  "@upvest-sdk/types/openapi",
  "@upvest-sdk/types/events",
  "@upvest-sdk/types/operations",
] as const;

describe("the tarball", () => {
  test("has these files and no others: no sources, no maps", () => {
    expect(packed.files.map((file) => file.path).sort()).toEqual(
      [
        "LICENSE",
        "README.md",
        "dist/generated/events.d.ts",
        "dist/generated/events.js",
        "dist/generated/models.d.ts",
        "dist/generated/models.js",
        "dist/generated/openapi.d.ts",
        "dist/generated/openapi.js",
        "dist/generated/operations.d.ts",
        "dist/generated/operations.js",
        "dist/index.d.ts",
        "dist/index.js",
        "package.json",
      ].sort(),
    );
  });

  test("is small", () => {
    expect(packed.unpackedSize).toBeLessThanOrEqual(700_000);
  });

  test("points to no map", () => {
    for (const { path } of packed.files) {
      expect(readFileSync(join(packed.unpacked, path), "utf8"), path).not.toContain("sourceMappingURL");
    }
  });

  test("depends on nothing", () => {
    const manifest = JSON.parse(readFileSync(join(packed.unpacked, "package.json"), "utf8"));
    expect(manifest.sideEffects).toBe(false);
    for (const field of ["dependencies", "peerDependencies", "optionalDependencies"]) {
      expect(manifest[field]).toBeUndefined();
    }
    for (const script of ["preinstall", "install", "postinstall", "prepare"]) {
      expect(manifest.scripts[script]).toBeUndefined();
    }
  });

  test("has declarations without an import from elsewhere", () => {
    for (const { path } of packed.files.filter((file) => file.path.endsWith(".d.ts"))) {
      const text = readFileSync(join(packed.unpacked, path), "utf8");
      const specifiers = [...text.matchAll(/\b(?:from|import)\s*\(?"([^"]+)"/g)].map((match) => match[1]!);
      expect(
        specifiers.filter((specifier) => !specifier.startsWith("./")),
        path,
      ).toEqual([]);
      expect(text, path).not.toMatch(/\/\/\/\s*<reference/);
    }
  });
});

describe("at run time", () => {
  const names = (module: string): string => `Object.keys(${module}).sort()`;

  test("there is nothing but the version, the event types and the operations", async () => {
    const exported = JSON.parse(
      await evaluate(
        `{ ${entries.map((entry) => `"${entry}": ${names(`await import("${entry}")`)}`).join(", ")} }`,
      ),
    );
    expect(exported).toEqual({
      "@upvest-sdk/types": ["apiVersion"],
      "@upvest-sdk/types/openapi": ["apiVersion"],
      "@upvest-sdk/types/events": ["eventTypes"],
      "@upvest-sdk/types/operations": operationsOfDeclarations(),
    });
  });

  test("the declarations promise no other value", () => {
    const values = (file: string): string[] =>
      [
        ...readFileSync(join(packed.unpacked, "dist/generated", file), "utf8").matchAll(
          /^export (?:declare )?(?:const|let|var|function|class|enum|namespace) (\w+)/gm,
        ),
      ].map((match) => match[1]!);
    expect(values("models.d.ts")).toEqual([]);
    expect(values("openapi.d.ts")).toEqual(["apiVersion"]);
    expect(values("events.d.ts")).toEqual(["eventTypes"]);
    expect(values("operations.d.ts").length).toBeGreaterThan(100);
  });

  test("require() gives the same to CommonJS, so that no module awaits anything at its top", async () => {
    const program = join(consumer, "required.cjs");
    const required = entries.map((entry) => `"${entry}": Object.keys(require("${entry}")).length`);
    writeFileSync(program, `process.stdout.write(JSON.stringify({ ${required.join(", ")} }));`);
    const finished = await node(consumer, [program]);
    expect(finished.stderr).toBe("");
    expect(JSON.parse(finished.stdout)).toEqual({
      "@upvest-sdk/types": 1,
      "@upvest-sdk/types/openapi": 1,
      "@upvest-sdk/types/events": 1,
      "@upvest-sdk/types/operations": Object.keys(constants).length,
    });
  });

  test("the version is that of the description", async () => {
    const description = readFileSync(join(packageFolder, "../../openapi/upvest-investment-api.yaml"), "utf8");
    const version = /^info:\n(?: .*\n)*? {2}version: ['"]?([\d.]+)/m.exec(description)?.[1];
    expect(JSON.parse(await evaluate('(await import("@upvest-sdk/types")).apiVersion'))).toBe(version);
    expect(readFileSync(join(packageFolder, "README.md"), "utf8")).toContain(`API version \`${version}\``);
  });

  test("the event types are many, each once", async () => {
    const types = JSON.parse(await evaluate('(await import("@upvest-sdk/types/events")).eventTypes'));
    expect(types).toContain("ORDER.FILLED");
    expect(types.length).toBeGreaterThan(100);
    expect(new Set(types).size).toBe(types.length);
  });

  test("an operation is a plain object of its facts", async () => {
    expect(constants["placeOrder"]).toEqual({
      id: "place_order",
      method: "POST",
      path: "/orders",
      scopes: ["orders:admin"],
      idempotent: true,
    });
    const known = ["accept", "contentType", "id", "idempotent", "method", "paged", "path", "scopes"];
    const keys = new Set(Object.values(constants).flatMap((operation) => Object.keys(operation)));
    expect([...keys].sort()).toEqual(known);
    const ids = Object.values(constants).map((operation) => operation.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(
      await evaluate(
        'Object.values(await import("@upvest-sdk/types/operations")).every((operation) => ' +
          "Object.getPrototypeOf(operation) === Object.prototype && !Object.isFrozen(operation))",
      ),
    ).toBe("true");
  });
});

describe("in a bundle", () => {
  async function bundle(programs: Readonly<Record<string, string>>): Promise<Map<string, string>> {
    for (const [name, text] of Object.entries(programs)) writeFileSync(join(consumer, `${name}.js`), text);
    const result = await build({
      absWorkingDir: consumer,
      entryPoints: Object.keys(programs).map((name) => `${name}.js`),
      bundle: true,
      minify: true,
      format: "esm",
      outdir: "out",
      write: false,
      logLevel: "silent",
    });
    return new Map(result.outputFiles.map((file) => [file.path.replace(/^.*[\\/]|\.js$/g, ""), file.text]));
  }

  test("one operation is itself alone, and under 400 bytes, whichever it is", async () => {
    const names = Object.keys(constants);
    const bundles = await bundle(
      Object.fromEntries(
        names.map((name) => [name, `export { ${name} } from "@upvest-sdk/types/operations";`]),
      ),
    );
    expect(bundles.size).toBe(names.length);
    for (const [name, text] of bundles) {
      expect(text.length, name).toBeLessThan(400);
      expect(text.match(/\bid:"[^"]*"/g), name).toEqual([`id:"${constants[name]!.id}"`]);
    }
  });

  test("the version brings neither operations nor event types", async () => {
    const bundles = await bundle({ version: 'export { apiVersion } from "@upvest-sdk/types";' });
    expect(bundles.get("version")!.length).toBeLessThan(60);
  });

  test("an import for nothing leaves nothing", async () => {
    const bundles = await bundle({ nothing: entries.map((entry) => `import "${entry}";`).join("\n") });
    expect(bundles.get("nothing")!.trim()).toBe("");
  });
});

/** The constants that the declarations have. */
function operationsOfDeclarations(): string[] {
  const text = readFileSync(join(packed.unpacked, "dist/generated/operations.d.ts"), "utf8");
  return [...text.matchAll(/^export declare const (\w+)/gm)].map((match) => match[1]!).sort();
}
