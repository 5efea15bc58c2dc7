import { readFile } from "node:fs/promises";
import { UpvestError } from "@upvest-sdk/client";
import { call } from "./call.js";
import type { Command } from "./command.js";
import { completion } from "./completion.js";
import { concealEnvironment } from "./connect.js";
import { didYouMean } from "./did-you-mean.js";
import { doctor } from "./doctor.js";
import { Failure, UsageError } from "./errors.js";
import { keygen } from "./keygen.js";
import { listOperations } from "./list-operations.js";
import { print, printError, table } from "./output.js";
import { webhooksVerify } from "./webhooks-verify.js";

const commands: readonly Command[] = [
  keygen,
  doctor,
  call,
  listOperations,
  webhooksVerify,
  completion(() => commands),
];

const usage = `The Upvest Investment API on the command line. Unofficial.

${table(commands.map(({ name, summary }) => [`  upvest ${name}`, summary]))}

upvest <command> --help tells more. Commands that call the API read UPVEST_API_BASE_URL, _CLIENT_ID, _CLIENT_SECRET,
_SCOPES, _KEY_ID, and the private key from UPVEST_API_HTTP_SIGN_PRIVATE_KEY_FILENAME (or without _FILENAME, or _BASE64),
its passphrase from _PASSPHRASE. Exit codes: 0 done, 1 failed, 2 wrong usage.`;

/**
 * Runs `upvest`.
 *
 * @param args without the program's name
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage
 */
export async function main(args: readonly string[]): Promise<number> {
  concealEnvironment(process.env);
  // Whoever reads our output may have seen enough (`| head`): that is the end, and no fault.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  const command = commands.find(({ name }) => name.split(" ").every((word, index) => word === args[index]));
  try {
    return command ? await runCommand(command, args) : await runNone(args);
  } catch (error) {
    if (error instanceof UsageError || isParseError(error)) {
      // What parseArgs says goes on about positionals; its first sentence says what is wrong.
      const [message] = error.message.split(/\. To specify|\n/);
      const help = command ? `upvest ${command.name} --help` : "upvest --help";
      await printError(`upvest: ${message}\n${help} tells more.`);
      return 2;
    }
    const { message, advice, code } = error as Partial<Failure & UpvestError>;
    if (error instanceof Failure) await printError(`upvest: ${message}${advice ? `\n-> ${advice}` : ""}`);
    else if (error instanceof UpvestError) await printError(`upvest: ${message} [${code}]`);
    else await printError(`upvest: unexpected: ${error instanceof Error ? error.stack : error}`);
    return 1;
  }
}

async function runCommand(command: Command, args: readonly string[]): Promise<number> {
  const own = args.slice(command.name.split(" ").length);
  if (own.includes("--help") || own.includes("-h")) {
    await print(command.usage);
    return 0;
  }
  return command.run(own);
}

async function runNone([first, second]: readonly string[]): Promise<number> {
  switch (first) {
    case "--version":
    case "-v":
      await print(await ownVersion());
      return 0;
    case "help":
    case "--help":
    case "-h":
      await print(usage);
      return 0;
    case undefined:
      throw new UsageError("a command is missing.");
  }
  if (first === "webhooks") {
    if (second === "--help" || second === "-h") {
      await print(webhooksVerify.usage);
      return 0;
    }
    throw new UsageError("webhooks has one command: verify.");
  }
  throw new UsageError(
    `there is no command ${JSON.stringify(first)}.${didYouMean(
      first,
      commands.map(({ name }) => name),
    )}`,
  );
}

const isParseError = (error: unknown): error is TypeError =>
  error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");

async function ownVersion(): Promise<string> {
  const text = await readFile(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
