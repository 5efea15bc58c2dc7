import { execFile, spawn } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { clientOptionsFromEnv, createUpvestClient } from "@upvest-sdk/client";
import { listUsers } from "@upvest-sdk/client/operations";
import { createSigner } from "@upvest-sdk/signing/node";
import { expect, test } from "vitest";

const bin = fileURLToPath(new URL("../bin/upvest-sandbox.js", import.meta.url));

/** Starts it, reads until `enough`, and ends it as Ctrl-C does. */
async function started(
  args: string[],
  enough: RegExp,
  use: (output: string) => Promise<void>,
): Promise<number | null> {
  const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  const ready = new Promise<void>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`ended with ${code}: ${output}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      output += `${line}\n`;
      if (enough.test(output)) resolve();
    });
  });
  try {
    await ready;
    await use(output);
  } finally {
    child.removeAllListeners("exit");
    child.kill("SIGINT");
  }
  return new Promise((resolve) => child.once("exit", resolve));
}

const fails = (args: string[]) =>
  new Promise<{ code: unknown; stderr: string }>((resolve) =>
    execFile(process.execPath, [bin, ...args], (error, _, stderr) => resolve({ code: error?.code, stderr })),
  );

test("prints what a client needs, ready to paste, and ends by Ctrl-C", async () => {
  let keyFile = "";
  const code = await started([], /Ctrl-C/, async (output) => {
    const env: Record<string, string> = {};
    for (const [, name, value] of output.matchAll(/^export (\w+)=(.*)$/gm)) env[name!] = value!;
    keyFile = env["UPVEST_API_HTTP_SIGN_PRIVATE_KEY_FILENAME"]!;
    expect(statSync(keyFile).mode & 0o077).toBe(0);
    expect(output).not.toContain("PRIVATE KEY-----");
    const client = createUpvestClient({
      ...clientOptionsFromEnv(env),
      signer: await createSigner({
        keyId: env["UPVEST_API_KEY_ID"]!,
        privateKey: readFileSync(keyFile, "utf8"),
      }),
    });
    await expect(client.call(listUsers, {})).resolves.toMatchObject({ data: [] });
  });
  expect(code).toBe(0);
  expect(existsSync(path.dirname(keyFile))).toBe(false);
});

test("--json: one line for scripts; faults from the start; the same seed, the same ids", async () => {
  const lines: string[] = [];
  for (let turn = 0; turn < 2; turn++)
    await started(
      ["--json", "--seed", "s", "--fault", '{"kind":"status","status":503}'],
      /\n/,
      async (output) => {
        const { url, privateKeyFile, ...rest } = JSON.parse(output);
        lines.push(JSON.stringify(rest));
        expect(readFileSync(privateKeyFile, "utf8")).toContain("BEGIN PRIVATE KEY");
        expect((await fetch(`${url}/users`)).status).toBe(503);
      },
    );
  expect(lines[0]).toBe(lines[1]);
  expect(JSON.parse(lines[0]!)).toHaveProperty("clientSecret");
});

test.each([
  [["--port", "x"], 2, /--port takes a whole number/],
  [["--fault", "x"], 2, /--fault takes JSON/],
  [["--fault", '{"kind":"x"}'], 2, /A fault has a kind/],
  [["--idempotency", "x"], 2, /conflict, wait, rerun/],
  [["--nothing"], 2, /--nothing/],
  [["--public-key", "/nowhere.pem"], 1, /nowhere/],
])("%j: exit code %i", async (args, code, message) => {
  const failed = await fails(args);
  expect([failed.code, failed.stderr]).toEqual([code, expect.stringMatching(message)]);
});
