import { readFileSync } from "node:fs";
import * as constants from "@upvest-sdk/types/operations";
import type { OperationName } from "./handler.js";

/** A JSON Schema of the description, which the sandbox hands to the validator as it is. */
export type Schema = boolean | { readonly [keyword: string]: unknown };

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly schema: Schema;
}

export interface ApiOperation {
  /** `place_order` */
  readonly id: string;
  /** `placeOrder`; missing, if this release does not know the operation. */
  readonly name: OperationName | undefined;
  readonly method: string;
  readonly path: string;
  readonly tag: string;
  /** Alternatives; empty for the operation that needs no token. */
  readonly scopes: readonly string[];
  readonly idempotent: boolean;
  readonly parameters: readonly Parameter[];
  /** What the body may be, by its media type. */
  readonly bodies: ReadonlyMap<string, Schema>;
  readonly bodyRequired: boolean;
  readonly status: number;
  /** What the answer is, by its media type; empty, if it has no body. */
  readonly answers: ReadonlyMap<string, Schema>;
  /** The documented refusals. */
  readonly refusals: ReadonlySet<number>;
}

export interface Description {
  readonly version: string;
  readonly operations: readonly ApiOperation[];
  readonly scopes: ReadonlySet<string>;
  /** Schemas by the operation id of the webhook that carries them. */
  readonly events: ReadonlyMap<string, Schema>;
  /** The components that schemas refer to. */
  readonly schemas: Readonly<Record<string, Schema>>;
}

interface Content {
  readonly [mediaType: string]: { readonly schema?: Schema };
}
interface RawOperation {
  readonly operationId: string;
  readonly tags?: readonly string[];
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly (Omit<Parameter, "required"> & { readonly required?: boolean })[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
  readonly "x-idempotent"?: boolean;
}
interface RawDescription {
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>>;
  readonly webhooks?: Readonly<Record<string, { readonly post?: RawOperation }>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

const shipped = new URL("../description.json", import.meta.url);
const methods = new Set(["get", "post", "put", "patch", "delete"]);

const names = new Map<string, OperationName>();
for (const [name, value] of Object.entries(constants))
  if (typeof value === "object" && "id" in value) names.set(value.id, name as OperationName);

const contents = (content: Content = {}) =>
  new Map(Object.entries(content).map(([mediaType, { schema = true }]) => [mediaType, schema]));

/**
 * Reads a description.
 * @param file what `upvest-codegen normalize` wrote; without it, the one that this release was made from
 * @throws {TypeError} it is no such description
 */
export function readDescription(file: string | URL = shipped): Description {
  let raw: RawDescription;
  try {
    raw = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new TypeError(
      `The description ${file} cannot be read as JSON: give what \`upvest-codegen normalize\` writes.`,
      {
        cause,
      },
    );
  }
  if (
    typeof raw !== "object" ||
    !raw?.info?.version ||
    !raw.paths ||
    JSON.stringify(raw.paths).includes('"$ref":"#/components/parameters')
  )
    throw new TypeError(
      `${file} is no normalised description: give what \`upvest-codegen normalize\` writes.`,
    );
  const operations: ApiOperation[] = [];
  for (const [path, item] of Object.entries(raw.paths))
    for (const [method, operation] of Object.entries(item)) {
      if (!methods.has(method)) continue;
      const statuses = Object.keys(operation.responses);
      const success = statuses.filter((status) => /^2\d\d$/.test(status)).sort()[0] ?? "200";
      operations.push({
        id: operation.operationId,
        name: names.get(operation.operationId),
        method: method.toUpperCase(),
        path,
        tag: operation.tags?.[0] ?? "",
        scopes: (operation.security ?? []).flatMap((one) => Object.values(one).flat()),
        idempotent: operation["x-idempotent"] === true,
        parameters: (operation.parameters ?? []).map((one) => ({ ...one, required: one.required === true })),
        bodies: contents(operation.requestBody?.content),
        bodyRequired: operation.requestBody?.required === true,
        status: Number(success),
        answers: contents(operation.responses[success]?.content),
        refusals: new Set(statuses.map(Number)),
      });
    }
  const events = new Map<string, Schema>();
  for (const { post } of Object.values(raw.webhooks ?? {}))
    if (post)
      for (const schema of contents(post.requestBody?.content).values()) events.set(post.operationId, schema);
  return {
    version: raw.info.version,
    operations,
    scopes: new Set(operations.flatMap(({ scopes }) => scopes)),
    events,
    schemas: raw.components?.schemas ?? {},
  };
}
