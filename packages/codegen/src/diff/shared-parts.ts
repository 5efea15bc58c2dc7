import type { Part } from "./parts.js";
import { compareText } from "./text.js";
import { newSink, type Sink } from "./walk.js";

interface Use {
  readonly operations: Set<string>;
  readonly compare: (sink: Sink, note: string) => void;
}

/**
 * Parameters, bodies and answers that operations share by a reference to the same component. What changed in one is
 * told of once, without an operation unless only one uses it: a change in a shared error would be told of a hundred
 * times otherwise.
 */
export class SharedParts {
  private readonly uses = new Map<string, Use>();

  /** Compares at once what only this operation has, and later what it may share. `note` belongs behind its name. */
  compare(old: Part, next: Part, sink: Sink, compare: Use["compare"], variant = ""): void {
    if (old.ref === undefined || old.ref !== next.ref) {
      compare(sink, "");
      return;
    }
    const key = JSON.stringify([old.ref, variant]);
    const use = this.uses.get(key) ?? { operations: new Set(), compare };
    use.operations.add(sink.owner.operation ?? "");
    this.uses.set(key, use);
  }

  finish(): Sink[] {
    return [...this.uses.entries()]
      .sort(([a], [b]) => compareText(a, b))
      .map(([, { operations, compare }]) => {
        const [only] = operations;
        const single = operations.size === 1 && only !== undefined && only !== "";
        const sink = newSink(single ? { operation: only } : {});
        compare(sink, single ? "" : ` (shared by ${operations.size} operations)`);
        return sink;
      });
  }
}
