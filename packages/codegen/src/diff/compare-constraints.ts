import type { Json } from "../document.js";
import type { Site } from "./schema-site.js";
import type { Shape } from "./shape.js";
import { canonical, code, structureText } from "./text.js";
import { breaks, fine, type Place, tell, type Verdict } from "./walk.js";

type Relation = "narrower" | "wider" | "unclear";

const lowerLimits = new Set([
  "exclusiveMinimum",
  "minContains",
  "minItems",
  "minLength",
  "minProperties",
  "minimum",
]);
const upperLimits = new Set([
  "exclusiveMaximum",
  "maxContains",
  "maxItems",
  "maxLength",
  "maxProperties",
  "maximum",
]);
/** Limits that say nothing when they are 0. */
const fromZero = new Set(["minItems", "minLength", "minProperties"]);
const shown = new Set(["format", "pattern", "multipleOf", "uniqueItems", ...lowerLimits, ...upperLimits]);

/**
 * Everything that limits values without changing the TypeScript type: formats, patterns, limits, and the keywords of
 * JSON Schema that this package knows no better. Nothing stops compiling, so in an answer it never breaks. In a request
 * a narrower limit refuses calls that were accepted, and so may one of which nobody can tell (another pattern).
 */
export function compareConstraints(old: Shape, next: Shape, site: Site, place: Place): void {
  for (const keyword of new Set([...old.keywords.keys(), ...next.keywords.keys()])) {
    const before = effective(keyword, old.keywords.get(keyword));
    const after = effective(keyword, next.keywords.get(keyword));
    if (textOf(keyword, before) === textOf(keyword, after)) continue;
    const relation = relate(keyword, before, after);
    const same = fine("the type stays the same");
    tell(place, "changed", site.pointer, describe(keyword, before, after), {
      request: relation === "wider" ? same : refusal(relation),
      answer: same,
    });
  }
}

function refusal(relation: Relation): Verdict {
  return relation === "narrower"
    ? breaks("the type stays the same, but calls that were accepted may be refused")
    : breaks(
        "the type stays the same, but calls that were accepted may be refused (which cannot be told from here)",
      );
}

function effective(keyword: string, value: Json | undefined): Json | undefined {
  if (fromZero.has(keyword) && value === 0) return undefined;
  return value === false ? undefined : value;
}

function textOf(keyword: string, value: Json | undefined): string | undefined {
  if (value === undefined) return undefined;
  return shown.has(keyword) ? canonical(value) : structureText(value);
}

function relate(keyword: string, old: Json | undefined, next: Json | undefined): Relation {
  if (old === undefined) return "narrower";
  if (next === undefined) return "wider";
  if (typeof old !== "number" || typeof next !== "number") return "unclear";
  if (lowerLimits.has(keyword)) return next > old ? "narrower" : "wider";
  if (upperLimits.has(keyword)) return next < old ? "narrower" : "wider";
  return keyword === "multipleOf" && next !== 0 && old % next === 0 ? "wider" : "unclear";
}

function describe(keyword: string, old: Json | undefined, next: Json | undefined): string {
  const name = code(keyword);
  if (!shown.has(keyword)) {
    if (old === undefined) return `is now limited by ${name}`;
    return next === undefined ? `is no longer limited by ${name}` : `is limited by another ${name}`;
  }
  if (old === undefined) return `has the new limit ${name} ${valueText(next)}`;
  if (next === undefined) return `no longer has the limit ${name} ${valueText(old)}`;
  return `changed its limit ${name} from ${valueText(old)} to ${valueText(next)}`;
}

export function valueText(value: Json | undefined): string {
  return code(typeof value === "string" && value !== "" ? value : canonical(value));
}
