import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Running, run } from "./support/running.js";

// A later description, with operations that this release knows nothing of.
let running: Running;
let folder: string;
beforeAll(async () => {
  const raw = JSON.parse(readFileSync(new URL("../description.json", import.meta.url), "utf8"));
  const { "/users": users, "/users/{user_id}": user } = raw.paths;
  const model = (required: string[]) => ({
    type: "object",
    required,
    additionalProperties: false,
    properties: {
      id: { type: "string", format: "uuid" },
      created_at: { type: "string", format: "date-time" },
      colour: { type: "string", enum: ["RED", "GREEN"] },
      amount: { type: "string", pattern: "^[0-9]{1,9}(\\.[0-9]{2})?$" },
      note: { type: "string", maxLength: 20 },
    },
  });
  raw.components.schemas.Gift = model(["id", "created_at", "colour", "amount"]);
  raw.components.schemas.GiftRequest = model(["amount"]);
  raw.components.schemas.GiftList = {
    type: "object",
    required: ["meta", "data"],
    properties: {
      meta: { $ref: "#/components/schemas/Meta" },
      data: { type: "array", items: { $ref: "#/components/schemas/Gift" } },
    },
  };
  const json = (name: string) => ({
    "application/json": { schema: { $ref: `#/components/schemas/${name}` } },
  });
  const id = { name: "gift_id", in: "path", required: true, schema: { type: "string", format: "uuid" } };
  const { security } = users.get;
  const answer = (name: string) => ({ 200: { content: json(name) } });
  raw.paths["/gifts"] = {
    get: {
      ...users.get,
      operationId: "list_gifts",
      responses: answer("GiftList"),
      parameters: users.get.parameters.filter((one: { name: string }) => one.name !== "sort"),
    },
    post: {
      ...users.post,
      operationId: "create_gift",
      requestBody: { required: true, content: json("GiftRequest") },
      responses: answer("Gift"),
    },
  };
  raw.paths["/gifts/{gift_id}"] = {
    get: { ...user.get, operationId: "retrieve_gift", responses: answer("Gift"), parameters: [id] },
    patch: {
      operationId: "update_gift",
      security: users.post.security,
      requestBody: { required: true, content: json("GiftRequest") },
      responses: answer("Gift"),
      parameters: [id],
    },
    delete: { operationId: "delete_gift", security, responses: { 204: {} }, parameters: [id] },
  };
  folder = mkdtempSync(path.join(tmpdir(), "upvest-sandbox-test-"));
  const description = path.join(folder, "description.json");
  writeFileSync(description, JSON.stringify(raw));
  running = await run({ description });
});
afterAll(async () => {
  await running.sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

const body = (value: object) => JSON.stringify(value);
const create = (value: object) =>
  running.request("POST", "/gifts", { body: body(value), headers: { "idempotency-key": randomUUID() } });

test("what is created is kept with the values that were sent, retrieved, listed, changed and deleted", async () => {
  const first = await create({ amount: "12.50", note: "for you" });
  expect([first.status, first.body]).toEqual([
    200,
    expect.objectContaining({ amount: "12.50", note: "for you", colour: "RED" }),
  ]);
  expect(first.headers.get("x-sandbox-assumed")).toMatch(/create_gift/);
  const second = await create({ amount: "1.00", colour: "GREEN" });
  const at = `/gifts/${first.body.id}`;
  expect((await running.request("GET", at)).body).toEqual(first.body);
  const list = await running.request("GET", "/gifts?limit=1&order=DESC");
  expect(list.body).toMatchObject({ data: [second.body], meta: { total_count: 2, count: 1 } });
  expect((await running.request("PATCH", at, { body: body({ amount: "2.00" }) })).body).toEqual({
    ...first.body,
    amount: "2.00",
  });
  expect((await running.request("GET", at)).body.amount).toBe("2.00");
  expect((await running.request("DELETE", at)).status).toBe(204);
  expect((await running.request("GET", at)).status).toBe(404);
  expect((await running.request("GET", "/gifts")).body.data).toEqual([second.body]);
});

test("is as strict as with any other operation", async () => {
  expect((await create({ amount: "x" })).status).toBe(400);
  expect((await create({ amount: "1.00", size: 1 })).body.detail).toMatch(/has no field "size"/);
  expect((await running.request("GET", `/gifts/${randomUUID()}`)).status).toBe(404);
  expect(
    (await running.request("PATCH", `/gifts/${randomUUID()}`, { body: body({ amount: "1.00" }) })).status,
  ).toBe(404);
  expect((await running.request("GET", "/gifts", { headers: { authorization: undefined } })).status).toBe(
    401,
  );
});
