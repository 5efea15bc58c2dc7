import { isObject, type Json, type JsonObject, type OpenApiDocument } from "../document.js";
import { mapOperations } from "./operations.js";

/** Headers that every call carries and that the client sets. No caller passes them, so no operation names them. */
const transportHeaders: ReadonlySet<string> = new Set([
  "authorization",
  "signature",
  "signature-input",
  "upvest-api-version",
  "upvest-client-id",
  "upvest-signature-version",
]);

/** What is left to say of the key. The same text stands at every operation that takes one, so it is short. */
const keyProse =
  "Give the same key again when you repeat the request: it happens once. Made by the client when left out.";

/**
 * Takes the transport headers out of the operations. An idempotency key stays, as an optional parameter: the client
 * makes one when the caller gives none; the operation is marked with `x-idempotent: true`.
 */
export function transportHeadersOut(document: OpenApiDocument): OpenApiDocument {
  return mapOperations(document, (operation) => {
    const parameters = operation["parameters"];
    if (!Array.isArray(parameters)) return operation;
    let idempotent = false;
    const kept = parameters.flatMap((parameter): Json[] => {
      const name = headerName(parameter);
      if (name === undefined) return [parameter];
      if (transportHeaders.has(name)) return [];
      if (name !== "idempotency-key") return [parameter];
      idempotent = true;
      return [
        { ...(parameter as JsonObject), description: keyProse, required: false, "x-handled-by": "client" },
      ];
    });
    const { parameters: _, "x-idempotent": __, ...rest } = operation;
    return {
      ...rest,
      ...(kept.length > 0 ? { parameters: kept } : {}),
      ...(idempotent ? { "x-idempotent": true } : {}),
    };
  });
}

function headerName(parameter: Json): string | undefined {
  return isObject(parameter) && parameter["in"] === "header"
    ? String(parameter["name"]).toLowerCase()
    : undefined;
}
