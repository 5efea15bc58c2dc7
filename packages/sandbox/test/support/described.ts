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

/** A world whose calls and events are what the description says. */
export function describedWorld(resources: readonly Resource[]) {
  const world: TestWorld = testWorld(resources);
  let seen = 0;

  /** Calls a handler. The answer is a copy. */
  function call<Name extends OperationName>(name: Name, input: Input<Name> = {}): ReturnType<Handlers[Name]> {
    const operation = description.operations.find((one) => one.name === name);
    if (!operation) throw new Error(`the description has no operation ${name}`);
    const wrong = operation.bodyRequired
      ? validator.body(operation, "application/json", input.body)
      : undefined;
    if (wrong) throw new Error(`${name} is called wrongly: ${wrong}`);
    const answer = structuredClone(world.call(name, input));
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

  /** Types of the events since the last time. */
  function events(): string[] {
    const news = world.tables.events.list().slice(seen);
    seen += news.length;
    for (const { json } of news) {
      const event = { ...JSON.parse(json), webhook_id: "5a9ed0b2-4c4e-4a5e-8a3b-1d7c6f2e9b10" };
      const fits = [...description.events.keys()].some((name) => validator.event(name, event) === undefined);
      if (!fits) throw new Error(`no event of the description is like ${json}`);
    }
    return news.map(({ type }) => type);
  }

  return {
    world,
    call,
    refused,
    events,
    /** Moves the clock on by so many steps of life cycles. */
    steps: (count = 1) => world.clock.advance(count * 50),
  };
}
