import type { SchemaStep } from "../../schemas.js";
import type { Occurrence } from "./collect.js";
import type { Group } from "./group.js";
import { isReserved } from "./reserved.js";

/** A model: a group, or the part of an untitled group that one parent uses. */
export interface Model {
  group: Group;
  occurrences: Occurrence[];
  name: string;
}

/** The names that have been given so far. */
export class Names {
  readonly models: Model[] = [];
  readonly #taken = new Set<string>();
  readonly #byOccurrence = new Map<Occurrence, Model>();

  isFree(name: string): boolean {
    return name !== "" && !this.#taken.has(name.toLowerCase()) && !isReserved(name);
  }

  give(group: Group, occurrences: Occurrence[], name: string): void {
    this.#taken.add(name.toLowerCase());
    const model = { group, occurrences, name };
    this.models.push(model);
    for (const occurrence of occurrences) this.#byOccurrence.set(occurrence, model);
  }

  of(occurrence: Occurrence | undefined): string | undefined {
    return occurrence === undefined ? undefined : this.#byOccurrence.get(occurrence)?.name;
  }

  /** What the list `data` of this model holds. */
  itemOf(list: Occurrence): string | undefined {
    for (const [{ parent, steps }, { name }] of this.#byOccurrence) {
      if (parent === list && steps.length === 2 && isStep(steps[0], "data") && steps[1]?.kind === "items")
        return name;
    }
    return undefined;
  }
}

function isStep(step: SchemaStep | undefined, property: string): boolean {
  return step?.kind === "property" && step.name === property;
}
