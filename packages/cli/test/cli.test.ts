import { execFileSync, spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { bin, file, upvest } from "./support/cli.js";

const commands = ["keygen", "doctor", "call", "operations", "webhooks verify", "completion"];

test.each([["--help"], ["-h"], ["help"]])("%s tells the commands", async (flag) => {
  const { code, stdout, stderr } = await upvest([flag]);
  expect([code, stderr]).toEqual([0, ""]);
  for (const command of commands) expect(stdout).toContain(`  upvest ${command} `);
});

test.each(commands)("%s --help tells its options, and does nothing else", async (command) => {
  const { code, stdout, stderr } = await upvest([...command.split(" "), "--help"]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain(`upvest ${command} `);
});

test("--version", async () => {
  expect(await upvest(["--version"])).toEqual({ code: 0, stdout: "0.1.0\n", stderr: "" });
});

test.each([
  [[], "a command is missing"],
  [["docter"], "Did you mean doctor?"],
  [["webhooks"], "verify"],
  [["webhooks", "sign"], "verify"],
  [["completion"], "one shell"],
  [["completion", "tcsh"], "one shell"],
  [["doctor", "now"], "now"],
])("%j: wrong usage", async (args, message) => {
  const { code, stdout, stderr } = await upvest(args);
  expect([code, stdout, stderr]).toEqual([2, "", expect.stringContaining(message)]);
});

test("whoever has seen enough may go", () => {
  const { stdout, stderr } = spawnSync(
    "bash",
    ["-c", `"$0" "$1" operations | head -n 1; echo "\${PIPESTATUS[0]}"`, process.execPath, bin],
    {
      encoding: "utf8",
    },
  );
  expect([stdout.trimEnd().split("\n").at(-1), stderr]).toEqual(["0", ""]);
});

test("bash completes commands, options, operations and what an option takes", async () => {
  const { code, stdout } = await upvest(["completion", "bash"]);
  expect(code).toBe(0);
  const script = file("completion.bash", stdout);
  const completed = (...words: string[]) =>
    execFileSync(
      "bash",
      [
        "-c",
        `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _upvest; echo "\${COMPREPLY[*]}"`,
        script,
        "upvest",
        ...words,
      ],
      { encoding: "utf8" },
    ).trim();
  expect(completed("")).toBe("keygen doctor call operations webhooks completion --help --version");
  expect(completed("call", "placeO")).toBe("placeOrder");
  expect(completed("call", "placeOrder", "--idem")).toBe("--idempotency-key");
  expect(completed("keygen", "--algorithm", "")).toBe("p521 ed25519");
  expect(completed("webhooks", "")).toBe("verify");
  expect(completed("webhooks", "verify", "--k")).toBe("--keys");
  expect(completed("webhooks", "verify", "deliv")).toBe("");
  expect(completed("completion", "")).toBe("bash zsh fish");
});

test.each(["zsh", "fish"])("a script for %s, which it reads if it is here", async (shell) => {
  const { code, stdout, stderr } = await upvest(["completion", shell]);
  expect([code, stderr]).toEqual([0, ""]);
  for (const word of ["keygen", "placeOrder", "idempotency-key", "verify", "ed25519"])
    expect(stdout).toContain(word);
  const read = spawnSync(shell, ["-n", file(`completion.${shell}`, stdout)], { encoding: "utf8" });
  if (!read.error) expect([read.status, read.stderr]).toEqual([0, ""]);
});
