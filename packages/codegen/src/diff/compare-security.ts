import { isObject, type Json, type JsonObject, type OpenApiDocument, objectAt } from "../document.js";
import type { Finding } from "./findings.js";
import type { Operation } from "./list-operations.js";
import { canonicalUnordered, code, compareText, sortedKeys, structureText } from "./text.js";
import { both, breaks, fine, type Place, type Sink, tell } from "./walk.js";

/**
 * Who may call. The requirements are alternatives: a call that meets any one of them passes. An old alternative still
 * serves when what it brings is enough for one of the new ones, so fewer scopes in it or no authorisation at all break nothing.
 */
export function compareSecurity(
  documents: readonly [OpenApiDocument, OpenApiDocument],
  operations: readonly [Operation, Operation],
  sink: Sink,
): void {
  const place: Place = { sink, direction: "request", label: "authorisation", path: "" };
  const before = alternatives(documents[0], operations[0]);
  const after = alternatives(documents[1], operations[1]);
  for (const [key, alternative] of after.found) {
    if (before.found.has(key)) continue;
    tell(place, "added", after.pointer, `accepts ${label(alternative)} now`, both(fine()));
  }
  for (const [key, alternative] of before.found) {
    if (after.found.has(key)) continue;
    const serves = [...after.found.values()].some((other) => isEnough(alternative, other));
    const verdict = serves
      ? fine("what it brings is still enough")
      : breaks("calls that rely on it are refused");
    tell(place, "removed", before.pointer, `no longer accepts ${label(alternative)}`, both(verdict));
  }
}

function alternatives(
  document: OpenApiDocument,
  operation: Operation,
): { found: Map<string, JsonObject>; pointer: string } {
  const own = operation.value["security"];
  const list = own ?? document["security"];
  const given = Array.isArray(list) ? list.filter(isObject) : [];
  // An empty list means what an empty requirement means: nothing is asked for.
  const found = given.length > 0 ? given : [{}];
  const inherited = own === undefined && list !== undefined ? "#/security" : operation.part.site.pointer;
  return {
    found: new Map(found.map((alternative) => [canonicalUnordered(alternative), alternative])),
    pointer: own === undefined ? inherited : `${operation.part.site.pointer}/security`,
  };
}

function isEnough(brought: JsonObject, asked: JsonObject): boolean {
  return Object.keys(asked).every((scheme) => {
    if (!Object.hasOwn(brought, scheme)) return false;
    const scopes = scopesOf(brought[scheme]);
    return scopesOf(asked[scheme]).every((scope) => scopes.includes(scope));
  });
}

function scopesOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((scope) => typeof scope === "string") : [];
}

function label(alternative: JsonObject): string {
  const schemes = sortedKeys(alternative);
  if (schemes.length === 0) return "calls without authorisation";
  const parts = schemes.map((scheme) => {
    const scopes = scopesOf(alternative[scheme]).sort(compareText);
    if (scopes.length === 0) return `the scheme ${code(scheme)}`;
    return `the scope ${scopes.map(code).join(" with ")} of ${code(scheme)}`;
  });
  return parts.join(" with ");
}

/** The schemes that requirements name. */
export function compareSecuritySchemes(old: OpenApiDocument, next: OpenApiDocument): Finding[] {
  const before = objectAt(objectAt(old, "components"), "securitySchemes");
  const after = objectAt(objectAt(next, "components"), "securitySchemes");
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name): Finding[] => {
    const pointer = `#/components/securitySchemes/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    const what = `the security scheme ${code(name)}`;
    const finding = { owner: {}, pointer, breaking: false, why: "" };
    if (!Object.hasOwn(before, name)) return [{ ...finding, kind: "added", what: `${what} was added` }];
    if (!Object.hasOwn(after, name)) {
      // Operations that used it tell of it themselves; that the types no longer know it breaks all the same.
      const why = "code that names it no longer fits";
      return [{ ...finding, kind: "removed", breaking: true, what: `${what} was removed`, why }];
    }
    if (structureText(before[name]) === structureText(after[name])) return [];
    const breaking = identity(before[name]) !== identity(after[name]);
    const why = breaking ? "calls are authorised another way" : "";
    return [{ ...finding, kind: "changed", breaking, what: `${what} changed`, why }];
  });
}

/** What decides how a call is authorised. Scopes come and go with the operations that ask for them. */
function identity(scheme: Json | undefined): string {
  if (!isObject(scheme)) return "";
  const { type, name, in: where, scheme: http, flows, openIdConnectUrl } = scheme as Record<string, Json>;
  const urls = Object.entries(isObject(flows) ? flows : {}).map(([flow, value]) => {
    return [
      flow,
      objectAt({ value }, "value")["tokenUrl"] ?? "",
      objectAt({ value }, "value")["authorizationUrl"] ?? "",
    ];
  });
  return canonicalUnordered([type, name, where, http, openIdConnectUrl, urls].map((value) => value ?? null));
}
