import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import * as operations from "@upvest-sdk/types/operations";
import { build } from "esbuild";
import { rollup } from "rollup";
import { describe, expect, test } from "vitest";
import webpack from "webpack";
import { bundle as bundleIn, fileName } from "../../signing/test/support/bundle.js";

const packageFolder = fileURLToPath(new URL("..", import.meta.url));
const source = fileURLToPath(new URL("../src", import.meta.url));

const bundle = async (code: string) => {
  const { files, ...rest } = await bundleIn(code, source);
  return { ...rest, files: files.map(fileName) };
};

const client = `
  export { createUpvestClient } from "./index.js";
  export { createAccountGroup } from "./operations.js";
`;

// Bytes, minified and gzipped. With signing the aim is 11,000, which is not met: signing alone has 5,500 where it is to have
// 4,000 (packages/signing/test/size.test.ts). Until then it may not grow.
test.each([
  ["alone", 7_500, client],
  ["with signing, portable", 12_550, `${client} export { createSigner } from "@upvest-sdk/signing";`],
])("a client with one operation, %s, has at most %d bytes", async (_, most, code) => {
  expect((await bundle(code)).size).toBeLessThanOrEqual(most);
});

test("no Node built-in is needed", async () => {
  const { text } = await bundle('export * from "./index.js"; export * from "@upvest-sdk/signing";');
  expect(text).not.toMatch(/\bnode:|\bBuffer\b|\brequire\b|\bimport\b/);
});

test("what is not used is left out", async () => {
  const { files } = await bundle(client);
  expect(files).toContain("client.ts");
  expect(files).toContain("idempotency-key.ts");
  const { text } = await bundle(client);
  for (const [name, file, trace] of [
    ["diagnose", "diagnose.ts", "verify keys"],
    ["clientOptionsFromEnv", "env.ts", "UPVEST_API_CLIENT_ID"],
    ["redisTokenStore", "redis-token-store.ts", "upvest:token:"],
    ["idempotencyKeyFrom", "idempotency-key.ts", "SHA-1"],
  ] as const) {
    const used = await bundle(`${client} export { ${name} } from "./index.js";`);
    expect(used.text, name).toContain(trace);
    expect(used.files, name).toContain(file);
    expect(text, name).not.toContain(trace);
    if (name !== "idempotencyKeyFrom") expect(files, name).not.toContain(file);
  }
});

describe("operations that are not used leave no trace", () => {
  const code = `
    export { createUpvestClient } from "@upvest-sdk/client";
    export { createAccountGroup } from "@upvest-sdk/client/operations";
  `;

  test.each([
    ["esbuild", withEsbuild],
    ["rollup", withRollup],
    ["webpack", withWebpack],
  ])("%s", async (_, bundled) => {
    const text = await bundled(code);
    const traces = Object.values(operations)
      .map(({ id }) => `"${id}"`)
      .filter((trace) => text.includes(trace));
    expect(traces).toEqual(['"create_account_group"']);
  });
});

// Each with as little of its own settings as does the work, on the package as it is published.

async function withEsbuild(code: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: packageFolder },
    bundle: true,
    format: "esm",
    write: false,
  });
  return outputFiles[0]!.text;
}

async function withRollup(code: string): Promise<string> {
  const resolve = createRequire(import.meta.url).resolve;
  const bundle = await rollup({
    input: "entry",
    plugins: [
      {
        name: "packages",
        resolveId: (id) => (id === "entry" ? id : id.startsWith("@") ? resolve(id) : null),
        load: (id) => (id === "entry" ? code : readFile(id, "utf8")),
      },
    ],
  });
  const { output } = await bundle.generate({ format: "es" });
  await bundle.close();
  return output[0].code;
}

function withWebpack(code: string): Promise<string> {
  const files = new Map<string, string>();
  const compiler = webpack({
    mode: "production",
    context: packageFolder,
    entry: `data:text/javascript,${encodeURIComponent(code)}`,
    experiments: { outputModule: true },
    output: { library: { type: "module" }, path: "/", filename: "bundle.js" },
  });
  compiler!.outputFileSystem = {
    mkdir: (_: string, done: () => void) => done(),
    stat: (_: string, done: (error: Error) => void) => done(new Error("ENOENT")),
    writeFile: (name: string, content: Buffer, done: () => void) => {
      files.set(name, content.toString());
      done();
    },
  } as never;
  return new Promise((resolve, reject) => {
    compiler!.run((error, stats) => {
      compiler!.close(() => {});
      if (error ?? stats?.hasErrors()) reject(error ?? new Error(stats!.toString()));
      else resolve([...files.values()].join("\n"));
    });
  });
}
