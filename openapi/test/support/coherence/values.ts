import { at, type Description, isObject, join, nameOf, type Schema } from "../description.js";
import { placedExamples, type ValidatorOf } from "../examples.js";

/** An object in an example that a named schema describes. */
export interface TypedValue {
  schema: string;
  value: Record<string, unknown>;
  /** The example it stands in, and where. */
  title: string;
}

/** Every object in every example with its named schema; of a union, the members that the object is valid against. */
export function typedValues(description: Description, validatorOf: ValidatorOf): TypedValue[] {
  const found: TypedValue[] = [];

  const walk = (value: unknown, node: Schema, pointer: string, title: string): void => {
    if (node.$ref !== undefined) {
      const name = nameOf(node.$ref);
      if (isObject(value)) found.push({ schema: name, value, title });
      walk(value, description.components.schemas![name]!, node.$ref.slice(1), title);
    }
    if (isObject(value))
      for (const [key, property] of Object.entries(node.properties ?? {}))
        if (key in value) walk(value[key], property, join(pointer, "properties", key), `${title} ${key}`);
    if (Array.isArray(value) && node.items)
      for (const [i, item] of value.entries())
        walk(item, node.items, join(pointer, "items"), `${title} ${i}`);
    for (const kind of ["oneOf", "anyOf", "allOf"] as const)
      for (const [i, member] of (node[kind] ?? []).entries()) {
        const place = join(pointer, kind, i);
        if (kind === "allOf" || validatorOf(place)(value)) walk(value, member, place, title);
      }
  };

  for (const { title, value, schema } of placedExamples(description))
    walk(value, at(description, schema) as Schema, schema, title);
  return found;
}

/** Every text in every example, with the key it stands under. */
export function exampleTexts(description: Description): { key: string; text: string; title: string }[] {
  const found: { key: string; text: string; title: string }[] = [];
  const walk = (value: unknown, key: string, title: string): void => {
    if (typeof value === "string") found.push({ key, text: value, title });
    else if (Array.isArray(value)) for (const item of value) walk(item, key, title);
    else if (isObject(value))
      for (const [name, item] of Object.entries(value)) walk(item, name, `${title} ${name}`);
  };
  for (const { title, value } of placedExamples(description)) walk(value, "", title);
  return found;
}

/** A field's text, or undefined. */
export function text(value: unknown, ...path: string[]): string | undefined {
  const found = path.reduce<unknown>((node, key) => (isObject(node) ? node[key] : undefined), value);
  return typeof found === "string" ? found : undefined;
}

/** A field's list of objects; empty when it is absent. */
export function objects(value: unknown, key: string): Record<string, unknown>[] {
  const found = isObject(value) ? value[key] : undefined;
  return Array.isArray(found) ? found.filter(isObject) : [];
}
