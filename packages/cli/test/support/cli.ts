import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Sandbox } from "@upvest-sdk/sandbox";
import { expect } from "vitest";

export const bin: string = fileURLToPath(new URL("../../bin/upvest.js", import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  env?: Record<string, string | undefined>;
  input?: string;
  cwd?: string;
}

/** Texts that no output may have, whatever a test is about. */
export const canaries = new Set<string>();

/** Whatever of a PEM would give the key away: each line. */
export function plantKey(pem: string): void {
  for (const line of pem.split("\n")) if (/^[\w+/=]{16,}$/.test(line)) canaries.add(line);
}

/** Runs `upvest` as a child process, and looks for canaries in what it says. */
export async function upvest(
  args: readonly string[],
  { env = {}, input = "", cwd }: RunOptions = {},
): Promise<Ran> {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("UPVEST_")));
  const child = spawn(process.execPath, [bin, ...args], { cwd, env: { ...own, ...env } });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  // A command that does not read it may be gone before.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  for (const canary of canaries) {
    expect((stdout + stderr).includes(canary), `a secret is shown by upvest ${args.join(" ")}`).toBe(false);
  }
  // No command may end by an error of its own.
  expect(stderr).not.toContain("unexpected:");
  return { code, stdout, stderr };
}

export const folder = (): string => mkdtempSync(path.join(tmpdir(), "upvest-cli-"));

/** A file of this content in a folder of its own. */
export function file(name: string, content: string | Uint8Array): string {
  const at = path.join(folder(), name);
  writeFileSync(at, content, { mode: 0o600 });
  return at;
}

/** The environment for a sandbox; its secrets become canaries. */
export function environmentOf({ url, scopes, credentials }: Sandbox): Record<string, string> {
  const { clientId, clientSecret, keyId, privateKeyPem } = credentials;
  canaries.add(clientSecret);
  plantKey(privateKeyPem);
  return {
    UPVEST_API_BASE_URL: url,
    UPVEST_API_CLIENT_ID: clientId,
    UPVEST_API_CLIENT_SECRET: clientSecret,
    UPVEST_API_SCOPES: scopes.join(","),
    UPVEST_API_KEY_ID: keyId,
    UPVEST_API_HTTP_SIGN_PRIVATE_KEY_FILENAME: file("private.pem", privateKeyPem),
  };
}
