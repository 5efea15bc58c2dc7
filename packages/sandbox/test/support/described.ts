import type { EventType } from "@upvest-sdk/types";
import { readDescription } from "../../src/description.js";
import type { Handlers, OperationName, Resource } from "../../src/handler.js";
import { Problem } from "../../src/problem.js";
import { createValidator } from "../../src/validation.js";
import { type TestWorld, testWorld } from "./world.js";

const description = readDescription();
const validator = createValidator(description);

type Input<Name extends OperationName> = Partial<
  Pick<Parameters<Handlers[Name]>[0], "path" | "query" | "body" | "accept">
>;

interface NewEvent {
  type: EventType;
  created_at: string;
  object: Record<string, unknown>;
}

/** A world whose calls and events are what the description says. */
export function describedWorld(resources: readonly Resource[]) {
  const world: TestWorld = testWorld(resources);
  let seen = 0;

  /** Calls a handler. The answer is a copy. */
  function call<Name extends OperationName>(name: Name, input: Input<Name> = {}): ReturnType<Handlers[Name]> {
    const operation = description.operations.find((one) => one.name === name);
    if (!operation) throw new Error(`the description has no operation ${name}`);
    for (const where of ["path", "query"] as const) {
      const given = Object.fromEntries(
        Object.entries(input[where] ?? {}).map(([key, value]) => [key, String(value)]),
      );
      const { fault } = validator.parameters(operation, where, given);
      if (fault) throw new Error(`${name} is called wrongly: ${fault}`);
    }
    const wrong = operation.bodyRequired
      ? validator.body(operation, "application/json", input.body)
      : undefined;
    if (wrong) throw new Error(`${name} is called wrongly: ${wrong}`);
    const answer = structuredClone(world.call(name, structuredClone(input)));
    if (answer instanceof Uint8Array) return answer;
    const fault = operation.answers.size
      ? validator.answer(operation, "application/json", answer)
      : answer && "no body was expected";
    if (fault) throw new Error(`${name} answers wrongly: ${fault}`);
    return answer;
  }

  /** Why a call is refused: status and detail. A refusal changes nothing. */
  function refused<Name extends OperationName>(name: Name, input: Input<Name>): [number, string] {
    const before = JSON.stringify(world.save());
    try {
      call(name, input);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (JSON.stringify(world.save()) !== before)
        throw new Error(`${name} was refused, but changed something`);
      return [problem.status, problem.detail];
    }
    throw new Error(`${name} was not refused`);
  }

  /** Events since the last look, each of them valid by the description. */
  function news(): NewEvent[] {
    const found = world.tables.events.list().slice(seen);
    seen += found.length;
    return found.map(({ json }) => {
      const event: NewEvent = JSON.parse(json);
      const sent = { ...event, webhook_id: "5a9ed0b2-4c4e-4a5e-8a3b-1d7c6f2e9b10" };
      if (![...description.events.keys()].some((name) => validator.event(name, sent) === undefined))
        throw new Error(`no event of the description is like ${json}`);
      return event;
    });
  }

  return {
    world,
    call,
    refused,
    news,
    /** Types of the events since the last look. */
    events: () => news().map(({ type }) => type),
    /** Moves the clock on by so many steps of life cycles. */
    steps: (count = 1) => world.clock.advance(count * 50),
  };
}
