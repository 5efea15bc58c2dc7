import { CORE_SCHEMA, loadAll, mergeTag, YAMLException } from "js-yaml";
import type { Json } from "../document.js";
import { CodegenError } from "../errors.js";
import { checkComplexity } from "./complexity.js";
import { jsonProblem } from "./json-problem.js";
import { maxDepth, maxNodes } from "./limits.js";

// The core schema knows no timestamps: dates stay text.
const schema = CORE_SCHEMA.withTags(mergeTag);

/** The value that a YAML or JSON text describes: only what JSON can say, without cycles and not too much of it. */
export function parse(text: string, name: string): Json {
  if (/^\s*<[!?a-z]/i.test(text)) {
    throw new CodegenError(
      "NOT_OPENAPI",
      `${name} begins like HTML or XML; give the address of the YAML or JSON description itself.`,
    );
  }
  // Not by the brace alone: YAML also knows {a: 1}.
  const value = /^\s*\{\s*["}]/.test(text) ? parseJson(text, name) : parseYaml(text, name);
  return checkComplexity(value, name);
}

function parseJson(text: string, name: string): unknown {
  let value: unknown;
  let failure: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    failure = error;
  }
  const found = jsonProblem(text);
  if (found === undefined && failure === undefined) return value;
  const problem = found?.problem ?? "JSON.parse refuses it";
  const where = position(text, found?.offset ?? 0);
  throw new CodegenError(
    "NOT_YAML",
    `${name} begins like JSON but is not valid JSON: ${problem} (${where}); correct it there.`,
    {
      cause: failure,
    },
  );
}

function position(text: string, offset: number): string {
  const lines = text.slice(0, offset).split("\n");
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}

function parseYaml(text: string, name: string): unknown {
  let documents: unknown[];
  try {
    documents = loadAll(text, { schema, maxDepth, maxTotalMergeKeys: maxNodes });
  } catch (error) {
    throw yamlError(error, name);
  }
  if (documents.length === 0) {
    throw new CodegenError("NOT_OPENAPI", `${name} is empty; give an OpenAPI 3 description.`);
  }
  if (documents.length > 1) {
    throw new CodegenError("NOT_YAML", `${name} holds ${documents.length} YAML documents; keep only one.`);
  }
  return documents[0];
}

function yamlError(error: unknown, name: string): CodegenError {
  if (!(error instanceof YAMLException)) {
    return new CodegenError("TOO_COMPLEX", `${name} is too complex to be parsed; simplify it.`, {
      cause: error,
    });
  }
  const { mark, reason } = error;
  const where = mark === undefined ? "" : ` (line ${mark.line + 1}, column ${mark.column + 1})`;
  // js-yaml has no codes, only texts.
  if (reason.includes("exceeded max")) {
    const what = reason.startsWith("nesting")
      ? `nests deeper than ${maxDepth} levels`
      : "merges too many keys";
    return new CodegenError("TOO_COMPLEX", `${name} ${what}${where}; simplify it.`, { cause: error });
  }
  return new CodegenError("NOT_YAML", `${name} is not valid YAML: ${reason}${where}; correct it there.`, {
    cause: error,
  });
}
