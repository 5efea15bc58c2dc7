import { eventTypes } from "@upvest-sdk/types/events";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isKnownEvent, parseEvent, WebhookError } from "../src/index.js";
import { newEvent } from "./support/sender.js";

const outcome = (text: string) => {
  try {
    return parseEvent(text);
  } catch (error) {
    return error;
  }
};

test("an event, as a message of the Kafka topic has it", () => {
  const event = newEvent({ webhook_id: undefined as never });
  expect(parseEvent(JSON.stringify(event))).toEqual(JSON.parse(JSON.stringify(event)));
});

test.each(eventTypes)("%s is known", (type) => {
  expect(isKnownEvent(newEvent({ type }))).toBe(true);
});

test.each([
  "ORDER.SOMETHING",
  "ORDER",
  "",
  "order.filled",
  "ORDER.FILLED ",
  "ORDER.*",
  "toString",
  "__proto__",
])("%j is not known, and passed on", (type) => {
  const event = newEvent({ type });
  expect(isKnownEvent(event)).toBe(false);
  expect(parseEvent(JSON.stringify(event))).toEqual(event);
});

test("the refusal quotes nothing of the text", () => {
  for (const text of ['{"canary-4711', "canary-4711", '{"id":"canary-4711"}', '"canary-4711"']) {
    const error = outcome(text) as WebhookError;
    expect(error).toBeInstanceOf(WebhookError);
    expect([error.code, error.status, error.cause]).toEqual(["MALFORMED", 400, undefined]);
    expect(error.message).not.toContain("canary");
  }
});

test("what is no text is no event", () => {
  for (const given of [undefined, null, 5, {}, [], Buffer.from("{}")])
    expect(outcome(given as never)).toMatchObject({ code: "MALFORMED" });
});

const names = fc.constantFrom(
  "id",
  "type",
  "created_at",
  "object",
  "__proto__",
  "payload",
  "constructor",
  "a",
);
const almost = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.string(),
    fc.constantFrom(null, true, 0, -1.5, "", "ORDER.FILLED", "2024-05-13T12:00:00Z"),
    fc.array(tie("value")),
    tie("object"),
  ),
  object: fc.array(fc.tuple(names, tie("value"))).map((entries) => Object.fromEntries(entries)),
})).object;

test("whatever text: an event, or MALFORMED", () => {
  const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json(),
    almost.map((value) => JSON.stringify(value)),
    fc
      .record({ id: fc.string(), type: fc.string(), created_at: fc.string() })
      .map((value) => JSON.stringify(value)),
    fc.tuple(fc.nat(), fc.string({ maxLength: 3 })).map(([at, text]) => {
      const whole = JSON.stringify(newEvent());
      return whole.slice(0, at % whole.length) + text + whole.slice((at % whole.length) + text.length);
    }),
  );
  let events = 0;
  fc.assert(
    fc.property(texts, (text) => {
      const result = outcome(text);
      if (result instanceof Error) {
        expect(result).toBeInstanceOf(WebhookError);
        expect((result as WebhookError).code).toBe("MALFORMED");
        return;
      }
      events++;
      const event = JSON.parse(text);
      expect(result).toEqual(event);
      expect([typeof event.id, typeof event.type, typeof event.created_at]).toEqual([
        "string",
        "string",
        "string",
      ]);
      expect(isKnownEvent(event)).toBe((eventTypes as readonly string[]).includes(event.type));
    }),
    { numRuns: 2000 },
  );
  expect(events).toBeGreaterThan(100);
});
