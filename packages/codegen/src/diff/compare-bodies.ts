import { type OpenApiDocument, objectAt } from "../document.js";
import { compareContent, wrongContent } from "./compare-content.js";
import type { Operation } from "./list-operations.js";
import { follow, type Part } from "./parts.js";
import { below } from "./schema-site.js";
import type { SharedParts } from "./shared-parts.js";
import { code, compareText, sortedKeys } from "./text.js";
import { both, breaks, fine, type Place, type Sink, tell, type Verdict, type Walk } from "./walk.js";

/** What two operations take as their body. */
export function compareRequestBodies(
  walk: Walk,
  shared: SharedParts,
  operations: readonly [Operation, Operation],
  sink: Sink,
): void {
  const before = bodyOf(walk.old, operations[0]);
  const after = bodyOf(walk.next, operations[1]);
  const placeIn = (target: Sink, note = ""): Place => {
    return { sink: target, direction: "request", label: `request body${note}`, path: "" };
  };
  if (before && after) {
    shared.compare(before, after, sink, (target, note) =>
      compareBodies(walk, before, after, placeIn(target, note)),
    );
  } else if (after) {
    const required = after.value["required"] === true;
    const verdict = required ? breaks("calls without it are refused") : fine();
    const what = required ? "was added and is required" : "was added";
    tell(placeIn(sink), "added", after.site.pointer, what, both(verdict));
  } else if (before) {
    const refused = breaks("the types refuse calls that send it");
    tell(placeIn(sink), "removed", before.site.pointer, "was removed", both(refused));
  }
}

function bodyOf(document: OpenApiDocument, operation: Operation): Part | undefined {
  const body = operation.part.value["requestBody"];
  return body === undefined ? undefined : follow(document, below(operation.part.site, body, "requestBody"));
}

function compareBodies(walk: Walk, old: Part, next: Part, place: Place): void {
  const [had, has] = [old.value["required"] === true, next.value["required"] === true];
  const { pointer } = next.site;
  if (!had && has) {
    tell(place, "changed", pointer, "became required", both(breaks("calls without it are refused")));
  } else if (had && !has) {
    tell(place, "changed", pointer, "became optional", both(fine()));
  }
  compareContent(walk, old, next, place, { gone: wrongContent });
}

/**
 * What two operations answer. Consumers write code for success, so a status of success that is gone breaks them; an
 * error that is gone only leaves a branch that is never taken. A further success is something else that the call may give.
 */
export function compareAnswers(
  walk: Walk,
  shared: SharedParts,
  operations: readonly [Operation, Operation],
  sink: Sink,
): void {
  const before = answersOf(walk.old, operations[0]);
  const after = answersOf(walk.next, operations[1]);
  const gone = [...before.keys()].filter((status) => !after.has(status));
  const come = [...after.keys()].filter((status) => !before.has(status));
  const [from, ...otherGone] = gone.filter(isSuccess);
  const [to, ...otherCome] = come.filter(isSuccess);
  const moved = from !== undefined && to !== undefined && otherGone.length + otherCome.length === 0;
  for (const [status, answer] of after) {
    const was = before.get(status) ?? (moved && status === to ? before.get(from) : undefined);
    if (was === undefined) {
      const isFurther = isSuccess(status) && [...before.keys()].some(isSuccess);
      const verdict = isFurther ? breaks("what the call gives may be that as well") : fine();
      tell(placeOf(sink, status), "added", answer.site.pointer, "was added", both(verdict));
      continue;
    }
    if (!before.has(status)) {
      const broken = breaks("code that expects the old status no longer fits");
      const what = `replaces ${code(from ?? "")} as the status of success`;
      tell(placeOf(sink, status), "changed", answer.site.pointer, what, both(broken));
    }
    const success = isSuccess(status);
    const compare = (target: Sink, note: string): void => {
      const label =
        note === "" ? `answer ${code(status)}` : `answer ${code(shortName(answer.ref ?? status))}${note}`;
      compareAnswer(walk, was, answer, { ...placeOf(target, status), label }, success);
    };
    shared.compare(was, answer, sink, compare, success ? "success" : "error");
  }
  for (const status of gone) {
    if (moved && status === from) continue;
    const verdict = isSuccess(status) ? breaks("code that expects it no longer fits") : fine();
    tell(placeOf(sink, status), "removed", before.get(status)!.site.pointer, "was removed", both(verdict));
  }
}

function placeOf(sink: Sink, status: string): Place {
  return { sink, direction: "answer", label: `answer ${code(status)}`, path: "" };
}

function answersOf(document: OpenApiDocument, operation: Operation): Map<string, Part> {
  const { value, site } = operation.part;
  const responses = objectAt(value, "responses");
  const list = below(site, responses, "responses");
  const statuses = sortedKeys(responses).filter((status) => !status.startsWith("x-"));
  return new Map(
    statuses.map((status) => [status, follow(document, below(list, responses[status], status))]),
  );
}

/** `2XX` is a success as well; `default` is what remains, which is errors. */
function isSuccess(status: string): boolean {
  return status.startsWith("2");
}

function compareAnswer(walk: Walk, old: Part, next: Part, place: Place, success: boolean): void {
  const gone: Verdict = success ? breaks("code that reads it no longer fits") : fine();
  compareContent(walk, old, next, place, { gone });
  compareHeaders(walk, old, next, place, gone);
}

function compareHeaders(walk: Walk, old: Part, next: Part, place: Place, gone: Verdict): void {
  const before = headersOf(walk.old, old);
  const after = headersOf(walk.next, next);
  for (const name of [...new Set([...before.keys(), ...after.keys()])].sort(compareText)) {
    const [was, is] = [before.get(name), after.get(name)];
    const there = { ...place, label: `${place.label} header ${code(name)}` };
    if (was && is) compareHeader(walk, was, is, there);
    else if (is) tell(there, "added", is.site.pointer, "was added", both(fine()));
    else if (was) tell(there, "removed", was.site.pointer, "was removed", both(gone));
  }
}

function compareHeader(walk: Walk, old: Part, next: Part, place: Place): void {
  const [had, has] = [old.value["required"] === true, next.value["required"] === true];
  if (had !== has) {
    const optional = breaks("code that reads it must expect it to be missing");
    const what = has ? "became required" : "became optional";
    tell(place, "changed", next.site.pointer, what, both(has ? fine() : optional));
  }
  const before = below(old.site, old.value["schema"] ?? true, "schema");
  const after = below(next.site, next.value["schema"] ?? true, "schema");
  walk.compareAt(before, after, place);
}

function headersOf(document: OpenApiDocument, answer: Part): Map<string, Part> {
  const headers = objectAt(answer.value, "headers");
  const list = below(answer.site, headers, "headers");
  const names = sortedKeys(headers);
  return new Map(
    names.map((name) => [name.toLowerCase(), follow(document, below(list, headers[name], name))]),
  );
}

function shortName(ref: string): string {
  return ref.slice(ref.lastIndexOf("/") + 1);
}
