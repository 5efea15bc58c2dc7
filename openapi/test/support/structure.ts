import { type Description, isObject, isReference, join, resolve } from "./description.js";

/** What our description may word or choose for itself. */
const prose = new Set(["description", "summary", "example", "examples"]);

/** Lists whose order means nothing. */
const sets = new Set(["required", "enum", "type", "tags", "parameters", "security"]);

/** Where a reference and what it refers to are the same: anywhere but in schemas. */
const transparent = ["#/components/headers/", "#/components/responses/"];

/**
 * Where `actual` differs from `expected` in anything but prose, one line each. Responses and headers may be written out or referred to;
 * the order of keys and of sets is free; nothing else is.
 */
export function structuralDifferences(expected: Description, actual: Description): string[] {
  const found: string[] = [];
  compare(structureOf(expected), structureOf(actual), "", found);
  return found;
}

function structureOf(description: Description): unknown {
  const { paths, components, tags, ...rest } = description;
  const webhooks = Object.entries(description.webhooks ?? {}).map(([name, item]) => [
    name,
    Object.fromEntries(
      Object.entries(item).map(([method, operation]) => [method, { security: [], ...operation }]),
    ),
  ]);
  return plain(
    {
      ...rest,
      tags: tags?.map((tag) => tag.name),
      paths,
      webhooks: Object.fromEntries(webhooks),
      components: { schemas: components.schemas, parameters: components.parameters },
      securitySchemes: Object.entries(components.securitySchemes ?? {}).map(([name, scheme]) => ({
        name,
        ...scheme,
        flows: Object.entries(scheme.flows ?? {}).map(([flow, { scopes, ...others }]) => ({
          flow,
          ...others,
          scopes: Object.keys(scopes ?? {}).sort(),
        })),
      })),
    },
    description,
    "",
  );
}

/** A copy without prose, with transparent references followed and sets in order. */
function plain(node: unknown, description: Description, key: string, names = false): unknown {
  if (Array.isArray(node)) {
    const copies = node.map((item) => plain(item, description, ""));
    return sets.has(key) && !names ? copies.sort(byText) : copies;
  }
  if (!isObject(node)) return node;
  if (isReference(node) && transparent.some((prefix) => node.$ref.startsWith(prefix)))
    return plain(resolve(description, node), description, key);
  const entries = Object.entries(node).filter(([name]) => names || !prose.has(name));
  return Object.fromEntries(
    entries.map(([name, value]) => [name, plain(value, description, name, !names && holdsNames(name))]),
  );
}

/** Whether the keys below this key are names of the API's and not words of OpenAPI. */
function holdsNames(key: string): boolean {
  return ["properties", "schemas", "parameters", "paths", "webhooks", "responses", "headers"].includes(key);
}

function byText(a: unknown, b: unknown): number {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function compare(expected: unknown, actual: unknown, pointer: string, found: string[]): void {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    if (expected.length !== actual.length)
      found.push(`${pointer}: ${actual.length} members instead of ${expected.length}`);
    else for (const [i, item] of expected.entries()) compare(item, actual[i], join(pointer, i), found);
  } else if (isObject(expected) && isObject(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      if (!(key in actual)) found.push(`${join(pointer, key)}: missing`);
      else if (!(key in expected)) found.push(`${join(pointer, key)}: added`);
      else compare(expected[key], actual[key], join(pointer, key), found);
    }
  } else if (expected !== actual) {
    found.push(`${pointer}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
  }
}
