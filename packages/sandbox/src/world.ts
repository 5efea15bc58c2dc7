import type { EventOf, EventType } from "@upvest-sdk/types";
import type { Clock } from "./clock.js";
import type { Ids } from "./ids.js";
import type { Tables } from "./tables.js";

/** What operations and tasks work on. All of it happens at once: none of them waits in the middle. */
export interface World {
  readonly tables: Tables;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The time of the clock as the API writes it, RFC 3339 in UTC. */
  time(): string;
  /** The time of the clock as a date, `YYYY-MM-DD` in UTC. */
  date(): string;
  /** Runs a task after so many ms of the clock. */
  later(ms: number, task: string, id: string): void;
  /** Sends an event, with the object as it is now, to all who subscribed to it. */
  emit<Type extends EventType>(type: Type, object: EventOf<Type>["object"]): void;
}

/** Life cycles go on after so many ms: soon, but a reader of the first answer sees its first state. */
export const step = 50;
