import { httpMethods, isObject, type OpenApiDocument, objectAt } from "../document.js";
import { firstMedia } from "./compare-content.js";
import { follow, partAt } from "./parts.js";
import { below, modelName, modelRef, peel, type Site, siteOfRef } from "./schema-site.js";
import { shapeOf } from "./shape.js";
import { compareText, sortedKeys } from "./text.js";

export interface Event {
  /** The event type, or the webhook's name where no schema says a type. */
  readonly type: string;
  readonly webhook: string;
  /** The schema of events of this type. */
  readonly site: Site;
  /** The schema of the webhook's body: the same one, or a union of several. */
  readonly root: Site;
  /** The event's model by pointer, if it is one. */
  readonly ref: string | undefined;
  /** Whether the webhook that carries it is on its way out. */
  readonly deprecated: boolean;
}

/** The events by type. Where two webhooks say the same type, the first one by name counts. */
export function listEvents(document: OpenApiDocument): Map<string, Event> {
  const found = new Map<string, Event>();
  for (const key of ["webhooks", "x-webhooks"]) {
    const webhooks = objectAt(document, key);
    for (const webhook of sortedKeys(webhooks)) {
      const item = partAt(document, webhooks[webhook], key, webhook);
      for (const method of httpMethods) {
        const operation = item.value[method];
        if (!isObject(operation) || operation["requestBody"] === undefined) continue;
        const site = below(item.site, operation["requestBody"], method, "requestBody");
        const root = firstMedia(follow(document, site))?.schema;
        if (root === undefined) continue;
        const from = { webhook, root, deprecated: operation["deprecated"] === true };
        const events = eventsIn(document, root, from, new Set());
        const named = events.length > 0 ? events : [{ type: webhook, ...from, site: root, ref: refOf(root) }];
        for (const event of named) if (!found.has(event.type)) found.set(event.type, event);
      }
    }
  }
  return new Map([...found].sort(([a], [b]) => compareText(a, b)));
}

function eventsIn(
  document: OpenApiDocument,
  start: Site,
  from: Pick<Event, "webhook" | "root" | "deprecated">,
  visited: Set<string>,
): Event[] {
  const peeled = peel(start);
  if (peeled.ref !== undefined) {
    if (visited.has(peeled.ref)) return [];
    visited.add(peeled.ref);
  }
  const site = peeled.ref === undefined ? peeled.site : siteOfRef(document, peeled.ref);
  const shape = shapeOf(document, site);
  if (shape.union) return shape.union.members.flatMap((member) => eventsIn(document, member, from, visited));
  const field = shape.fields.get("type");
  if (field === undefined) return [];
  const type = peel(field.site);
  const { values } = shapeOf(document, type.ref === undefined ? type.site : siteOfRef(document, type.ref));
  const types = [...(values?.values() ?? [])].filter((value) => typeof value === "string");
  return types.map((value) => ({ type: value, ...from, site, ref: refOf(start) }));
}

function refOf(site: Site): string | undefined {
  const { ref } = peel(site);
  const name = ref === undefined ? undefined : modelName(ref);
  return name === undefined ? undefined : modelRef(name);
}
