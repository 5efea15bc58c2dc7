import { isObject, type Json, type OpenApiDocument } from "../document.js";
import { mapOperations } from "./operations.js";

/**
 * Writes an operation's scopes as the alternatives that they are. The description lists them in one requirement, which
 * by OpenAPI's rules would ask for all of them; the API asks for one.
 */
export function scopeAlternatives(document: OpenApiDocument): OpenApiDocument {
  return mapOperations(document, (operation) => {
    // What the document asks for holds for each operation that asks for nothing of its own.
    const security = operation["security"] ?? document["security"];
    if (!Array.isArray(security)) return operation;
    return { ...operation, security: security.flatMap(alternatives) };
  });
}

function alternatives(requirement: Json): Json[] {
  if (!isObject(requirement)) return [requirement];
  const schemes = Object.entries(requirement);
  const [only] = schemes;
  if (schemes.length !== 1 || only === undefined || !Array.isArray(only[1]) || only[1].length < 2)
    return [requirement];
  const [scheme, scopes] = only;
  return scopes.map((scope) => Object.fromEntries([[scheme, [scope]]]));
}
