import type { OpenApiDocument } from "../document.js";
import { check } from "./check.js";
import { deepRefs } from "./deep-refs.js";
import { discriminators } from "./discriminators.js";
import { fold } from "./fold.js";
import { liftSchemas, type ModelNames } from "./lift/index.js";
import { narrowRefs } from "./narrow-refs.js";
import { bodiesOnOperations, inlinePathItems, operationIds, parametersOnOperations } from "./operations.js";
import { scopeAlternatives } from "./scope-alternatives.js";
import { transportHeadersOut } from "./transport-headers.js";
import { upgrade } from "./upgrade.js";

export { countInPlace } from "./lift/collect.js";
export type { ModelNames } from "./lift/index.js";

/** How `normalize` may be told to differ. */
export interface NormalizeOptions {
  /** Automatic model name -> the name to use instead. */
  names?: ModelNames | undefined;
}

/**
 * Brings a description into the one form that everything else is made from: OpenAPI 3.1, every object, enum and union a
 * named component that is written once, operations without transport headers, scopes as alternatives.
 *
 * A document that is normal already comes out as it is. The input is not changed.
 *
 * @throws CodegenError `INVALID_DESCRIPTION`, `DUPLICATE_OPERATION_ID`, `INVALID_NAMES`
 */
export function normalize(document: OpenApiDocument, options: NormalizeOptions = {}): OpenApiDocument {
  check(document);
  let normal = inlinePathItems(upgrade(document));
  normal = parametersOnOperations(normal);
  normal = operationIds(bodiesOnOperations(normal));
  normal = transportHeadersOut(normal);
  normal = scopeAlternatives(normal);
  normal = fold(deepRefs(normal));
  normal = discriminators(narrowRefs(normal));
  return liftSchemas(normal, options.names);
}
