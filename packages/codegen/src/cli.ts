import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { CodegenError } from "./errors.js";
import { readNames } from "./names-file.js";
import { readDescription } from "./read-description.js";

const usage = `Makes TypeScript of an OpenAPI description.

  upvest-codegen generate <file|url|-> --out <dir> [--names <file>] [--check] [--json]
      writes models.ts, events.ts, operations.ts and openapi.ts, and says what it did
      --names <file>   YAML, "AutomaticName: WantedName" a line
      --check          writes nothing, and fails when the files in <dir> are not up to date
      --json           the report for machines
  upvest-codegen normalize <file|url|-> [--names <file>]
      prints the description in its normal form, as JSON
  upvest-codegen diff <old> <new> [--format markdown|json]
      prints what changed from one description to the other, and for whom it breaks

"-" reads standard input. Exit codes: 0 done, 1 the input or the result is at fault, 2 wrong usage.
`;

/** Wrong usage: exit code 2. */
class UsageError extends Error {}

/** Runs the command line and gives the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  // Whoever reads our output may have seen enough (`| head`): that is the end, and no fault.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  try {
    return await run(args);
  } catch (error) {
    if (error instanceof CodegenError) {
      process.stderr.write(`upvest-codegen: ${error.message} [${error.code}]\n`);
      return 1;
    }
    if (
      error instanceof UsageError ||
      (error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS"))
    ) {
      process.stderr.write(`upvest-codegen: ${error.message}\n\n${usage}`);
      return 2;
    }
    throw error;
  }
}

async function run(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  switch (command) {
    case "generate":
      return generateCommand(rest);
    case "normalize":
      return normalizeCommand(rest);
    case "diff":
      return diffCommand(rest);
    case "--version":
    case "-v":
      process.stdout.write(`${await ownVersion()}\n`);
      return 0;
    case "help":
    case "--help":
    case "-h":
      process.stdout.write(usage);
      return 0;
    default:
      throw new UsageError(
        command === undefined ? "a command is missing." : `there is no command ${JSON.stringify(command)}.`,
      );
  }
}

async function generateCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      out: { type: "string" },
      names: { type: "string" },
      check: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return help();
  const [source] = sources(positionals, 1);
  if (values.out === undefined || values.out === "") throw new UsageError("--out <dir> is missing.");
  const progress = new Progress();
  progress.step("reading");
  const { document, bytes } = await readDescription(source);
  const names = values.names === undefined ? undefined : await readNames(values.names);
  const { generate } = await import("./generate/index.js");
  const { staleFiles, writeFiles } = await import("./output.js");
  const { files, report } = await generate(document, {
    names,
    inputBytes: bytes,
    onProgress: (step) => progress.step(step),
  });
  report.milliseconds = progress.elapsed();
  progress.end();
  if (values.check) {
    const stale = await staleFiles(values.out, files);
    if (values.json) process.stdout.write(`${JSON.stringify({ ...report, stale })}\n`);
    if (stale.length > 0) {
      throw new CodegenError(
        "STALE",
        `Not up to date in ${values.out}: ${stale.join(", ")}; run the same command without --check.`,
      );
    }
    if (!values.json) process.stdout.write(`Up to date in ${values.out}: ${[...files.keys()].join(", ")}\n`);
    return 0;
  }
  await writeFiles(values.out, files);
  const { reportTable } = await import("./report.js");
  process.stdout.write(
    values.json
      ? `${JSON.stringify(report)}\n`
      : `Generated ${[...files.keys()].join(", ")} in ${values.out}\n\n${reportTable(report)}`,
  );
  return 0;
}

async function normalizeCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { names: { type: "string" }, help: { type: "boolean", short: "h", default: false } },
  });
  if (values.help) return help();
  const [source] = sources(positionals, 1);
  const { document } = await readDescription(source);
  const names = values.names === undefined ? undefined : await readNames(values.names);
  const { normalize } = await import("./normalize/index.js");
  await print(`${JSON.stringify(normalize(document, { names }), null, 2)}\n`);
  return 0;
}

async function diffCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      format: { type: "string", default: "markdown" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return help();
  const [from, to] = sources(positionals, 2);
  if (values.format !== "markdown" && values.format !== "json") {
    throw new UsageError(`--format is "markdown" or "json", not ${JSON.stringify(values.format)}.`);
  }
  if (from === "-" && to === "-")
    throw new UsageError("only one of the two descriptions can come from standard input.");
  const before = await readDescription(from);
  const after = await readDescription(to);
  const { diff } = await import("./diff/index.js");
  const result = diff(before.document, after.document);
  if (values.format === "json") await print(`${JSON.stringify(result, null, 2)}\n`);
  else {
    const { diffMarkdown } = await import("./diff/markdown.js");
    await print(diffMarkdown(result, { from: versionOf(before.document), to: versionOf(after.document) }));
  }
  return 0;
}

function versionOf(document: { [key: string]: unknown }): string {
  const info = document["info"];
  return typeof info === "object" && info !== null && "version" in info ? String(info.version) : "?";
}

function sources(positionals: readonly string[], count: 1 | 2): [string, string] {
  if (positionals.length !== count || positionals.some((source) => source === "")) {
    throw new UsageError(
      count === 1
        ? "give one description: a file, an https URL, or -."
        : "give two descriptions: the old one and the new one.",
    );
  }
  return [positionals[0] ?? "", positionals[1] ?? ""];
}

function help(): number {
  process.stdout.write(usage);
  return 0;
}

async function ownVersion(): Promise<string> {
  const text = await readFile(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** Waits until a pipe has taken all of it: a process that ends before would cut a long text off. */
function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) =>
      error === null || error === undefined ? resolve() : reject(error),
    );
  });
}

/** A line on a terminal's error stream that says what is going on, once a run has taken longer than a second. */
class Progress {
  readonly #start = performance.now();
  #shown = false;

  elapsed(): number {
    return Math.round(performance.now() - this.#start);
  }

  step(what: string): void {
    if (this.elapsed() < 1000) return;
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${what} ...`);
    else process.stderr.write(`${what} ...\n`);
    this.#shown = true;
  }

  end(): void {
    if (this.#shown && process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  }
}
