import type { ModelPairs } from "./compare-models.js";
import { compareDeprecated } from "./compare-schemas.js";
import { type Event, listEvents } from "./list-events.js";
import { modelName, peel, refLabel } from "./schema-site.js";
import { code } from "./text.js";
import { both, breaks, fine, newSink, type Place, type Sink, tell, type Walk } from "./walk.js";

/** Every event of both descriptions, by its type. */
export function compareEvents(walk: Walk, models: ModelPairs): Sink[] {
  const before = listEvents(walk.old);
  const after = listEvents(walk.next);
  for (const event of before.values()) if (event.ref !== undefined) models.oldEvents.add(event.ref);
  for (const event of after.values()) if (event.ref !== undefined) models.nextEvents.add(event.ref);
  const sinks: Sink[] = [];
  const open = (type: string): Place => {
    const sink = newSink({ event: type });
    sinks.push(sink);
    return { sink, direction: "answer", label: "the event", path: "" };
  };
  const inPlace = new Map<string, Place>();
  for (const [type, event] of after) {
    const was = before.get(type);
    if (was === undefined) {
      const why = "the API may send it now";
      tell(open(type), "added", event.site.pointer, "was added", both(fine(why)));
    } else {
      const place = open(type);
      compareDeprecated(was.deprecated, event.deprecated, event.site.pointer, place);
      comparePair(walk, was, event, place, inPlace);
    }
  }
  for (const [type, event] of before) {
    if (after.has(type)) continue;
    tell(
      open(type),
      "removed",
      event.site.pointer,
      "was removed",
      both(breaks("code that waits for it gets it no more")),
    );
  }
  return sinks;
}

/**
 * Models are compared as pairs. An event that belongs to another model now is told of by the event: code that narrows
 * by its type gets another TypeScript type, which breaks it where the two differ.
 */
function comparePair(walk: Walk, old: Event, next: Event, place: Place, inPlace: Map<string, Place>): void {
  if (old.ref !== undefined && next.ref !== undefined) {
    const what = `the event moved from ${code(refLabel(old.ref))} to ${code(refLabel(next.ref))}`;
    walk.pair(old.ref, next.ref, place, next.site, what);
  } else {
    // Several types may share a schema in place. Their differences are told of under the first type.
    const key = JSON.stringify([old.site.pointer, next.site.pointer, old.webhook, next.webhook]);
    if (!inPlace.has(key)) walk.compareAt(old.site, next.site, { ...place, skip: "type" });
    inPlace.set(key, place);
  }
  compareRoots(walk, old, next, place, inPlace);
}

/** The union that the events are members of, which consumers may name as well. */
function compareRoots(walk: Walk, old: Event, next: Event, place: Place, inPlace: Map<string, Place>): void {
  const [before, after] = [peel(old.root).ref, peel(next.root).ref];
  if (before === undefined || after === undefined || (before === old.ref && after === next.ref)) return;
  if (modelName(before) === undefined || modelName(after) === undefined) return;
  const key = JSON.stringify([before, after]);
  if (before === after && !inPlace.has(key)) walk.pair(before, after, place, next.root);
  inPlace.set(key, place);
}
