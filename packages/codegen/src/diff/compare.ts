import type { OpenApiDocument } from "../document.js";
import { bumpOf, wholeDocument } from "./bump.js";
import { compareEvents } from "./compare-events.js";
import { compareOperations } from "./compare-operations.js";
import { SchemaWalk } from "./compare-schemas.js";
import { compareSecuritySchemes } from "./compare-security.js";
import { compareDocumentServers } from "./compare-servers.js";
import { toChanges } from "./findings.js";
import { canonicalUnordered } from "./text.js";
import type { Change, Diff } from "./types.js";
import { newSink } from "./walk.js";

/** Compares two descriptions as they are. `diff` brings them into one form first. */
export function compare(old: OpenApiDocument, next: OpenApiDocument): Diff {
  const walk = new SchemaWalk(old, next);
  const whole = newSink({});
  compareDocumentServers(old, next, whole);
  const sinks = [whole, ...compareEvents(walk, walk.models), ...compareOperations(walk)];
  walk.models.finish();
  const changes = toChanges([...walk.models.findings(sinks), ...compareSecuritySchemes(old, next)]);
  if (changes.length === 0 && canonicalUnordered(old) !== canonicalUnordered(next)) changes.push(proseChange);
  return { changes, bump: bumpOf(changes) };
}

/** Prose is not told of piece by piece: it is everything that no rule is about. */
const proseChange: Change = {
  kind: "changed",
  breaking: false,
  pointer: wholeDocument,
  message: "only descriptions, examples, titles and the like differ",
};
