import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createUpvestClient } from "@upvest-sdk/client";
import { createWebhook, updateWebhook } from "@upvest-sdk/client/operations";
import { type Sandbox, startSandbox } from "@upvest-sdk/sandbox";
import { createSigner } from "@upvest-sdk/signing/node";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Recorder, startRecorder } from "../../packages/cli/test/support/recorder.js";
import { type Block, findBlocks, findPages, root } from "./blocks/find-blocks.js";
import { newUser, openPlace, type Place } from "./blocks/place.js";
import { runShell } from "./blocks/run-shell.js";

// Every block of commands is run; `commands.mjs` says which of them for real. What a page shows of a session is what comes.

const isOpensslThere = spawnSync("openssl", ["version"]).status === 0;
if (!isOpensslThere) console.warn("SKIPPED: blocks with openssl, which is not here.");

const blocks = findPages().flatMap(findBlocks);
const inLanguage = (language: string) => blocks.filter((block) => block.language === language);

/** By page, with the reason. */
const notRun: Readonly<Record<string, string>> = {
  examples: "built and run whole by tests of their own and by the demo; the one for Kafka is compiled only",
};
const isRun = ({ page }: Block) => !Object.keys(notRun).some((folder) => page.startsWith(`${folder}/`));

/** What cannot be run as it stands. */
const instead: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // For shells that need not be there.
  "packages/cli/README.md sh 2": {
    "source <(upvest completion zsh)": "upvest completion zsh",
    "upvest completion fish | source": "upvest completion fish",
  },
};

/** What has to be there afterwards. */
const afterwards: Readonly<Record<string, (folder: string) => unknown>> = {
  "README.md sh 5": (folder) => expect(existsSync(join(folder, "src/upvest/models.ts"))).toBe(true),
  "docs/keys-and-rotation.md sh 1": (folder) => readKey(folder, "passphrase"),
  "docs/upgrading.md sh 1": (folder) => expect(existsSync(join(folder, "src/upvest/models.ts"))).toBe(true),
  "packages/signing/README.md sh 2": (folder) => readKey(folder, "passphrase"),
  "packages/signing/README.md sh 3": (folder) => readKey(folder),
};

async function readKey(folder: string, passphrase?: string): Promise<void> {
  const privateKey = readFileSync(join(folder, "private.pem"), "utf8");
  const signer = await createSigner({ keyId: "a", privateKey, passphrase });
  const { algorithm } = await signer.explain({
    method: "GET",
    url: "https://sandbox.upvest.co/users",
    headers: {},
  });
  expect(algorithm).toBe("ecdsa-p521-sha512");
  expect(readFileSync(join(folder, "public.pem"), "utf8")).toContain("BEGIN PUBLIC KEY");
}

describe("commands", () => {
  let place: Place;
  beforeAll(async () => {
    place = await openPlace();
  });
  afterAll(() => place?.close());

  const named = inLanguage("sh").filter(isRun);
  const possible = named.filter(({ code }) => isOpensslThere || !code.startsWith("openssl"));
  test.each(possible.map((block) => [block.name, block] as const))("%s", async (name, block) => {
    const folder = place.folder();
    rmSync(join(folder, "private.pem"));
    let text = block.code;
    for (const [from, to] of Object.entries(instead[name] ?? {})) {
      expect(text).toContain(from);
      text = text.replaceAll(from, to);
    }
    const { code, output } = await runShell(text, block.page, folder);
    expect(code, output).toBe(0);
    await afterwards[name]?.(folder);
  });

  test("every name in the tables is that of a block", () => {
    const names = named.map(({ name }) => name);
    expect(
      [...Object.keys(instead), ...Object.keys(afterwards)].filter((name) => !names.includes(name)),
    ).toEqual([]);
    for (const folder of Object.keys(notRun))
      expect(blocks.some(({ page }) => page.startsWith(`${folder}/`))).toBe(true);
  });
});

/** What a page says between backticks, by page. */
const spoken = findPages()
  .filter((page) => !page.startsWith("examples/"))
  .map((page) => {
    const prose = readFileSync(join(root, page), "utf8").replace(/^ *```[\s\S]*?^ *```/gm, "");
    return [page, [...prose.matchAll(/`(pnpm [^`]+)`/g)].map(([, command]) => command!)] as const;
  })
  .filter(([, commands]) => commands.length > 0);

test.each(spoken)("%s: every `pnpm ...` in its prose is a script", async (page, commands) => {
  const folder = mkdtempSync(join(tmpdir(), "upvest-sdk-commands-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const wrong: string[] = [];
  for (const command of new Set(commands)) {
    const { code, output } = await runShell(command, page, folder);
    if (code !== 0) wrong.push(`${command}: ${output.trim()}`);
  }
  expect(wrong).toEqual([]);
});

describe("sessions", () => {
  let sandbox: Sandbox;
  let recorder: Recorder;
  let place: Place;
  let folder: string;
  let environment: Record<string, string>;

  beforeAll(async () => {
    sandbox = await startSandbox();
    recorder = await startRecorder();
    const { clientId, clientSecret, keyId, privateKeyPem } = sandbox.credentials;
    const client = createUpvestClient({
      baseUrl: sandbox.url,
      clientId,
      clientSecret,
      scopes: sandbox.scopes,
      signer: await createSigner({ keyId, privateKey: privateKeyPem }),
    });
    const { id: webhook_id } = await client.call(createWebhook, {
      body: {
        title: "README",
        url: recorder.url.replace(/\?.*/, ""),
        type: ["USER"],
        config: { delay: "1s" },
      },
    });
    await client.call(updateWebhook, { path: { webhook_id }, body: { enabled: true } });
    place = await openPlace();
    folder = place.folder();
    rmSync(join(folder, "private.pem"));
    writeFileSync(join(folder, "own.pem"), privateKeyPem, { mode: 0o600 });
    writeFileSync(join(folder, "user.json"), JSON.stringify(newUser));
    environment = {
      UPVEST_API_BASE_URL: sandbox.url,
      UPVEST_API_CLIENT_ID: clientId,
      UPVEST_API_CLIENT_SECRET: clientSecret,
      UPVEST_API_SCOPES: "users:admin,users:read,webhooks:admin,webhooks:read",
      UPVEST_API_KEY_ID: keyId,
      UPVEST_API_HTTP_SIGN_PRIVATE_KEY_FILENAME: "own.pem",
    };
  });
  afterAll(async () => {
    await sandbox?.close();
    await recorder?.close();
    await place?.close();
  });

  /** The delivery of what the sessions before did, as it came over the wire, and one that was changed on its way. */
  async function saveDelivery(): Promise<void> {
    await sandbox.clock.advance(2000);
    const delivery = await recorder.first;
    writeFileSync(join(folder, "delivery.http"), delivery);
    writeFileSync(join(folder, "changed.http"), delivery.toString("latin1").replace("Ada", "Eve"), "latin1");
  }

  const session = inLanguage("console").filter(isRun);
  test.each(session.map((block) => [block.name, block] as const))("%s", async (_name, block) => {
    // A key id that Upvest does not know.
    const keyId = { UPVEST_API_KEY_ID: crypto.randomUUID() };
    if (block.code.includes("delivery.http")) await saveDelivery();
    let shown = "";
    for (const part of block.code.split(/^(?=\$ )/m)) {
      const command = /^\$ (.+)/.exec(part)?.[1] ?? "";
      const failing = part.includes("\nfailed ");
      const { output } = await runShell(command, block.page, folder, {
        ...environment,
        ...(failing && keyId),
      });
      shown += `$ ${command}\n${output}`;
    }
    expect(plain(shown.replaceAll(folder, "/home/ada"))).toBe(plain(`${block.code}\n`));
  });
});

/** Without what differs from one run to the next: ids, keys, times, ports. */
function plain(text: string): string {
  return text
    .replace(/own\.pem/g, "private.pem")
    .replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, "UUID")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replace(/\b[\da-f]{32,}\b/g, "HEX")
    .replace(/^[\w+/=]{16,}$/gm, "BASE64")
    .replace(/127\.0\.0\.1:\d+/g, "HOST")
    .replace(/-?\d+(\.\d+)?(?= ms\b)/g, "N")
    .replace(/(created|expires)=\d+/g, "$1=N")
    .replace(/"duration":[\d.]+/g, `"duration":N`);
}

test("a list of files names files that are there", () => {
  const [tree] = findBlocks("CONTRIBUTING.md").filter(({ language }) => language === "text");
  const paths = tree!.code.split("\n").map((line) => line.split(" ")[0]!);
  expect(paths.length).toBeGreaterThan(5);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test("the usage of upvest-codegen is what it says itself", () => {
  const [usage] = findBlocks("packages/codegen/README.md").filter(({ language }) => language === "text");
  const help = execFileSync(
    process.execPath,
    [join(root, "packages/codegen/bin/upvest-codegen.js"), "--help"],
    {
      encoding: "utf8",
    },
  );
  const lines = help.split("\n").map((line) => line.trim());
  expect(usage!.code.split("\n").filter((line) => !lines.some((each) => each.includes(line)))).toEqual([]);
});

test("no other text without a language is there, but the form of prose that the description has", () => {
  const names = inLanguage("text")
    .filter(isRun)
    .map(({ name }) => name);
  expect(names).toEqual([
    "CONTRIBUTING.md text 1",
    "openapi/README.md text 1",
    "packages/codegen/README.md text 1",
  ]);
});
