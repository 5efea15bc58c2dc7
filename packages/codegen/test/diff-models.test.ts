import { describe, expect, test } from "vitest";
import { compare } from "../src/diff/compare.js";
import type { Json, JsonObject } from "../src/document.js";
import {
  asAnswer,
  asRequest,
  description,
  jsonContent,
  messages,
  outcome,
  ref,
  withOperation,
} from "./diff-descriptions.js";

const text = { type: "string" };

function fields(properties: JsonObject): JsonObject {
  return { type: "object", properties };
}

function answering(name: string, schemas: JsonObject): JsonObject {
  return withOperation({ responses: { "200": jsonContent(ref(name)) } }, { components: { schemas } });
}

const user = fields({ a: text });

describe("models by name", () => {
  test.each<[rule: string, old: JsonObject, next: JsonObject, told: string[]]>([
    ["added", asAnswer(user), asAnswer(user, { Other: user }), ["added", "minor"]],
    ["removed", asAnswer(user, { Other: user }), asAnswer(user), ["removed!", "major"]],
    [
      "renamed",
      answering("User", { User: user }),
      answering("Person", { Person: user }),
      ["changed!", "major"],
    ],
    [
      "renamed, and another structure",
      answering("User", { User: user }),
      answering("Person", { Person: fields({ a: text, b: text }) }),
      ["removed!", "added", "added", "major"],
    ],
    [
      "in another order",
      asAnswer(user, { A: user, B: user }),
      asAnswer(user, { B: user, A: user }),
      ["none"],
    ],
  ])("%s", (_, old, next, told) => {
    expect(outcome(old, next)).toEqual(told);
  });

  test("a rename says both names, and nothing is told of removed or added", () => {
    const { changes } = compare(answering("User", { User: user }), answering("Person", { Person: user }));
    expect(changes).toEqual([
      {
        kind: "changed",
        breaking: true,
        model: "User",
        pointer: "#/components/schemas/Person",
        message: "the model was renamed to `Person`: code that imports it no longer compiles",
      },
    ]);
  });

  test("a rename below a rename, in a circle", () => {
    const circle = (one: string, two: string): JsonObject => {
      return answering(one, {
        [one]: fields({ next: ref(two) }),
        [two]: fields({ back: ref(one), a: text }),
      });
    };
    expect(outcome(circle("A", "B"), circle("C", "D"))).toEqual(["changed!", "changed!", "major"]);
  });

  test("a model that was split is removed, and says what took its place", () => {
    const uses = (x: string, y: string, schemas: JsonObject): JsonObject => {
      return asAnswer(fields({ x: ref(x), y: ref(y) }), schemas);
    };
    const old = uses("Money", "Money", { Money: user });
    const [removed] = messages(old, uses("Price", "Fee", { Price: user, Fee: user }));
    expect(removed).toBe(
      "the model was removed: code that imports it no longer compiles; where it was used there is `Fee`, `Price` now",
    );
  });

  test("a place that refers to another model, both of which stay", () => {
    const schemas = { A: fields({ x: text }), B: fields({ x: text }), C: fields({ y: text }) };
    const at = (name: string): JsonObject => asAnswer(fields({ f: ref(name) }), schemas);
    expect(messages(at("A"), at("B"))).toEqual([
      "field `f` changed its type from `A` to `B`: they have the same structure",
    ]);
    expect(messages(at("A"), at("C"))).toEqual([
      "field `f` changed its type from `A` to `C`: they differ (field `x` was removed)",
    ]);
    expect(outcome(at("A"), at("B"))).toEqual(["changed", "minor"]);
    expect(outcome(at("A"), at("C"))).toEqual(["changed!", "major"]);
  });

  test("a difference further down breaks every place that leads to it, whatever the order", () => {
    const model = (next: string): JsonObject => fields({ next: ref(next) });
    const schemas = { A: model("B"), B: model("A"), C: model("D"), D: model("E"), E: fields({ next: text }) };
    const at = (name: string): JsonObject => asAnswer(fields({ f: ref(name) }), schemas);
    expect(outcome(at("A"), at("C"))).toEqual(["changed!", "major"]);
  });
});

describe("models by use", () => {
  test("a model that many places use is told of once", () => {
    const wide = (values: string[]): JsonObject => {
      const properties = Object.fromEntries(
        Array.from({ length: 100 }, (_, index) => [`f${index}`, ref("Status")]),
      );
      return asAnswer(fields(properties), { Status: { enum: values } });
    };
    expect(compare(wide(["A"]), wide(["A", "B"])).changes).toHaveLength(1);
  });

  test("a model that no operation of both leads to is judged by its use in one, else as both", () => {
    const model = (isRequired: boolean): JsonObject => ({
      S: { ...fields({ a: text }), ...(isRequired ? { required: ["a"] } : {}) },
    });
    const unused = (isRequired: boolean): JsonObject =>
      description({ components: { schemas: model(isRequired) } });
    expect(outcome(unused(false), unused(true))).toEqual(["changed!", "major"]);
    const gone = asAnswer(ref("S"), model(false));
    const removed = description({ paths: {}, components: { schemas: { Thing: ref("S"), ...model(true) } } });
    const told = compare(gone, removed).changes.filter((change) => change.model === "S");
    expect(told).toMatchObject([{ kind: "changed", breaking: false }]);
  });

  test("a base that models take in by `allOf` is told of once, under its own name", () => {
    const based = (meta: JsonObject): JsonObject => {
      const list = { allOf: [ref("Meta"), fields({ data: text })] };
      return asAnswer(fields({ a: ref("A"), b: ref("B") }), { A: list, B: list, Meta: meta });
    };
    const { changes } = compare(
      based(user),
      based({ ...fields({ a: { type: "number" }, n: text }), required: ["a"] }),
    );
    expect(changes.map((change) => [change.model, change.kind])).toEqual([
      ["Meta", "changed"],
      ["Meta", "changed"],
      ["Meta", "added"],
    ]);
  });

  test("another base is told of where it is taken in, and breaks when it differs", () => {
    const schemas = { P: fields({ p: text }), Q: fields({ p: text }), R: fields({ r: text }) };
    const on = (base: string): JsonObject => asAnswer({ allOf: [ref(base), fields({ own: text })] }, schemas);
    expect(messages(on("P"), on("Q"))).toEqual([
      "the model takes in `Q` instead of `P`: they have the same structure",
    ]);
    expect(messages(on("P"), on("R"))).toEqual([
      "the model takes in `R` instead of `P`: they differ (field `p` was removed)",
    ]);
    expect(outcome(on("P"), on("R"))).toEqual(["changed!", "major"]);
  });

  test("circles end: by reference, through allOf, through bases that both change", () => {
    const self = (x: Json): JsonObject => asRequest(fields({ next: ref("Thing"), x }));
    expect(outcome(self(text), self({ type: "number" }))).toEqual(["changed!", "major"]);
    const inPlace = (x: Json): JsonObject => {
      return asRequest(fields({ next: { allOf: [ref("Thing"), { required: ["x"] }] }, x }));
    };
    expect(outcome(inPlace(text), inPlace({ type: "number" }))).toEqual(["changed!", "major"]);
    const two = (p: string, q: string): JsonObject => {
      const schemas = {
        P: fields({ y: ref("P") }),
        Q: fields({ y: ref("Q") }),
        R: fields({ y: ref("R"), z: text }),
      };
      return asAnswer({ allOf: [ref(p), ref(q)] }, schemas);
    };
    expect(outcome(two("P", "Q"), two("R", "Q")).at(-1)).toBe("minor");
    const alias = { Thing: ref("Loop"), Loop: ref("Thing") };
    const loop = withOperation(
      { requestBody: jsonContent(ref("Thing")) },
      { components: { schemas: alias } },
    );
    expect(outcome(loop, structuredClone(loop))).toEqual(["none"]);
  });

  test("a chain of models that doubles at every step takes no time", () => {
    const chain = (x: Json): JsonObject => {
      const models = Array.from({ length: 200 }, (_, index) => {
        const next = ref(`M${index + 1}`);
        return [`M${index}`, fields({ a: { allOf: [next, { required: ["a"] }] }, b: next, c: next })];
      });
      return asAnswer(ref("M0"), { ...Object.fromEntries(models), M200: fields({ x }) });
    };
    const { changes } = compare(chain(text), chain({ type: "number" }));
    expect(changes.filter((change) => change.model === "M200")).toHaveLength(1);
  });
});
