import type { OpenApiDocument } from "../document.js";
import { compareAnswers, compareRequestBodies } from "./compare-bodies.js";
import { compareParameters } from "./compare-parameters.js";
import { compareDeprecated } from "./compare-schemas.js";
import { compareSecurity } from "./compare-security.js";
import { compareOperationServers } from "./compare-servers.js";
import { listOperations, matchOperations, type Operation, route } from "./list-operations.js";
import { SharedParts } from "./shared-parts.js";
import { code } from "./text.js";
import { both, breaks, fine, newSink, type Place, type Sink, tell, type Walk } from "./walk.js";

/** Every operation of both descriptions. An operation goes by the name that the old description gives it. */
export function compareOperations(walk: Walk): Sink[] {
  const { pairs, removed, added } = matchOperations(listOperations(walk.old), listOperations(walk.next));
  const sinks: Sink[] = [];
  const open = (operation: Operation): Place => {
    const sink = newSink({ operation: operation.name });
    sinks.push(sink);
    return { sink, direction: "request", label: "the operation", path: "" };
  };
  for (const operation of added) {
    tell(
      open(operation),
      "added",
      operation.part.site.pointer,
      `was added as ${code(route(operation))}`,
      both(fine()),
    );
  }
  for (const operation of removed) {
    const what = `${code(route(operation))} was removed`;
    tell(
      open(operation),
      "removed",
      operation.part.site.pointer,
      what,
      both(breaks("code that calls it no longer works")),
    );
  }
  const shared = new SharedParts();
  for (const pair of pairs) comparePair(walk, shared, pair, open(pair[0]));
  return [...sinks, ...shared.finish()];
}

function comparePair(
  walk: Walk,
  shared: SharedParts,
  operations: readonly [Operation, Operation],
  place: Place,
): void {
  const documents: readonly [OpenApiDocument, OpenApiDocument] = [walk.old, walk.next];
  const { sink } = place;
  compareIdentity(operations, place);
  compareIdempotency(operations, place);
  compareSecurity(documents, operations, sink);
  compareOperationServers(documents, operations, sink);
  compareParameters(walk, shared, operations, sink);
  compareRequestBodies(walk, shared, operations, sink);
  compareAnswers(walk, shared, operations, sink);
}

function compareIdentity([old, next]: readonly [Operation, Operation], place: Place): void {
  const { pointer } = next.part.site;
  compareDeprecated(old.value["deprecated"] === true, next.value["deprecated"] === true, pointer, place);
  if (old.id !== next.id) {
    const what = `changed its id from ${code(old.id ?? "none")} to ${code(next.id ?? "none")}`;
    tell(place, "changed", pointer, what, both(breaks("code that calls it by its id no longer compiles")));
  }
  if (old.method !== next.method) {
    const what = `changed its method from ${code(old.method.toUpperCase())} to ${code(next.method.toUpperCase())}`;
    tell(place, "changed", pointer, what, both(breaks("calls with the old method fail")));
  }
  if (old.path !== next.path) compareRoutes(old, next, pointer, place);
}

/** Another name in the path's braces leaves the address as it is, but both the path and the name are in the types. */
function compareRoutes(old: Operation, next: Operation, pointer: string, place: Place): void {
  const withoutNames = (path: string): string => path.replaceAll(/\{[^}]*\}/g, "{}");
  const same = withoutNames(old.path) === withoutNames(next.path);
  const what = `changed its path from ${code(old.path)} to ${code(next.path)}`;
  const why = same
    ? "the address stays the same, but the types name its parts otherwise"
    : "calls to the old path fail";
  tell(place, "changed", pointer, what, both(breaks(why)));
}

function compareIdempotency([old, next]: readonly [Operation, Operation], place: Place): void {
  const [had, has] = [old.value["x-idempotent"] === true, next.value["x-idempotent"] === true];
  const { pointer } = next.part.site;
  if (had && !has) {
    tell(
      place,
      "changed",
      pointer,
      "no longer takes an idempotency key",
      both(breaks("a retry may run twice")),
    );
  } else if (!had && has) {
    tell(place, "changed", pointer, "takes an idempotency key now", both(fine("a retry runs once")));
  }
}
