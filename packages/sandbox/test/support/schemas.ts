import { readDescription, type Schema } from "../../src/description.js";

export const description = readDescription();

type Json = { readonly [key: string]: unknown };
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What a schema may be, one by one: references are followed; of parts that are put together each is one. */
export function alternatives(schema: Schema | undefined): Json[] {
  if (!isObject(schema)) return [];
  const reference = schema["$ref"];
  if (typeof reference === "string")
    return alternatives(description.schemas[reference.slice("#/components/schemas/".length)]);
  const found: Json[] = [schema];
  for (const keyword of ["oneOf", "anyOf", "allOf"])
    for (const one of (schema[keyword] as Schema[] | undefined) ?? []) found.push(...alternatives(one));
  return found;
}

export const propertyOf = (schema: Json, name: string): Schema | undefined =>
  (schema["properties"] as Record<string, Schema> | undefined)?.[name];

/** Schemas of a property, by all that the object may be. */
export const propertiesOf = (schemas: readonly Schema[], name: string): Schema[] =>
  schemas
    .flatMap(alternatives)
    .map((one) => propertyOf(one, name))
    .filter((one) => one !== undefined);

export const itemsOf = (schemas: readonly Schema[]): Schema[] =>
  schemas
    .flatMap(alternatives)
    .map((one) => one["items"] as Schema | undefined)
    .filter((one) => one !== undefined);

/** The constants that a text can be. */
export function textsOf(schema: Schema | undefined): string[] {
  return alternatives(schema).flatMap((one) => [
    ...((one["enum"] as string[] | undefined) ?? []),
    ...(typeof one["const"] === "string" ? [one["const"]] : []),
  ]);
}

/** Where what came back is not what was sent; a field that the schema of the answer does not have is left out. */
export function differences(sent: unknown, got: unknown, schemas: readonly Schema[], at = ""): string[] {
  if (isObject(sent) && isObject(got))
    return Object.entries(sent).flatMap(([name, value]) => {
      const properties = propertiesOf(schemas, name);
      if (properties.length === 0) return name in got ? [`${at}.${name} is not in the schema`] : [];
      if (!(name in got)) return [`${at}.${name} is missing`];
      return differences(value, got[name], properties, `${at}.${name}`);
    });
  if (Array.isArray(sent) && Array.isArray(got) && sent.length === got.length)
    return sent.flatMap((one, index) => differences(one, got[index], itemsOf(schemas), `${at}[${index}]`));
  return JSON.stringify(sent) === JSON.stringify(got)
    ? []
    : [`${at}: ${JSON.stringify(sent)} became ${JSON.stringify(got)}`];
}

/** What this body is of all that its schema allows: those that name all of its fields, with the right constants. */
function meantBy(schemas: readonly Schema[], body: Json): Json[] {
  return schemas.flatMap(alternatives).filter(
    (one) =>
      one["properties"] !== undefined &&
      Object.entries(body).every(([name, value]) => {
        const property = propertyOf(one, name);
        const constants = alternatives(property)
          .map((of) => of["const"])
          .filter((constant) => constant !== undefined);
        return (
          property !== undefined &&
          (constants.length === 0 || constants.some((constant) => constant === value))
        );
      }),
  );
}

const wrongFor = (value: unknown): unknown =>
  typeof value === "string" ? 12_345 : typeof value === "boolean" ? "yes" : Array.isArray(value) ? {} : "x";

/** Bodies that are like a valid one but for one thing: a required field is missing, an unknown one there, a type is wrong. */
export function* broken(
  body: unknown,
  schemas: readonly Schema[],
  at = "body",
): Generator<[string, unknown]> {
  yield [`${at} of another type`, wrongFor(body)];
  const nullable = schemas.flatMap(alternatives).some((one) => one["type"] === "null");
  if (!nullable) yield [`${at} null`, null];
  if (Array.isArray(body))
    for (const [index, one] of body.entries())
      for (const [what, value] of broken(one, itemsOf(schemas), `${at}[${index}]`))
        yield [what, body.with(index, value)];
  if (!isObject(body)) return;
  yield [`${at} with an unknown field`, { ...body, surprise: "!" }];
  const meant = meantBy(schemas, body);
  for (const name of Object.keys(body)) {
    const required = meant.every((one) => (one["required"] as string[] | undefined)?.includes(name));
    if (required) {
      const { [name]: _, ...rest } = body;
      yield [`${at} without ${name}`, rest];
    }
    for (const [what, value] of broken(body[name], propertiesOf(meant, name), `${at}.${name}`))
      yield [what, { ...body, [name]: value }];
  }
}

/** A body without all that need not be sent. */
export function least(body: unknown, schemas: readonly Schema[]): unknown {
  if (Array.isArray(body)) return body.map((one) => least(one, itemsOf(schemas)));
  if (!isObject(body)) return body;
  const meant = meantBy(schemas, body);
  const required = Object.entries(body).filter(([name]) =>
    meant.some((one) => (one["required"] as string[] | undefined)?.includes(name)),
  );
  return Object.fromEntries(required.map(([name, value]) => [name, least(value, propertiesOf(meant, name))]));
}
