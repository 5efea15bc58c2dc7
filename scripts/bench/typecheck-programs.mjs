// Writes the programs that are compared: named.ts, raw.ts, hey.ts and empty.ts, into the folder given.
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { readDescription } from "@upvest-sdk/codegen";
import * as constants from "@upvest-sdk/types/operations";

/** @typedef {import("@upvest-sdk/codegen").JsonObject} JsonObject */

/**
 * @typedef {object} Use What each program does with one operation.
 * @property {string} id
 * @property {string} constant
 * @property {string | undefined} body its media type
 * @property {{ status: string, content: string }} answer
 */

const count = 20;
const methods = ["get", "put", "post", "delete", "patch"];
const [source = "", folder = ""] = process.argv.slice(2);
const { document } = await readDescription(source);
const uses = everyNth(
  operations().flatMap((operation) => use(operation) ?? []),
  count,
);
await writeFile(path.join(folder, "package.json"), '{ "type": "module" }\n');
await writeFile(path.join(folder, "empty.ts"), "export {};\n");
await writeFile(path.join(folder, "named.ts"), named());
await writeFile(path.join(folder, "raw.ts"), raw());
await writeFile(path.join(folder, "hey.ts"), hey());

function operations() {
  return Object.values(at(document, "paths")).flatMap((item) => methods.map((method) => at(item, method)));
}

/** @returns {Use | undefined} undefined if the operation answers with no JSON object */
function use(/** @type {JsonObject} */ operation) {
  const constant = Object.entries(constants).find(([, { id }]) => id === operation["operationId"]);
  const [status, response] =
    Object.entries(at(operation, "responses")).find(([code]) => /^2/.test(code)) ?? [];
  const answer = content(response);
  if (constant === undefined || status === undefined || answer === undefined) return undefined;
  const body = content(operation["requestBody"]);
  return {
    id: String(operation["operationId"]),
    constant: constant[0],
    body,
    answer: { status, content: answer },
  };
}

/** The media type of a request body or a response: JSON, or else the first. */
function content(/** @type {unknown} */ holder) {
  const all = at(resolved(holder), "content");
  return "application/json" in all ? "application/json" : Object.keys(all)[0];
}

function named() {
  return program(
    ({ constant }) => `import { ${constant} } from "@upvest-sdk/types/operations";`,
    'import type { InputOf, OutputOf } from "@upvest-sdk/types";',
    ({ constant }) => `InputOf<typeof ${constant}>`,
    ({ constant }) => `OutputOf<typeof ${constant}>`,
  );
}

function raw() {
  return program(
    () => undefined,
    'import type { operations } from "./api.js";',
    ({ id, body }) => {
      const operation = `operations["${id}"]`;
      const parts = [
        `path: ${operation}["parameters"]["path"]`,
        `query: ${operation}["parameters"]["query"]`,
        ...(body === undefined
          ? []
          : [`body: NonNullable<${operation}["requestBody"]>["content"]["${body}"]`]),
      ];
      return `{ ${parts.join("; ")} }`;
    },
    ({ id, answer }) => `operations["${id}"]["responses"][${answer.status}]["content"]["${answer.content}"]`,
  );
}

function hey() {
  const names = uses.flatMap((use) => [heyName(use, "Data"), heyName(use, "Response")]);
  return program(
    () => undefined,
    `import type { ${names.join(", ")} } from "./hey/index.js";`,
    (use) => heyName(use, "Data"),
    (use) => heyName(use, "Response"),
  );
}

/** What @hey-api/openapi-ts calls an operation's input or output. @param {Use} use @param {"Data" | "Response"} of */
function heyName({ id }, of) {
  return id.replace(/(?:^|_)([a-z])/g, (_, letter) => letter.toUpperCase()) + of;
}

/**
 * All programs take and read the same; only the types differ.
 *
 * @param {(use: Use) => string | undefined} imports
 * @param {string} types
 * @param {(use: Use) => string} input
 * @param {(use: Use) => string} output
 */
function program(imports, types, input, output) {
  const functions = uses.map((use) => {
    return `export function ${use.constant}Use(input: ${input(use)}, answer: ${output(use)}): unknown {
  return input.path ?? input.query ?? ${use.body === undefined ? "answer" : "input.body ?? answer"};
}
`;
  });
  return `${[types, ...uses.flatMap((use) => imports(use) ?? [])].join("\n")}\n\n${functions.join("\n")}`;
}

/** @returns {JsonObject} what a `$ref` leads to, if it is one */
function resolved(/** @type {unknown} */ value) {
  const object = /** @type {JsonObject} */ (typeof value === "object" && value !== null ? value : {});
  const ref = object["$ref"];
  if (typeof ref !== "string") return object;
  return ref.slice(2).split("/").reduce(at, document);
}

/** @returns {JsonObject} the member, or an empty object */
function at(/** @type {unknown} */ parent, /** @type {string} */ key) {
  const value = typeof parent === "object" && parent !== null ? Reflect.get(parent, key) : undefined;
  return typeof value === "object" && value !== null ? value : {};
}

/** So many of the items, from the first to the last. @template T @param {T[]} items @param {number} wanted */
function everyNth(items, wanted) {
  if (items.length < wanted) throw new Error(`Only ${items.length} operations can be used, not ${wanted}.`);
  return Array.from(
    { length: wanted },
    (_, index) => /** @type {T} */ (items[Math.floor((index * items.length) / wanted)]),
  );
}
