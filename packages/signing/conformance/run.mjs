// One and the same suite in every runtime: `node conformance/run.mjs <folder> [--headers] [--install] [name...]`; see the README.
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { bundle } from "./bundle.mjs";
import { readCommandLine, tell, tellNotRun } from "./command-line.mjs";
import { findBinary } from "./runtimes.mjs";

const timeout = 300_000;
const here = fileURLToPath(new URL(".", import.meta.url));
const { wanted, kept, flags } = readCommandLine(["headers"]);

const folder = realpathSync(mkdtempSync(join(tmpdir(), "upvest-sdk-conformance-")));
try {
  await bundle(join(here, "portable.ts"), join(folder, "portable.mjs"));
  for (const name of ["node", "wire"])
    await bundle(join(here, `${name}.ts`), join(folder, `${name}.mjs`), { external: ["node:*"] });
  const { startWireServer, judge, sortHeaders, caseOf, caseNames } = await import(
    pathToFileURL(join(folder, "wire.mjs"))
  );

  for (const runtime of wanted) {
    for (const entry of runtime.kind === "command" ? ["portable", "node"] : ["portable"]) {
      const label = entry === "node" ? `${runtime.name} (/node)` : runtime.name;
      const server = await startWireServer();
      try {
        const [report, unsent] = await runtime.run({
          binary: findBinary(runtime, kept),
          bundle: join(folder, `${entry}.mjs`),
          calls: [["run"], ["send", server.origin]],
          folder,
          timeout,
        });
        for (const message of unsent) report.failures.push({ name: "on the wire", message });
        const seen = new Set(server.received.map(caseOf));
        for (const name of caseNames()) {
          if (!seen.has(name) && !unsent.some((message) => message.startsWith(name)))
            report.failures.push({ name: `on the wire: ${name}`, message: "never came" });
        }
        for (const request of server.received) {
          const message = await judge(request);
          if (message === undefined) report.passed++;
          else report.failures.push({ name: `on the wire: ${caseOf(request)}`, message });
        }
        tell(label, report);
        if (flags.headers) printHeaders(server.received, report.notes, sortHeaders, caseOf);
      } catch (error) {
        tellNotRun(label, error);
      } finally {
        await server.close();
      }
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function printHeaders(received, notes, sortHeaders, caseOf) {
  for (const note of notes) console.log(`  ${note}`);
  for (const request of received) {
    const { covered, listed } = sortHeaders(request);
    console.log(`  ${caseOf(request)}\n    covered: ${covered.join(" ")}\n    not: ${listed.join(" ")}`);
  }
}
