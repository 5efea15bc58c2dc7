import { execFileSync } from "node:child_process";
import { createPublicKey } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

// The built package as its users have it: `pnpm test` builds first.

const home = fileURLToPath(new URL("..", import.meta.url));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "upvest-sdk-signing-"));
  mkdirSync(join(folder, "node_modules/@upvest-sdk"), { recursive: true });
  symlinkSync(home, join(folder, "node_modules/@upvest-sdk/signing"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const node = (program: string): string =>
  execFileSync(process.execPath, ["-e", program], { cwd: folder, encoding: "utf8", stdio: "pipe" });

describe("the package", () => {
  it.each(["", "/node", "/noble"])("@upvest-sdk/signing%s can be required from CommonJS", (entry) => {
    const names = node(`console.log(Object.keys(require("@upvest-sdk/signing${entry}")).join())`).trim();
    expect(names.split(",")).toContain(entry === "/noble" ? "nobleKey" : "createSigner");
  });

  it("both entries have the same names", () => {
    const program = (entry: string) =>
      node(`console.log(Object.keys(require("@upvest-sdk/signing${entry}")).join())`);
    expect(program("/node")).toBe(program(""));
  });

  // Workers forbid both outside of a request, and there is no clock.
  it.each(["", "/node"])(
    "@upvest-sdk/signing%s uses neither clock nor randomness before it signs",
    (entry) => {
      const printed = node(`
      const nodeCrypto = require("node:crypto");
      const used = [];
      const watch = (object, name) => {
        const real = object[name];
        object[name] = function (...args) { used.push(name); return real.apply(this, args); };
      };
      const { privateKey } = nodeCrypto.generateKeyPairSync("ed25519");
      const pem = privateKey.export({ format: "pem", type: "pkcs8" });
      watch(Math, "random"); watch(Date, "now"); watch(performance, "now"); watch(nodeCrypto, "randomBytes");
      watch(crypto, "getRandomValues"); watch(crypto, "randomUUID"); watch(globalThis, "setTimeout"); watch(globalThis, "fetch");
      const { createSigner, signing, signingFetch } = require("@upvest-sdk/signing${entry}");
      require("@upvest-sdk/signing/noble").nobleKey(pem);
      createSigner({ keyId: "k", privateKey: pem }).then(async (signer) => {
        signing(signer); signingFetch(signer);
        console.log(used.join());
        await signer.headers({ method: "GET", url: "https://h.example/", headers: {} });
        console.log(used.includes("now"));
      });
    `);
      expect(printed).toBe("\ntrue\n");
    },
  );

  it("has the built files, README and license, and no map of a source that is not in it", () => {
    const packed = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
      cwd: home,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [{ files }] = JSON.parse(packed) as [{ files: { path: string }[] }];
    const paths = files.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(["LICENSE", "README.md", "package.json", "dist/index.js"]));
    const others = paths.filter(
      (path) => !/^(dist\/.+\.(js|d\.ts)|LICENSE|README\.md|package\.json)$/.test(path),
    );
    expect(others).toEqual([]);
  });

  it("makes keys with the program in the README, and does not overwrite them", () => {
    const readme = readFileSync(join(home, "README.md"), "utf8");
    const [, program] = /node -e '\n([^']+)'/.exec(readme)!;
    node(program!);
    const [privateKey, publicKey] = ["private.pem", "public.pem"].map((name) => join(folder, name)) as [
      string,
      string,
    ];
    expect(statSync(privateKey).mode & 0o777).toBe(0o600);
    const made = createPublicKey(readFileSync(privateKey));
    expect(made.asymmetricKeyDetails).toEqual({ namedCurve: "secp521r1" });
    expect(made.equals(createPublicKey(readFileSync(publicKey)))).toBe(true);
    expect(() => node(program!)).toThrow(/EEXIST/);
  });
});
