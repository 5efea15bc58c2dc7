import type { Ids } from "./ids.js";

/** What goes wrong on purpose. */
export type Fault = {
  /** Only for this operation, by its id (`place_order`) or its constant's name (`placeOrder`). Default: all. */
  operation?: string | undefined;
  /** So many times; then the fault is gone. Default `Infinity`. */
  times?: number | undefined;
  /** How likely it is each time, 0 to 1. Default 1. */
  probability?: number | undefined;
} & (
  | {
      /** Waits so many ms, `before` anything is done, or `after` the operation was carried out, before it is answered. */
      kind: "latency";
      /** How long, in ms of real time; 0 or more. */
      ms: number;
      /** Default `before`. */
      when?: "before" | "after" | undefined;
    }
  | {
      /** Cuts the connection, `before` anything is done, or `after` the operation was carried out. */
      kind: "reset";
      /** There is no default: one of both. */
      when: "before" | "after";
    }
  | {
      /** Answers with an error in place of the answer. 429 and `before`: nothing is done. */
      kind: "status";
      /** HTTP status of the answer. */
      status: 429 | 500 | 502 | 503 | 504;
      /** Before the operation is carried out, or after it. Default `before`. */
      when?: "before" | "after" | undefined;
    }
  | {
      /** All tokens are revoked before the request is looked at. */
      kind: "token-revocation";
    }
  | {
      /** The server's clock is wrong by so many ms (positive: ahead) where it looks at signatures. */
      kind: "clock-skew";
      /** How far, in ms; less than 0: it is behind. */
      ms: number;
    }
  | {
      /** The key that webhooks are signed with is changed before the next delivery; the old one is no longer published. */
      kind: "webhook-key-rotation";
    }
  | {
      /** A delivery that was taken is sent once more. */
      kind: "duplicate-delivery";
    }
  | {
      /** Events of a delivery are not in their order. */
      kind: "reordered-delivery";
    }
);

/** What can go wrong: the `kind` of a `Fault` says which. */
export type FaultKind = Fault["kind"];

const kinds: Readonly<Record<FaultKind, true>> = {
  latency: true,
  reset: true,
  status: true,
  "token-revocation": true,
  "clock-skew": true,
  "webhook-key-rotation": true,
  "duplicate-delivery": true,
  "reordered-delivery": true,
};
const statuses = [429, 500, 502, 503, 504];

/** @throws {TypeError} */
function checkFault(fault: Fault): Fault {
  if (typeof fault !== "object" || fault === null || !Object.hasOwn(kinds, fault.kind))
    throw new TypeError(`A fault has a kind: one of ${Object.keys(kinds).join(", ")}.`);
  const { times = 1, probability = 1 } = fault;
  if (!(times > 0)) throw new TypeError("The times of a fault are more than 0.");
  if (!(probability >= 0 && probability <= 1))
    throw new TypeError("The probability of a fault is between 0 and 1.");
  if ("when" in fault && fault.when !== undefined && fault.when !== "before" && fault.when !== "after")
    throw new TypeError("A fault happens `before` the operation or `after` it.");
  if (fault.kind === "reset" && !fault.when)
    throw new TypeError("A reset says when: `before` the operation is carried out, or `after`.");
  if (fault.kind === "latency" && !(Number.isFinite(fault.ms) && fault.ms >= 0))
    throw new TypeError("A latency has `ms`, 0 or more.");
  if (fault.kind === "clock-skew" && !Number.isFinite(fault.ms))
    throw new TypeError("A clock skew has `ms`.");
  if (fault.kind === "status" && !statuses.includes(fault.status))
    throw new TypeError(`A fault's status is one of ${statuses.join(", ")}.`);
  return fault;
}

/** The faults of a running sandbox. */
export interface Faults {
  /**
   * Adds one; what is given back takes it away again.
   * @throws {TypeError} the fault makes no sense
   */
  add(fault: Fault): () => void;
  /** Takes all of them away. */
  clear(): void;
  /** Those that are left, with how often they will still happen. */
  list(): Fault[];
}

export interface OwnFaults extends Faults {
  /** The faults of a kind that happen now; they are counted. */
  take<Kind extends FaultKind>(
    kind: Kind,
    operation?: { id: string; name: string | undefined },
    when?: "before" | "after",
  ): Extract<Fault, { kind: Kind }>[];
}

export function createFaults(given: readonly Fault[], ids: Ids): OwnFaults {
  const left = new Map<Fault, number>();
  const add = (fault: Fault) => {
    checkFault(fault);
    const own = { ...fault };
    left.set(own, own.times ?? Infinity);
    return () => {
      left.delete(own);
    };
  };
  given.forEach(add);
  return {
    add,
    clear: () => left.clear(),
    list: () => [...left].map(([fault, times]) => ({ ...fault, ...(times !== Infinity && { times }) })),
    take<Kind extends FaultKind>(
      kind: Kind,
      operation?: { id: string; name: string | undefined },
      when: "before" | "after" = "before",
    ) {
      const taken: Extract<Fault, { kind: Kind }>[] = [];
      for (const [fault, times] of left) {
        if (fault.kind !== kind) continue;
        if ("when" in fault ? (fault.when ?? "before") !== when : when === "after") continue;
        if (
          fault.operation !== undefined &&
          fault.operation !== operation?.id &&
          fault.operation !== operation?.name
        )
          continue;
        if (fault.probability !== undefined && ids.random() >= fault.probability) continue;
        if (times > 1) left.set(fault, times - 1);
        else left.delete(fault);
        taken.push(fault as Extract<Fault, { kind: Kind }>);
      }
      return taken;
    },
  };
}
