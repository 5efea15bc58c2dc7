import { createWorld, type OwnWorld, type WorldOptions } from "../../src/create-world.js";
import type { Call, Handlers, OperationName, Resource } from "../../src/handler.js";
import type { World } from "../../src/world.js";

type CallOf<Name extends OperationName> = Parameters<Handlers[Name]>[0];
type Input<Name extends OperationName> = Partial<Pick<CallOf<Name>, "path" | "query" | "body" | "accept">>;

export interface TestWorld extends OwnWorld {
  /** Calls a handler, as the server does for a request that is valid. */
  call<Name extends OperationName>(name: Name, input?: Input<Name>): ReturnType<Handlers[Name]>;
  /** What the last call marked as assumed. */
  readonly assumed: readonly string[];
  /** Types of all events, in their order. */
  eventTypes(): string[];
  /** The objects of all events of a type, in their order. */
  objects<Type>(type: string): Type[];
}

/** A world of some resources, with a manual clock and a seed unless something else is asked for. */
export function testWorld(resources: readonly Resource[], options: Partial<WorldOptions> = {}): TestWorld {
  const handlers: Partial<Handlers> = Object.assign({}, ...resources.map((resource) => resource.handlers));
  const tasks: WorldOptions["tasks"] = Object.assign({}, ...resources.map((resource) => resource.tasks));
  const world = createWorld({
    clock: "manual",
    seed: "test",
    ...options,
    tasks: { ...tasks, ...options.tasks },
  });
  const assumed: string[] = [];
  return Object.assign(world, {
    assumed,
    call<Name extends OperationName>(name: Name, input: Input<Name> = {}) {
      const handler = handlers[name] as ((call: Call) => ReturnType<Handlers[Name]>) | undefined;
      if (!handler) throw new Error(`no handler is called ${name}`);
      assumed.length = 0;
      return handler({
        world: world satisfies World,
        path: {},
        query: {},
        body: {},
        accept: "application/json",
        assumed: (what) => assumed.push(what),
        ...input,
      } as Call);
    },
    eventTypes: () => world.tables.events.list().map(({ type }) => type),
    objects: <Type>(type: string): Type[] =>
      world.tables.events
        .list((event) => event.type === type)
        .map(({ json }) => (JSON.parse(json) as { object: Type }).object),
  });
}
