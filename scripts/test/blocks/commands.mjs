// Stands for the commands of the pages, as `commands.mjs NAME ARGUMENTS...`: what this repository has is run for real, what
// would take a registry or an hour is checked: the package is published from here, the script is there and knows its flags.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const read = (/** @type {string} */ folder) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

const packages = new Map(
  readdirSync(join(root, "packages")).map((each) => {
    const folder = join(root, "packages", each);
    const { name, bin = {} } = read(folder);
    return [name, { folder, bin }];
  }),
);
// What compiles a program of the pages.
const tools = new Set(["typescript", "@types/node"]);
const bins = new Map(
  [...packages.values()].flatMap(({ folder, bin }) =>
    Object.entries(bin).map(([name, file]) => [name, join(folder, file)]),
  ),
);

/** @param {string} text @returns {never} */
function refuse(text) {
  console.error(text);
  process.exit(1);
}

/** @param {string} command @param {readonly string[]} args @param {NodeJS.ProcessEnv} [env] */
function run(command, args, env = process.env) {
  const { status } = spawnSync(command, args, { stdio: "inherit", env });
  process.exit(status ?? 1);
}

/** @param {string} file @param {readonly string[]} args */
function runBin(file, args) {
  if (!file.endsWith("upvest-sandbox.js")) return run(process.execPath, [file, ...args]);
  // Runs until it is ended: once it says where it is, it has begun.
  const child = spawn(process.execPath, [file, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (text) => {
    said += text;
    process.stdout.write(text);
    if (/UPVEST_API_HTTP_SIGN_PRIVATE_KEY_FILENAME=\S+\n/.test(said)) child.kill();
  });
  child.on("exit", (code) => process.exit(code ?? 0));
}

/** A folder and those that it is in, up to the root. @param {string} folder @returns {string[]} */
function foldersAbove(folder) {
  return relative(root, folder) === "" ? [folder] : [folder, ...foldersAbove(dirname(folder))];
}

/** @type {Record<string, (args: string[]) => void>} */
const commands = {
  npm([command, ...rest]) {
    if (command === "pkg" && rest.join(" ") === "set type=module") return;
    if (command !== "install") refuse(`npm ${command}: not known here`);
    const names = rest.filter((each) => each !== "--save-dev" && each !== "--global");
    for (const name of names)
      if (!packages.has(name) && !tools.has(name))
        refuse(`${name} is neither a package of this repository nor what a project needs besides`);
  },

  npx(args) {
    const [first = "", ...rest] = args.filter((each) => each !== "--yes");
    if (first === "-p") {
      const [name = "", flag, command = ""] = rest;
      if (!packages.has(name) || flag !== "-c") refuse(`npx -p ${name} ${flag}`);
      return run("sh", ["-c", command], {
        ...process.env,
        PATH: `${process.cwd()}/node_modules/.bin:${process.env["PATH"]}`,
      });
    }
    const [, version] = /^pnpm@(.+)$/.exec(first) ?? [];
    if (version) {
      const { packageManager } = read(root);
      if (packageManager !== first) refuse(`${first}, and package.json has ${packageManager}`);
      return commands["pnpm"]?.(rest);
    }
    const file = bins.get(first) ?? bins.get(Object.keys(packages.get(first)?.bin ?? {})[0] ?? "");
    if (file) return runBin(file, rest);
    if (
      first === "vitest" &&
      rest[0] === "run" &&
      rest.slice(1).every((each) => existsSync(join(root, each)))
    )
      return;
    refuse(`npx ${first}: no command of this repository`);
  },

  pnpm(args) {
    const [filter, filtered, ...remaining] = args;
    const isFiltered = filter === "--filter";
    const [first = "", ...others] = isFiltered ? remaining : args;
    const [name = "", ...rest] = first === "run" ? others : [first, ...others];
    // Handed on to npm, which opens a web page.
    if (first === "docs") refuse("pnpm docs does not run the script: pnpm run docs");
    const start = isFiltered ? packages.get(filtered)?.folder : process.env["PAGE_FOLDER"];
    if (!start) return refuse(`--filter ${filtered}: no package of this repository`);
    const folder = (isFiltered ? [start] : foldersAbove(start)).find(
      (each) => existsSync(join(each, "package.json")) && read(each).scripts?.[name],
    );
    // A tool that is installed does as well: `pnpm changeset`.
    if (!folder && existsSync(join(root, "node_modules/.bin", name))) return;
    if (!folder) return refuse(`pnpm ${name}: no package.json has such a script`);
    // Arguments go to the last of the script's commands.
    const [, file] = [...read(folder).scripts[name].matchAll(/node (\S+\.mjs)/g)].at(-1) ?? [];
    const source = file ? readFileSync(join(folder, file), "utf8") : "";
    for (const flag of rest.filter((each) => each.startsWith("-")))
      if (!source.includes(flag)) refuse(`pnpm ${name} knows no ${flag}`);
    for (const variable of Object.keys(process.env).filter((each) => each.startsWith("UPVEST_SDK_")))
      if (
        spawnSync("grep", ["-rqF", "--exclude-dir=node_modules", "--include=*.ts", variable, folder]).status
      )
        refuse(`nothing reads ${variable}`);
  },

  // The real one, which would ask for a passphrase.
  openssl: (args) =>
    run("openssl", [...args, args[0] === "genpkey" ? "-pass" : "-passin", "pass:passphrase"], {
      ...process.env,
      PATH: process.env["PATH"]?.split(delimiter).slice(1).join(delimiter),
    }),
};

const [name = "", ...args] = process.argv.slice(2);
const file = bins.get(name);
if (file) runBin(file, args);
else commands[name]?.(args);
