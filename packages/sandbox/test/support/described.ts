import { readDescription } from "../../src/description.js";
import type { OperationName, Resource } from "../../src/handler.js";
import { createValidator } from "../../src/validation.js";
import { type TestWorld, testWorld } from "./world.js";

const description = readDescription();
const validator = createValidator(description);

const typesOf = (name: string): string[] => {
  const schema = JSON.stringify(description.events.get(name));
  const used = Object.keys(description.schemas).filter((one) =>
    schema.includes(`"#/components/schemas/${one}"`),
  );
  const all = used.map((one) => JSON.stringify(description.schemas[one])).join();
  const deeper = Object.keys(description.schemas).filter((one) =>
    all.includes(`"#/components/schemas/${one}"`),
  );
  return [...new Set([...used, ...deeper])].flatMap(
    (one) => JSON.stringify(description.schemas[one]).match(/"[A-Z_]+\.[A-Z_]+"/g) ?? [],
  );
};
const eventNames = new Map(
  [...description.events.keys()].flatMap((name) => typesOf(name).map((type) => [JSON.parse(type), name])),
);

/** A world whose calls throw if an answer is not what the description says. */
export function describedWorld(resources: readonly Resource[]): TestWorld {
  const world = testWorld(resources);
  const call: TestWorld["call"] = (name, input) => {
    const operation = description.operations.find((one) => one.name === (name satisfies OperationName));
    if (!operation) throw new Error(`no operation is called ${name}`);
    if (operation.bodies.size) {
      const fault = validator.body(operation, "application/json", input?.body);
      if (fault) throw new Error(`${name}: ${fault}`);
    }
    const answer = structuredClone(world.call(name, input));
    if (answer instanceof Uint8Array) return answer;
    const fault = operation.answers.size
      ? validator.answer(operation, "application/json", answer)
      : answer && "there is no body";
    if (fault) throw new Error(`${name}: ${fault}`);
    return answer;
  };
  return Object.assign(Object.create(world), { call });
}

/** What is wrong with the events of a world. */
export const eventFaults = (world: TestWorld): string[] =>
  world.tables.events.list().flatMap(({ type, json }) => {
    const name = eventNames.get(type);
    if (!name) return [`${type} is in no schema`];
    const fault = validator.event(name, { ...JSON.parse(json), webhook_id: world.ids.uuid() });
    return fault ? [`${type}: ${fault}`] : [];
  });
