import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { folder, plantKey, upvest } from "./support/cli.js";

test.each([
  [[], "ec"],
  [["--algorithm", "p521"], "ec"],
  [["--algorithm", "ed25519"], "ed25519"],
])("keygen %j: a private key for its owner alone, the public one to hand over", async (more, type) => {
  const cwd = folder();
  const { code, stdout, stderr } = await upvest(
    ["keygen", ...more, "--out", "private.pem", "--public-out", "public.pem"],
    { cwd },
  );
  expect([code, stderr]).toEqual([0, ""]);
  const file = path.join(cwd, "private.pem");
  const pem = readFileSync(file, "utf8");
  const key = createPrivateKey(pem);
  expect(key.asymmetricKeyType).toBe(type);
  if (type === "ec") expect(key.asymmetricKeyDetails).toMatchObject({ namedCurve: "secp521r1" });
  expect(statSync(file).mode & 0o777).toBe(0o600);

  const publicPem = readFileSync(path.join(cwd, "public.pem"), "utf8");
  expect(createPublicKey(key).export({ type: "spki", format: "pem" })).toBe(publicPem);
  expect(stdout).toContain(publicPem);
  const der = createPublicKey(key).export({ type: "spki", format: "der" });
  expect(stdout).toContain(createHash("sha256").update(der).digest("hex"));
  expect(stdout).toContain(`export UPVEST_API_HTTP_SIGN_PRIVATE_KEY_FILENAME=${file}`);
  for (const line of pem.split("\n").slice(1, -2)) expect(stdout).not.toContain(line);
  plantKey(pem);

  // A second time, nothing is overwritten.
  const again = await upvest(["keygen", "--out", "private.pem"], { cwd });
  expect([again.code, again.stdout]).toEqual([1, ""]);
  expect(again.stderr).toContain("private.pem exists already");
  expect(readFileSync(file, "utf8")).toBe(pem);
});

test("keygen: the public key's file is there already: nothing is written", async () => {
  const cwd = folder();
  writeFileSync(path.join(cwd, "public.pem"), "mine");
  const { code, stderr } = await upvest(["keygen", "--out", "a.pem", "--public-out", "public.pem"], { cwd });
  expect([code, stderr]).toEqual([1, expect.stringContaining("public.pem exists already")]);
  expect(existsSync(path.join(cwd, "a.pem"))).toBe(false);
});

test("keygen: the public key cannot be written: the private one is taken back", async () => {
  const cwd = folder();
  const { code, stderr } = await upvest(["keygen", "--out", "a.pem", "--public-out", "no/public.pem"], {
    cwd,
  });
  expect([code, stderr]).toEqual([1, expect.stringContaining("no/public.pem cannot be written")]);
  expect(existsSync(path.join(cwd, "a.pem"))).toBe(false);
});

test("keygen: a path that a shell would take apart is quoted", async () => {
  const cwd = folder();
  const { stdout } = await upvest(["keygen", "--algorithm", "ed25519", "--out", "it's mine.pem"], { cwd });
  expect(stdout).toContain(`_FILENAME='${cwd}/it'\\''s mine.pem'`);
});

test.each([
  [[], "--out <private.pem> is missing"],
  [["--out", "x.pem", "--algorithm", "rsa"], "--algorithm is p521 or ed25519"],
  [["--out", "x.pem", "--public-out", "./x.pem"], "the same file"],
  [["--out", "x.pem", "--public-out", ""], "--public-out takes a file"],
  [["--out"], "--out"],
  [["--out", "x.pem", "--force"], "--force"],
  [["--out", "x.pem", "more"], "more"],
])("keygen %j: wrong usage, nothing is written", async (args, message) => {
  const cwd = folder();
  const { code, stdout, stderr } = await upvest(["keygen", ...args], { cwd });
  expect([code, stdout, stderr]).toEqual([2, "", expect.stringContaining(message)]);
  expect(stderr).toContain("upvest keygen --help tells more");
  expect(existsSync(path.join(cwd, "x.pem"))).toBe(false);
});
