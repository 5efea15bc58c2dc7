import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { checkPackage, createPackageFromTarballData, type Package } from "@arethetypeswrong/core";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packInto } from "./support/pack.js";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const packages = path.join(repository, "packages");

interface Manifest {
  name: string;
  version: string;
  private?: boolean;
  bin?: Record<string, string>;
  exports?: Record<string, string | Record<string, string>>;
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));

const published = readdirSync(packages).filter(
  (name) =>
    existsSync(path.join(packages, name, "package.json")) && !readManifest(path.join(packages, name)).private,
);

/** What a package has besides what is built from its sources. */
const besides: Record<string, readonly string[]> = {
  cli: ["bin/upvest.js"],
  codegen: ["bin/upvest-codegen.js"],
  sandbox: ["bin/upvest-sandbox.js", "description.json"],
};

let scratch = "";
const tarballs = new Map<string, string>();

/** Runs a program that has no registry to ask. */
function run(cwd: string, command: string, ...args: string[]): string {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^p?npm_|^NODE_OPTIONS$|^VITEST/i.test(name),
  );
  const env = { ...Object.fromEntries(inherited), npm_config_registry: "http://127.0.0.1:9/" };
  const shell = process.platform === "win32";
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: "utf8", shell });
  expect(status, `${command} ${args.join(" ")}\n${error ?? ""}\n${stdout}\n${stderr}`).toBe(0);
  return stdout;
}

beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), "upvest-packed-"));
  const folder = path.join(scratch, "packed");
  packInto(folder);
  for (const name of published) {
    const { name: full, version } = readManifest(path.join(packages, name));
    tarballs.set(name, path.join(folder, `${full.slice(1).replace("/", "-")}-${version}.tgz`));
  }
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

interface Packed {
  readonly tarball: Buffer;
  readonly contents: Package;
  readonly manifest: Manifest & Record<string, unknown>;
  /** By their path in the package. */
  readonly files: string[];
  readonly read: (file: string) => string;
}

async function packed(name: string): Promise<Packed> {
  const tarball = await readFile(tarballs.get(name)!);
  const contents = createPackageFromTarballData(tarball);
  const prefix = `/node_modules/${contents.packageName}/`;
  const read = (file: string): string => contents.readFile(prefix + file);
  const files = contents.listFiles().map((file) => file.slice(prefix.length));
  return { tarball, contents, manifest: JSON.parse(read("package.json")), files: files.sort(), read };
}

describe.each(published)("%s", (name) => {
  test("has exactly what is built from its sources, and what else belongs to it", async () => {
    const { files } = await packed(name);
    const folder = path.join(packages, name, "src");
    const built = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
      .map((entry) =>
        path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/"),
      )
      .flatMap((file) => [file.replace(/\.ts$/, ".js"), file.replace(/\.ts$/, ".d.ts")])
      .map((file) => `dist/${file}`);
    const expected = ["LICENSE", "README.md", "package.json", ...(besides[name] ?? []), ...built];
    expect(files, "what is left in dist from an earlier build is packed, too: build anew").toEqual(
      expected.sort(),
    );
  });

  test("refers to no map that is not there", async () => {
    const { files, read } = await packed(name);
    expect(
      files.filter((file) => /\.[jt]s$/.test(file) && /^\/\/# sourceMappingURL=/m.test(read(file))),
    ).toEqual([]);
  });

  test("says what a registry and an installer want to know", async () => {
    const { manifest, files, read } = await packed(name);
    expect(manifest).toMatchObject({
      name: `@upvest-sdk/${name}`,
      license: "Apache-2.0",
      repository: { type: "git", directory: `packages/${name}` },
      engines: { node: ">=20.19" },
      type: "module",
      sideEffects: false,
    });
    expect(read("LICENSE")).toContain("Apache License");
    const hooks = ["preinstall", "install", "postinstall", "prepare", "preprepare", "postprepare"];
    expect(Object.keys(manifest.scripts ?? {}).filter((script) => hooks.includes(script))).toEqual([]);
    expect(files).not.toContain("binding.gyp");
    for (const [dependency, range] of Object.entries(manifest.dependencies ?? {})) {
      expect(range, dependency).toMatch(/^\d+\.\d+\.\d+$/);
      if (dependency.startsWith("@upvest-sdk/")) expect(range, dependency).toBe(manifest.version);
    }
  });

  test("has the files of its entries and programs, types first", async () => {
    const { manifest, files, read } = await packed(name);
    const has = (target: string): void => expect(files, target).toContain(target.replace(/^\.\//, ""));
    expect(Object.keys(manifest.exports ?? {})).toContain("./package.json");
    for (const [entry, target] of Object.entries(manifest.exports ?? {})) {
      if (entry === "./package.json") {
        expect(target).toBe("./package.json");
        continue;
      }
      expect(typeof target === "object" && Object.keys(target), entry).toEqual(["types", "default"]);
      for (const file of Object.values(target)) has(file);
    }
    for (const file of Object.values(manifest.bin ?? {})) {
      has(file);
      expect(read(file.replace(/^\.\//, ""))).toMatch(/^#!\/usr\/bin\/env node\n/);
    }
  });

  test("publint finds nothing", async () => {
    const { tarball } = await packed(name);
    const data = new Uint8Array(tarball).buffer;
    const { messages } = await publint({ pack: { tarball: data }, level: "suggestion", strict: true });
    expect(messages).toEqual([]);
  });

  test("its types are right for whoever imports it", async () => {
    const { contents, manifest } = await packed(name);
    const result = await checkPackage(contents);
    const entries = Object.keys(manifest.exports ?? {}).filter((entry) => entry !== "./package.json");
    if (entries.length === 0) return;
    if (!result.types) throw new Error("no types");
    // ES modules only: how CommonJS finds types of them is not asked. That it can `require` them is, below.
    const asked = result.problems.filter(
      (problem) =>
        !("resolutionKind" in problem && ["node10", "node16-cjs"].includes(problem.resolutionKind)),
    );
    expect(asked).toEqual([]);
    for (const entry of entries) {
      const { resolutions } = result.entrypoints[entry]!;
      expect(resolutions["node16-esm"].resolution?.isTypeScript, entry).toBe(true);
      expect(resolutions.bundler.resolution?.isTypeScript, entry).toBe(true);
    }
  });
});

/** What is signed, called, verified: in ES modules and CommonJS alike. */
const program = `
async function main() {
  const { privateKeyPem, publicKeyJwk } = await signing.generateKeyPair("ed25519");
  const keyId = "5a9c6b1e-0f1d-4c55-9b0e-0d2b6f2e6a11";
  const jwks = { keys: [{ ...publicKeyJwk, kid: keyId }] };
  const keys = await signingNode.importPublicKeys(jwks);
  const verified = [];
  const server = http.createServer(async (request, response) => {
    try {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const url = "http://" + request.headers.host + request.url;
      const message = { method: request.method, url, headers: request.headers, body: Buffer.concat(chunks) };
      const { components } = await signing.verifyRequest(message, { keys, version: 15 });
      verified.push(request.method + " " + request.url + " " + components.includes("@path"));
      const scope = "users:read";
      const body = request.url === "/auth/token"
        ? { access_token: "token", expires_in: 3600, token_type: "bearer", scope }
        : { id: request.url.slice("/users/".length) };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
    } catch (error) {
      response.writeHead(401).end(String(error));
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const upvest = client.createUpvestClient({
    baseUrl: "http://127.0.0.1:" + server.address().port,
    clientId: "8e5b3c7f-3a5a-4d0e-9d59-0f6b4a6a1c55",
    clientSecret: "secret",
    scopes: ["users:read"],
    signer: await signingNode.createSigner({ keyId, privateKey: privateKeyPem }),
  });
  const user = await upvest.call(operations.retrieveUser, { path: { user_id: "4d1f2a3b-8c59-4b7e-9a60-1f2e3d4c5b6a" } });
  server.close();

  const url = "https://tenant.example/hooks";
  const event = { id: "0b8f7a52-53a5-4b53-8e0b-6d8f9a1c2e3d", type: "ORDER.FILLED", created_at: "2025-01-01T00:00:00Z", webhook_id: keyId, object: {} };
  const body = JSON.stringify({ payload: [event] });
  const headers = { accept: "application/json", "content-type": "application/json" };
  const signed = await signing.signWebhook({ url, body, headers }, { keyId, privateKey: privateKeyPem });
  const receiver = webhooks.createWebhookReceiver({ keys: webhooks.staticKeys(jwks) });
  const request = (text) => new Request(url, { method: "POST", headers: signed, body: text });
  const { events } = await receiver.verify(request(body));
  const forged = await receiver.verify(request(body.replace("FILLED", "CLOSED"))).catch((error) => error);
  return {
    user: user.id,
    verified,
    events: events.map(({ type }) => type),
    forged: forged instanceof webhooks.WebhookError,
    entries: [typeof webhooksNode.toNodeHandler, typeof noble.nobleKey, types.apiVersion, eventTypes.eventTypes.length > 0],
  };
}
main().then((result) => console.log(JSON.stringify(result)));
`;

const imported: Record<string, string> = {
  http: "node:http",
  signing: "@upvest-sdk/signing",
  signingNode: "@upvest-sdk/signing/node",
  noble: "@upvest-sdk/signing/noble",
  client: "@upvest-sdk/client",
  operations: "@upvest-sdk/client/operations",
  webhooks: "@upvest-sdk/webhooks",
  webhooksNode: "@upvest-sdk/webhooks/node",
  types: "@upvest-sdk/types",
  eventTypes: "@upvest-sdk/types/events",
};

/** The folders of what packages need of others, and of what those need. */
function thirdParties(of: readonly string[]): Set<string> {
  const found = new Set<string>();
  const add = (folder: string): void => {
    const { dependencies, peerDependencies } = readManifest(folder);
    for (const name of Object.keys({ ...dependencies, ...peerDependencies })) {
      if (name.startsWith("@upvest-sdk/")) continue;
      let at = folder;
      while (!existsSync(path.join(at, "node_modules", name))) {
        if (at === path.dirname(at)) throw new Error(`${name}, which ${folder} needs, is not installed`);
        at = path.dirname(at);
      }
      const installed = realpathSync(path.join(at, "node_modules", name));
      if (found.has(installed)) continue;
      found.add(installed);
      add(installed);
    }
  };
  for (const name of of) add(path.join(packages, name));
  return found;
}

describe("installed without a network in an empty project", () => {
  const installed = ["client", "signing", "types", "webhooks"];
  let project = "";

  beforeAll(async () => {
    project = path.join(scratch, "project");
    const others = path.join(scratch, "others");
    await mkdir(project);
    await mkdir(others);
    const quiet = ["--ignore-scripts", "--offline", "--no-audit", "--no-fund", "--no-update-notifier"];
    const npm = (...args: string[]): string =>
      run(project, "npm", ...args, ...quiet, "--cache", path.join(scratch, "cache"));
    await writeFile(path.join(project, "package.json"), JSON.stringify({ name: "empty", private: true }));
    npm("pack", ...thirdParties(installed), "--pack-destination", others);
    const files = readdirSync(others).map((file) => path.join(others, file));
    npm("install", ...installed.map((name) => tarballs.get(name)!), ...files);
  });

  test("nothing else is installed, and each once", async () => {
    const lock = JSON.parse(await readFile(path.join(project, "package-lock.json"), "utf8"));
    expect(Object.keys(lock.packages).filter((place) => place !== "")).toEqual([
      "node_modules/@noble/ed25519",
      "node_modules/@svta/cml-structured-field-values",
      "node_modules/@svta/cml-utils",
      ...installed.map((name) => `node_modules/@upvest-sdk/${name}`),
    ]);
  });

  test("they are few and small: at most 8 packages and 1,500 kB", () => {
    const modules = path.join(project, "node_modules");
    const sizes = new Map<string, number>();
    for (const file of readdirSync(modules, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const at = path.join(file.parentPath, file.name);
      const name = path.relative(modules, at).split(path.sep).slice(0, 2).join("/");
      if (name.startsWith("@")) sizes.set(name, (sizes.get(name) ?? 0) + statSync(at).size);
    }
    const kilobytes = (bytes: number): string => Math.round(bytes / 1000).toLocaleString("en");
    const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    const each = [...sizes].map(([name, size]) => `${name} ${kilobytes(size)}`).join(", ");
    console.log(`${sizes.size} packages, ${kilobytes(total)} kB: ${each}`);
    expect(sizes.size).toBeLessThanOrEqual(8);
    expect(total).toBeLessThanOrEqual(1_500_000);
  });

  test.each([
    ["ES modules", "main.mjs", (name: string, from: string) => `import * as ${name} from "${from}";`],
    ["CommonJS", "main.cjs", (name: string, from: string) => `const ${name} = require("${from}");`],
  ])("%s: signs, calls, verifies", async (_, file, line) => {
    const head = Object.entries(imported).map(([name, from]) => line(name, from));
    await writeFile(path.join(project, file), `${head.join("\n")}\n${program}`);
    expect(JSON.parse(run(project, process.execPath, file))).toEqual({
      user: "4d1f2a3b-8c59-4b7e-9a60-1f2e3d4c5b6a",
      verified: ["POST /auth/token true", "GET /users/4d1f2a3b-8c59-4b7e-9a60-1f2e3d4c5b6a true"],
      events: ["ORDER.FILLED"],
      forged: true,
      entries: ["function", "function", expect.stringMatching(/^\d+\.\d+\.\d+$/), true],
    });
  });
});
