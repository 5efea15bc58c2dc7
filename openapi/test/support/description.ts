import { readFileSync } from "node:fs";
import { load } from "js-yaml";

/** The parts of an OpenAPI 3.1 document that the checks look at. */
export interface Description {
  openapi: string;
  info: { title: string; version: string; description?: string };
  tags?: { name: string; description?: string }[];
  paths: Record<string, Record<string, Operation>>;
  webhooks?: Record<string, Record<string, Operation>>;
  components: Components;
}

export interface Components {
  schemas?: Record<string, Schema>;
  parameters?: Record<string, Parameter>;
  responses?: Record<string, Response>;
  headers?: Record<string, Header>;
  examples?: Record<string, Example>;
  securitySchemes?: Record<string, SecurityScheme>;
}

export interface SecurityScheme {
  flows?: Record<string, { scopes?: Record<string, string> }>;
}

export interface Operation {
  operationId: string;
  summary?: string;
  description?: string;
  security?: Record<string, string[]>[];
  parameters?: (Parameter | Reference)[];
  requestBody?: { content: Record<string, MediaType> };
  responses: Record<string, Response | Reference>;
}

export interface Reference {
  $ref: string;
}

export interface Parameter {
  name: string;
  in: string;
  description?: string;
  schema?: Schema;
  example?: unknown;
}

export interface Header {
  description?: string;
  schema?: Schema;
  example?: unknown;
}

export interface Response {
  description?: string;
  headers?: Record<string, Header | Reference>;
  content?: Record<string, MediaType>;
}

export interface MediaType {
  schema?: Schema;
  examples?: Record<string, Example | Reference>;
}

export interface Example {
  summary?: string;
  value: unknown;
}

export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
}

/** An operation or a webhook, with the place where it stands. */
export interface Placed {
  pointer: string;
  operation: Operation;
}

const methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

export const descriptionUrl = new URL("../../upvest-investment-api.yaml", import.meta.url);

export function readDescription(url: URL): Description {
  return load(readFileSync(url, "utf8")) as unknown as Description;
}

export function operations(description: Description): Placed[] {
  return placed("paths", description.paths);
}

export function webhooks(description: Description): Placed[] {
  return placed("webhooks", description.webhooks ?? {});
}

function placed(section: string, items: Record<string, Record<string, Operation>>): Placed[] {
  return Object.entries(items).flatMap(([key, item]) =>
    Object.entries(item)
      .filter(([method]) => methods.includes(method))
      .map(([method, operation]) => ({ pointer: join("", section, key, method), operation })),
  );
}

/** Follows references until something else stands there. */
export function resolve<T extends object>(description: Description, node: T | Reference): T {
  let current: unknown = node;
  for (let i = 0; i < 20 && isReference(current); i++) current = at(description, current.$ref.slice(1));
  if (current === undefined) throw new Error(`nothing at ${(node as Reference).$ref}`);
  return current as T;
}

export function isReference(node: unknown): node is Reference {
  return isObject(node) && typeof node["$ref"] === "string";
}

export function isObject(node: unknown): node is Record<string, unknown> {
  return typeof node === "object" && node !== null && !Array.isArray(node);
}

/** What a JSON pointer names, or undefined. */
export function at(document: unknown, pointer: string): unknown {
  return pointer
    .split("/")
    .slice(1)
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<unknown>((node, token) => (node as Record<string, unknown> | undefined)?.[token], document);
}

/** A JSON pointer, continued by tokens. */
export function join(pointer: string, ...tokens: (string | number)[]): string {
  const escaped = tokens.map((token) => String(token).replaceAll("~", "~0").replaceAll("/", "~1"));
  return [pointer, ...escaped].join("/");
}

/** The name that a reference ends in. */
export function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf("/") + 1);
}
