// One suite through the public names in every runtime: `node scripts/conformance/run.mjs <folder> [--install] [name...]`; see the
// README.
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../../packages/signing/conformance/bundle.mjs";
import { readCommandLine, tell, tellNotRun } from "../../packages/signing/conformance/command-line.mjs";
import { findBinary } from "../../packages/signing/conformance/runtimes.mjs";
import { startServers } from "./servers.mjs";

const timeout = 300_000;
const fileOf = (name) => fileURLToPath(new URL(name, import.meta.url));
const { wanted, kept } = readCommandLine();

const folder = realpathSync(mkdtempSync(join(tmpdir(), "upvest-sdk-conformance-")));
try {
  const file = join(folder, "suite.mjs");
  await bundle(fileOf("suite.ts"), file);
  for (const runtime of wanted) {
    const { facts, forward, close } = await startServers();
    const onPage = runtime.kind === "page";
    try {
      const [report] = await runtime.run({
        binary: findBinary(runtime, kept),
        bundle: file,
        calls: [["run", { ...facts, ...(onPage && { api: undefined }) }]],
        folder,
        timeout,
        ...(runtime.kind === "command" && { program: fileOf("runners/listen.mjs") }),
        ...(onPage && { elsewhere: forward }),
      });
      tell(runtime.name, report);
    } catch (error) {
      tellNotRun(runtime.name, error);
    } finally {
      await close();
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
