import fc from "fast-check";
import { expect, test } from "vitest";
import { Failure } from "../src/errors.js";
import { readSavedRequest } from "../src/saved-request.js";

const token = fc.stringMatching(/^[A-Za-z][\w-]{0,20}$/);
const value = fc.stringMatching(/^([!-~]([ -~]{0,20}[!-~])?)?$/);

test("what was written is read, with LF and CRLF, the body byte for byte", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(
          token.filter((name) => !/^(content-length|transfer-encoding)$/i.test(name)),
          value,
        ),
        { maxLength: 5 },
      ),
      fc.uint8Array(),
      fc.constantFrom("\n", "\r\n"),
      fc.constantFrom("", "\n", "\r\n"),
      (headers, body, end, added) => {
        const all = [...headers, ["Content-Length", `${body.length}`] as [string, string]];
        const head = ["POST /a?b=c HTTP/1.1", ...all.map(([name, text]) => `${name}: ${text}`)].join(end);
        const bytes = Buffer.concat([Buffer.from(head + end + end, "latin1"), body, Buffer.from(added)]);
        const read = readSavedRequest(bytes);
        expect([read.method, read.url, read.headers]).toEqual(["POST", "/a?b=c", all]);
        expect(Buffer.from(read.body)).toEqual(Buffer.from(body));
      },
    ),
  );
});

test("whatever the bytes, it is a request or a failure that says why", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.string({ unit: fc.constantFrom("POST / HTTP/1.1", "\r", "\n", "a", ":", " ") }),
      ),
      (given) => {
        try {
          expect(readSavedRequest(Buffer.from(given as string)).method).toMatch(/^[A-Z]+$/);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
        }
      },
    ),
  );
});

test("a body without a length keeps the line ends that it has", () => {
  const { body } = readSavedRequest(Buffer.from("POST / HTTP/1.1\nhost: x\n\n\n{}\n"));
  expect(Buffer.from(body).toString()).toBe("\n{}\n");
});
