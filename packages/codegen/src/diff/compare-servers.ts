import { isObject, type JsonObject, type OpenApiDocument } from "../document.js";
import type { Operation } from "./list-operations.js";
import type { Part } from "./parts.js";
import { siteAt } from "./schema-site.js";
import { code, structureText } from "./text.js";
import { both, breaks, fine, type Place, type Sink, tell } from "./walk.js";

/** The addresses of the whole API. */
export function compareDocumentServers(old: OpenApiDocument, next: OpenApiDocument, sink: Sink): void {
  compareServers(wholeOf(old), wholeOf(next), sink);
}

/** The addresses of one operation, where it or its path has some of its own. */
export function compareOperationServers(
  documents: readonly [OpenApiDocument, OpenApiDocument],
  operations: readonly [Operation, Operation],
  sink: Sink,
): void {
  const [old, next] = operations;
  const own = [old.part, old.item, next.part, next.item].some((part) => part.value["servers"] !== undefined);
  if (own) compareServers(serversFor(documents[0], old), serversFor(documents[1], next), sink);
}

function serversFor(document: OpenApiDocument, operation: Operation): Part {
  const parts = [operation.part, operation.item];
  return parts.find((part) => part.value["servers"] !== undefined) ?? wholeOf(document);
}

function wholeOf(document: OpenApiDocument): Part {
  return { value: document, site: siteAt(document, "#"), ref: undefined };
}

function compareServers(old: Part, next: Part, sink: Sink): void {
  const place: Place = { sink, direction: "request", label: "server", path: "" };
  const before = byUrl(old);
  const after = byUrl(next);
  for (const [url, server] of after) {
    const was = before.get(url);
    const there = { ...place, label: `server ${code(url)}` };
    if (was === undefined) tell(there, "added", `${next.site.pointer}/servers`, "was added", both(fine()));
    else if (structureText(was["variables"]) !== structureText(server["variables"])) {
      const broken = breaks("addresses that were valid may no longer be");
      tell(there, "changed", `${next.site.pointer}/servers`, "has other variables", both(broken));
    }
  }
  for (const url of before.keys()) {
    if (after.has(url)) continue;
    const there = { ...place, label: `server ${code(url)}` };
    tell(
      there,
      "removed",
      `${old.site.pointer}/servers`,
      "was removed",
      both(breaks("calls to it may fail")),
    );
  }
}

function byUrl(part: Part): Map<string, JsonObject> {
  const servers = part.value["servers"];
  const found = Array.isArray(servers) ? servers.filter(isObject) : [];
  return new Map(found.map((server) => [String(server["url"] ?? "/"), server]));
}
