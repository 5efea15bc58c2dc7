/** Programs against the packed package, in every setting that a consumer may have. */
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Compiler, compile, diagnosticsOf, install, type Packed, pack } from "./consumer.js";
import { expectedOf, type Program, readmePrograms, readPrograms } from "./programs.js";

const patient = 600_000;

/** What the global scope of a project has. */
const scopes = {
  bare: { lib: ["ES2023"], types: [] },
  browser: { lib: ["ES2023", "DOM", "DOM.Iterable"], types: [] },
  "node 20": { lib: ["ES2023"], types: ["node"] },
  "node 22": { lib: ["ES2023"], types: ["node"] },
  "node 24": { lib: ["ES2023"], types: ["node"] },
};
type Scope = keyof typeof scopes;
type Resolution = "bundler" | "nodenext";

interface Row {
  readonly compiler: Compiler;
  readonly resolution: Resolution;
  readonly exact: boolean;
  readonly scope: Scope;
}

/**
 * Each compiler with each resolution, with and without `exactOptionalPropertyTypes`; the scopes are spread over
 * them, since the checking of Node's types and of the DOM takes most of the time. TypeScript 7 is fast enough for
 * every scope.
 */
const rows: readonly Row[] = [
  { compiler: "5.4", resolution: "nodenext", exact: false, scope: "node 20" },
  { compiler: "5.4", resolution: "nodenext", exact: true, scope: "bare" },
  { compiler: "5.4", resolution: "bundler", exact: false, scope: "bare" },
  { compiler: "5.4", resolution: "bundler", exact: true, scope: "browser" },
  { compiler: "5.9", resolution: "nodenext", exact: false, scope: "node 24" },
  { compiler: "5.9", resolution: "nodenext", exact: true, scope: "node 22" },
  { compiler: "5.9", resolution: "bundler", exact: false, scope: "browser" },
  { compiler: "5.9", resolution: "bundler", exact: true, scope: "bare" },
  { compiler: "7", resolution: "nodenext", exact: false, scope: "node 20" },
  { compiler: "7", resolution: "nodenext", exact: false, scope: "node 22" },
  { compiler: "7", resolution: "nodenext", exact: false, scope: "node 24" },
  { compiler: "7", resolution: "nodenext", exact: false, scope: "bare" },
  { compiler: "7", resolution: "nodenext", exact: true, scope: "node 24" },
  { compiler: "7", resolution: "bundler", exact: false, scope: "browser" },
  { compiler: "7", resolution: "bundler", exact: true, scope: "bare" },
  { compiler: "7", resolution: "bundler", exact: true, scope: "browser" },
];

const programs: Program[] = [...readPrograms(), ...readmePrograms()];

/** Those that a setting can compile: `fetch` is no part of the language, `require` of a module is newer than 5.4. */
function programsOf(row: Row): Program[] {
  return programs.filter(({ name }) => {
    if (/^(fetch|readme)-/.test(name)) return row.scope !== "bare";
    if (name.endsWith(".cts")) return row.resolution === "nodenext" && row.compiler !== "5.4";
    return true;
  });
}

let packed: Packed;
const folders = new Map<Scope, string>();

beforeAll(() => {
  packed = pack();
  for (const scope of Object.keys(scopes) as Scope[]) {
    const others: Record<string, string> = { "openapi-fetch": "openapi-fetch" };
    if (scope.startsWith("node")) others["@types/node"] = `types-${scope.replace(" ", "-")}`;
    const folder = install(packed, scope.replace(" ", "-"), others);
    for (const program of programs) writeFileSync(join(folder, program.name), program.text);
    folders.set(scope, folder);
  }
}, patient);

afterAll(() => packed?.remove());

// As many compilers at once as there are cores.
let free = availableParallelism();
const waiting: (() => void)[] = [];
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (free > 0) free--;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  }
}

describe.concurrent("good programs compile, wrong ones fail at their marked lines", () => {
  test.for(rows)(
    "$compiler $resolution $scope, exactOptionalPropertyTypes $exact",
    { timeout: patient },
    async (row, { expect }) => {
      const chosen = programsOf(row);
      const finished = await inTurn(() =>
        compile(
          folders.get(row.scope)!,
          row.compiler,
          {
            ...scopes[row.scope],
            module: row.resolution === "bundler" ? "ESNext" : "NodeNext",
            moduleResolution: row.resolution,
            exactOptionalPropertyTypes: row.exact,
            skipLibCheck: false,
          },
          chosen.map((program) => program.name),
        ),
      );
      const found = diagnosticsOf(finished);
      expect(found.sort()).toEqual(expectedOf(chosen, row.exact, found).sort());
    },
  );
});

describe("what the type checker has to do", () => {
  const folder = (): string => folders.get("bare")!;

  /** How many types are instantiated, beyond those of an empty program. */
  async function instantiations(compiler: Compiler, name: string): Promise<number> {
    const count = async (file: string): Promise<number> => {
      const finished = await compile(
        folder(),
        compiler,
        { module: "NodeNext", moduleResolution: "NodeNext", skipLibCheck: true },
        [file],
        ["--extendedDiagnostics"],
      );
      expect(diagnosticsOf(finished)).toEqual([]);
      return Number(/^Instantiations:\s*(\d+)$/m.exec(finished.stdout)?.[1]);
    };
    writeFileSync(join(folder(), "empty.ts"), "export {};\n");
    return (await count(name)) - (await count("empty.ts"));
  }

  for (const compiler of ["5.9", "7"] as const) {
    test(`TypeScript ${compiler}: twenty operations by the names of the models`, {
      timeout: patient,
    }, async () => {
      expect(await instantiations(compiler, "cost-models.ts")).toBeLessThan(200);
    });

    test(`TypeScript ${compiler}: twenty operations by InputOf and OutputOf`, {
      timeout: patient,
    }, async () => {
      expect(await instantiations(compiler, "cost-operations.ts")).toBeLessThan(200);
    });

    test(`TypeScript ${compiler}: twenty calls of one generic function`, { timeout: patient }, async () => {
      expect(await instantiations(compiler, "cost-call.ts")).toBeLessThan(1000);
    });
  }
});

describe("the programs themselves", () => {
  test("cover every entry, right and wrong", () => {
    const wrong = programs.filter((program) => program.errors.length > 0);
    expect(wrong.map((program) => program.name)).toEqual([
      "fetch-wrong.ts",
      "wrong-events.ts",
      "wrong-models.ts",
      "wrong-openapi.ts",
      "wrong-operations.ts",
    ]);
    for (const { name } of wrong) {
      const righted = name.replace("wrong", "righted");
      expect(programs.map((program) => program.name)).toContain(righted);
      expect(programs.map((program) => program.name)).toContain(name.replace("wrong", "good"));
    }
    expect(programs.filter((program) => program.name.startsWith("readme-")).length).toBeGreaterThanOrEqual(4);
  });
});
