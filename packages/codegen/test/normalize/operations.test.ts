import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/document.js";
import { CodegenError } from "../../src/errors.js";
import { inlinePathItems, operationIds, parametersOnOperations } from "../../src/normalize/operations.js";
import { scopeAlternatives } from "../../src/normalize/scope-alternatives.js";
import { transportHeadersOut } from "../../src/normalize/transport-headers.js";
import { documentWith } from "../support/document.js";

const parameter = (name: string, where = "query", more: JsonObject = {}) => ({
  name,
  in: where,
  schema: { type: "string" },
  ...more,
});
const operationAt = (document: JsonObject, path: string, method: string) =>
  ((document["paths"] as JsonObject)[path] as JsonObject)[method] as JsonObject;
const names = (operation: JsonObject) =>
  ((operation["parameters"] ?? []) as JsonObject[]).map((each) => each["name"]);

describe("parametersOnOperations", () => {
  const document = documentWith({
    paths: {
      "/a": {
        parameters: [parameter("shared"), { $ref: "#/components/parameters/Limit" }, parameter("own")],
        get: { operationId: "a", parameters: [parameter("own", "query", { required: true })] },
        post: { operationId: "b" },
      },
    },
    components: { parameters: { Limit: parameter("limit") } },
  });

  test("shared ones go down, an operation's own win, references are written out", () => {
    const result = parametersOnOperations(document);
    expect(names(operationAt(result, "/a", "get"))).toEqual(["shared", "limit", "own"]);
    expect(operationAt(result, "/a", "get")["parameters"]).toContainEqual(
      parameter("own", "query", { required: true }),
    );
    expect(names(operationAt(result, "/a", "post"))).toEqual(["shared", "limit", "own"]);
    expect(result["paths"]).not.toHaveProperty("/a.parameters");
    expect(result["components"]).not.toHaveProperty("parameters");
  });
});

describe("inlinePathItems", () => {
  test("a path item that is a reference is put in place", () => {
    const result = inlinePathItems(
      documentWith({
        paths: { "/a": { $ref: "#/components/pathItems/A" } },
        components: { pathItems: { A: { get: { operationId: "a" } } } },
      }),
    );
    expect(operationAt(result, "/a", "get")).toEqual({ operationId: "a" });
  });
});

describe("operationIds", () => {
  test.each([
    ["get", "/users", "list_users"],
    ["get", "/users/{user_id}", "retrieve_user"],
    ["post", "/users", "create_user"],
    ["put", "/users/{user_id}", "replace_user"],
    ["patch", "/users/{user_id}", "update_user"],
    ["delete", "/users/{user_id}", "delete_user"],
    ["get", "/users/{user_id}/accounts", "list_user_accounts"],
    ["get", "/status", "retrieve_status"],
  ])("%s %s is %s", (method, path, id) => {
    const result = operationIds(documentWith({ paths: { [path]: { [method]: {} } } }));
    expect(operationAt(result, path, method)["operationId"]).toBe(id);
  });

  test("an id given twice is refused, and both places are named", () => {
    const twice = documentWith({
      paths: { "/a": { get: { operationId: "same" } }, "/b": { post: { operationId: "same" } } },
    });
    expect(() => operationIds(twice)).toThrow(CodegenError);
    expect(() => operationIds(twice)).toThrow(/"same".*GET \/a.*POST \/b/);
  });

  test("a webhook's id counts as well", () => {
    const twice = documentWith({
      paths: { "/a": { get: { operationId: "same" } } },
      webhooks: { w: { post: { operationId: "same" } } },
    });
    expect(() => operationIds(twice)).toThrow(expect.objectContaining({ code: "DUPLICATE_OPERATION_ID" }));
  });

  test("a derived id does not take the place of a given one, nor of another derived one", () => {
    const result = operationIds(
      documentWith({
        paths: {
          "/users": { get: {} },
          "/x": { get: { operationId: "list_users" } },
          "/a/{id}": { get: {} },
          "/a/{id}/": { get: {} },
        },
        webhooks: { order: { post: {} } },
      }),
    );
    const ids = ["/users", "/x", "/a/{id}", "/a/{id}/"].map(
      (path) => operationAt(result, path, "get")["operationId"],
    );
    expect(ids).toEqual(["get_users", "list_users", "retrieve_a", "get_a_id"]);
    expect(result["webhooks"]).toMatchObject({ order: { post: { operationId: "order_event" } } });
  });
});

describe("transportHeadersOut", () => {
  const headers = ["Upvest-Client-Id", "authorization", "signature", "signature-input", "upvest-api-version"];

  test("what the client sets is gone, what the caller says stays", () => {
    const result = transportHeadersOut(
      documentWith({
        paths: {
          "/a": {
            get: {
              operationId: "a",
              parameters: [
                ...headers.map((name) => parameter(name, "header")),
                parameter("accept", "header"),
                parameter("q"),
              ],
            },
          },
        },
      }),
    );
    expect(names(operationAt(result, "/a", "get"))).toEqual(["accept", "q"]);
    expect(operationAt(result, "/a", "get")).not.toHaveProperty("x-idempotent");
  });

  test("no parameters are left: no list is left", () => {
    const result = transportHeadersOut(
      documentWith({
        paths: { "/a": { get: { operationId: "a", parameters: [parameter("signature", "header")] } } },
      }),
    );
    expect(operationAt(result, "/a", "get")).not.toHaveProperty("parameters");
  });

  test("an idempotency key may be given, and the operation remembers that it takes one", () => {
    const key = parameter("Idempotency-Key", "header", { required: true });
    const result = transportHeadersOut(
      documentWith({ paths: { "/a": { post: { operationId: "a", parameters: [key] } } } }),
    );
    expect(operationAt(result, "/a", "post")).toEqual({
      operationId: "a",
      parameters: [
        {
          ...key,
          description: expect.stringContaining("happens once"),
          required: false,
          "x-handled-by": "client",
        },
      ],
      "x-idempotent": true,
    });
  });

  test("a query parameter of that name is the caller's", () => {
    const result = transportHeadersOut(
      documentWith({ paths: { "/a": { get: { operationId: "a", parameters: [parameter("signature")] } } } }),
    );
    expect(names(operationAt(result, "/a", "get"))).toEqual(["signature"]);
  });
});

describe("scopeAlternatives", () => {
  const security = (requirements: JsonObject[]) =>
    operationAt(
      scopeAlternatives(
        documentWith({ paths: { "/a": { get: { operationId: "a", security: requirements } } } }),
      ),
      "/a",
      "get",
    )["security"];

  test("scopes of one requirement are alternatives", () => {
    expect(security([{ oauth: ["orders:read", "orders:admin"] }])).toEqual([
      { oauth: ["orders:read"] },
      { oauth: ["orders:admin"] },
    ]);
  });

  test("what the document asks for holds where an operation says nothing", () => {
    const document = {
      ...documentWith({
        paths: { "/a": { get: { operationId: "a" }, post: { operationId: "b", security: [] } } },
      }),
      security: [{ oauth: ["a", "b"] }],
    };
    const result = scopeAlternatives(document);
    expect(operationAt(result, "/a", "get")["security"]).toEqual([{ oauth: ["a"] }, { oauth: ["b"] }]);
    expect(operationAt(result, "/a", "post")["security"]).toEqual([]);
  });

  test("none, one, and two schemes together stay", () => {
    expect(security([])).toEqual([]);
    expect(security([{ oauth: ["a"] }])).toEqual([{ oauth: ["a"] }]);
    expect(security([{ oauth: ["a", "b"], key: [] }])).toEqual([{ oauth: ["a", "b"], key: [] }]);
  });
});
