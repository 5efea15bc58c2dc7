// Known vulnerabilities of what the lock file names: `node scripts/audit.mjs [--registry URL]`.
// Exit codes: 0 nothing that has to be mended now, 1 something, 3 the registry could not be asked.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";

const root = new URL("..", import.meta.url);

/** The pnpm that runs this, else the one that the repository asks for. */
function pnpm() {
  const running = process.env.npm_execpath ?? "";
  if (/pnpm[^/\\]*\.[cm]?js$/.test(running)) return [process.execPath, running];
  const { packageManager } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
  return ["npx", "--yes", packageManager];
}

/** Asks the registry, about what runs, or about all. @returns the advisories, or why there is no answer */
function ask(...only) {
  const [command, ...args] = [...pnpm(), "audit", "--json", ...only, ...process.argv.slice(2)];
  const { stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    shell: process.platform === "win32",
    maxBuffer: 64 * 1024 * 1024,
  });
  let answer;
  try {
    answer = JSON.parse(stdout);
  } catch {
    return { refused: error?.message ?? (stderr.trim() || stdout.trim() || "nothing was answered") };
  }
  if (answer.error) return { refused: `${answer.error.code}: ${answer.error.message}` };
  // An answer about nothing is none: the registry has to say how many packages it looked at.
  if (!answer.metadata?.totalDependencies && !answer.metadata?.dependencies)
    return { refused: "the answer names no dependencies" };
  return { advisories: Object.values(answer.advisories ?? {}) };
}

const line = ({ severity, module_name, vulnerable_versions, title, url, findings = [] }) =>
  `${severity}  ${module_name} ${vulnerable_versions}  ${title}  ${url}\n  by ${findings
    .flatMap(({ paths = [] }) => paths)
    .slice(0, 3)
    .join(", ")}`;

const runs = ask("--prod");
const all = runs.refused === undefined ? ask() : runs;
if (all.refused !== undefined) {
  console.error(`The audit could not be made: ${all.refused.split("\n")[0]}`);
  console.error(
    "Nothing is known of vulnerabilities in the dependencies: a registry with an audit endpoint is needed.",
  );
  // Where releases are made there is one. A local mirror may have none: that is no finding, and no success either.
  process.exit(process.env.GITHUB_ACTIONS === "true" ? 1 : 3);
}

const shipped = new Set(runs.advisories.map(({ id }) => id));
for (const advisory of all.advisories)
  console.log(`${shipped.has(advisory.id) ? "runs" : "development"}: ${line(advisory)}`);
// What only the work on the packages needs may wait for its next version, unless it is bad.
const failing = all.advisories.filter(
  ({ id, severity }) => shipped.has(id) || severity === "high" || severity === "critical",
);
console.log(`${all.advisories.length} known vulnerabilities, ${failing.length} of them to be mended now.`);
process.exit(failing.length > 0 ? 1 : 0);
