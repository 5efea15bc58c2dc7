import type { EventOf, EventType } from "@upvest-sdk/types";
import { createClock, type SandboxClock, type Task, type TaskHandler } from "./clock.js";
import { createIds, type Ids } from "./ids.js";
import { createTables, type Tables } from "./tables.js";
import type { World } from "./world.js";

export interface WorldOptions {
  clock: "real" | "manual";
  seed?: string | undefined;
  /** What was kept of an earlier run. */
  saved?: SavedWorld | undefined;
  tasks: Readonly<Record<string, (world: World, id: string) => void | Promise<void>>>;
  /** A new event is in `tables.events`. */
  onEvent?: ((world: World, id: string, type: EventType) => void) | undefined;
  /** Something may have changed by itself. */
  onChange?: (() => void) | undefined;
}

export interface SavedWorld {
  now: number;
  used: number;
  tasks: Task[];
  tables: Record<string, [string, never][]>;
}

export interface OwnWorld extends World {
  readonly clock: SandboxClock;
  readonly ids: Ids & { used(): number };
  readonly tables: Tables;
  save(): SavedWorld;
}

// Where a seeded clock begins: a Monday, in the morning.
const seededStart = Date.UTC(2026, 0, 5, 9);

export function createWorld({ clock: kind, seed, saved, tasks, onEvent, onChange }: WorldOptions): OwnWorld {
  const tables = createTables(saved?.tables);
  const ids = createIds(seed, saved?.used);
  const handlers: Record<string, TaskHandler> = {};
  for (const [name, task] of Object.entries(tasks)) handlers[name] = (id) => task(world, id);
  const clock = createClock({
    kind,
    start: saved?.now ?? (seed === undefined ? Date.now() : seededStart),
    tasks: saved?.tasks,
    handlers,
    onChange,
  });
  const time = () => new Date(clock.now()).toISOString();
  const world: OwnWorld = {
    tables,
    clock,
    ids,
    time,
    date: () => time().slice(0, 10),
    later: clock.later,
    emit<Type extends EventType>(type: Type, object: EventOf<Type>["object"]) {
      const id = ids.uuid();
      const json = JSON.stringify({ id, created_at: time(), type, object });
      tables.events.set(id, { id, type, json });
      onEvent?.(world, id, type);
    },
    save: () => ({
      now: clock.now(),
      used: ids.used(),
      tasks: [...clock.tasks],
      tables: JSON.parse(JSON.stringify(tables)),
    }),
  };
  return world;
}
