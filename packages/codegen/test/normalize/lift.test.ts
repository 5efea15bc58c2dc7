import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { CORE_SCHEMA, load } from "js-yaml";
import { describe, expect, test } from "vitest";
import type { Json, JsonObject, OpenApiDocument } from "../../src/document.js";
import { normalize } from "../../src/normalize/index.js";
import {
  answering,
  delivering,
  documentWith,
  permutations,
  schemasOf,
  shuffled,
  taking,
  withSchemas,
} from "../support/document.js";

const order: JsonObject = {
  title: "Order",
  type: "object",
  properties: {
    id: { type: "string" },
    status: {
      type: "string",
      enum: ["NEW", "FILLED"],
      description: "How far.\n* NEW - taken in\n* FILLED - done",
    },
  },
  required: ["id", "status"],
};
const user: JsonObject = {
  title: "User",
  type: "object",
  properties: { id: { type: "string" }, status: { type: "string", enum: ["ACTIVE", "INACTIVE"] } },
};
const onlyId = (title?: string): JsonObject => ({
  ...(title === undefined ? {} : { title }),
  type: "object",
  properties: { id: { type: "string", format: "uuid" } },
  required: ["id"],
});
const page = (title: string, item: Json): JsonObject => ({
  title,
  type: "object",
  properties: {
    meta: {
      type: "object",
      properties: { count: { type: "integer" }, order: { type: "string", enum: ["ASC", "DESC"] } },
    },
    data: { type: "array", items: item },
  },
});
/** For reading deep into a document that the test made itself. */
// biome-ignore lint/suspicious/noExplicitAny: every step would need a check of its own
type Deep = any;

const names = (document: OpenApiDocument) => Object.keys(schemasOf(normalize(document)));
const responseOf = (document: OpenApiDocument, path: string, method: string) => {
  const normal = normalize(document) as Deep;
  return normal.paths[path][method].responses["200"].content["application/json"].schema as Json;
};
const requestOf = (document: OpenApiDocument, path: string, method: string) => {
  const normal = normalize(document) as Deep;
  return normal.paths[path][method].requestBody.content["application/json"].schema as Json;
};
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

describe("what is one model", () => {
  test("the same shape under one title, whatever its prose and examples", () => {
    const other = { ...order, description: "An order.", examples: [{ id: "1" }] };
    const document = documentWith({
      paths: {
        "/a": { get: answering("retrieve_order", order) },
        "/b": { get: answering("find_order", other) },
      },
    });
    expect(names(document)).toEqual(["Order", "OrderStatus"]);
    expect(responseOf(document, "/b", "get")).toEqual({
      ...ref("Order"),
      description: "An order.",
      examples: [{ id: "1" }],
    });
  });

  test("an untitled shape is the only titled one that is the same", () => {
    const { title: _, ...untitled } = order;
    const document = documentWith({
      paths: {
        "/a": { get: answering("retrieve_order", order) },
        "/b": { get: answering("look_up", untitled) },
      },
    });
    expect(responseOf(document, "/b", "get")).toEqual(ref("Order"));
  });

  test("the same shape under two titles is two models", () => {
    const document = documentWith({
      paths: {
        "/checks": { post: answering("create_user_check", onlyId("User Check - Create - Response")) },
        "/orders/{order_id}": { delete: answering("cancel_order", onlyId("Order - Cancel - Response")) },
      },
    });
    expect(responseOf(document, "/checks", "post")).toEqual(ref("UserCheckCreateResponse"));
    expect(responseOf(document, "/orders/{order_id}", "delete")).toEqual(ref("OrderCancelResponse"));
  });

  test("and an untitled one beside them is neither", () => {
    const document = documentWith({
      paths: {
        "/a": { post: answering("create_user_check", onlyId("User Check - Create - Response")) },
        "/b": { delete: answering("cancel_order", onlyId("Order - Cancel - Response")) },
        "/c": { post: answering("trigger_rebalancing", onlyId()) },
      },
    });
    expect(responseOf(document, "/c", "post")).toEqual(ref("RebalancingTriggerResponse"));
  });

  test("a title that contradicts its place is not one", () => {
    const both = { oneOf: [order, user] };
    const document = documentWith({
      paths: {
        "/a": {
          post: taking(
            "create_thing",
            { ...both, title: "Thing - Create - Request", description: "x" },
            { ...both, title: "Thing - Create - Request" },
          ),
        },
        "/b": { get: answering("retrieve_thing", { ...both, title: "Thing - Get - Response" }) },
      },
    });
    expect(responseOf(document, "/a", "post")).toEqual(ref("Thing"));
    expect(requestOf(document, "/a", "post")).toMatchObject(ref("ThingCreateRequest"));
  });

  test("a component that is written out again in place is used, not repeated", () => {
    const { title: _, ...untitled } = order;
    const document = documentWith({
      paths: { "/a": { get: answering("retrieve_order", untitled) } },
      components: { schemas: { Order: untitled } },
    });
    expect(names(document)).toEqual(["Order", "OrderStatus"]);
    expect(responseOf(document, "/a", "get")).toEqual(ref("Order"));
  });

  test("two components of one shape stay two", () => {
    expect(names(withSchemas({ Increase: onlyId(), Decrease: onlyId() }))).toEqual(["Decrease", "Increase"]);
  });

  test("enums of equal values under properties that have nothing in common are two", () => {
    const values = { type: "string", enum: ["NEW", "DONE"] };
    const model = (title: string) => ({
      title,
      type: "object",
      properties: { id: { type: "string" }, status: values, [`${title}_only`]: { type: "string" } },
    });
    const document = documentWith({
      paths: {
        "/a": { get: answering("retrieve_withdrawal", model("Withdrawal")) },
        "/b": { get: answering("retrieve_mandate", model("Mandate")) },
      },
    });
    expect(names(document)).toEqual(["Mandate", "MandateStatus", "Withdrawal", "WithdrawalStatus"]);
  });
});

describe("names", () => {
  test("as a person would give them", () => {
    const group = {
      ...onlyId("Account Group"),
      properties: { id: { type: "string" }, type: { type: "string", enum: ["PERSONAL", "ISA"] } },
    };
    const document = documentWith({
      paths: {
        "/account_groups": {
          get: answering("list_account_groups", page("Account Groups - List - Response", group)),
          post: taking(
            "create_account_group",
            {
              title: "Account Group - Create - Request",
              type: "object",
              properties: { user_id: { type: "string" } },
            },
            group,
          ),
        },
      },
      webhooks: {
        orders: delivering(
          "order_event",
          "Webhook - Orders - Callback",
          ["ORDER.NEW", "ORDER.FILLED"],
          order,
        ),
      },
    });
    expect(names(document)).toEqual(
      [
        "AccountGroup",
        "AccountGroupCreateRequest",
        "AccountGroupListResponse",
        "AccountGroupType",
        "Meta",
        "Order",
        "OrderEvent",
        "OrderEventType",
        "OrderStatus",
        "SortOrder",
      ]
        .filter((name) => name !== "Meta" && name !== "SortOrder")
        .concat(["AccountGroupMeta", "AccountGroupMetaSortOrder"])
        .sort(),
    );
  });

  test("what many models share is named by itself", () => {
    const item = (title: string) => ({ ...onlyId(title), required: ["id", title] });
    const document = documentWith({
      paths: {
        "/a": { get: answering("list_users", page("Users - List - Response", item("User"))) },
        "/b": { get: answering("list_orders", page("Orders - List - Response", item("Order"))) },
      },
    });
    expect(names(document)).toEqual([
      "Meta",
      "MetaSortOrder",
      "Order",
      "OrderListResponse",
      "User",
      "UserListResponse",
    ]);
  });

  test("two shapes under one name are told apart by what holds them", () => {
    const document = documentWith({
      paths: {
        "/a": { get: answering("retrieve_order", order) },
        "/b": { get: answering("retrieve_user", user) },
      },
    });
    expect(names(document)).toEqual(["Order", "OrderStatus", "User", "UserStatus"]);
  });

  test("a title that two bodies have belongs to the one that it fits", () => {
    const reference = {
      type: "object",
      title: "Reference Account",
      properties: { iban: { type: "string" } },
    };
    const document = documentWith({
      paths: {
        "/a": { get: answering("list_users", page("Users - List - Response", user)) },
        "/b": { get: answering("list_reference_accounts", page("Users - List - Response", reference)) },
      },
    });
    expect(responseOf(document, "/a", "get")).toEqual(ref("UserListResponse"));
    expect(responseOf(document, "/b", "get")).toEqual(ref("ReferenceAccountListResponse"));
  });

  test("a resource has its name before a field that is called the same", () => {
    const instrument = { type: "object", properties: { isin: { type: "string" }, name: { type: "string" } } };
    const reference = {
      title: "Instrument",
      type: "object",
      properties: { uuid: { type: "string" }, isin: { type: "string" } },
    };
    const holder = (title: string) => ({
      title,
      type: "object",
      properties: { [title]: { type: "string" }, instrument: reference },
    });
    const document = documentWith({
      paths: {
        "/i": { get: answering("retrieve_instrument", instrument) },
        "/p": { get: answering("retrieve_position", holder("Position")) },
        "/v": { get: answering("retrieve_valuation", holder("Valuation")) },
      },
    });
    expect(responseOf(document, "/i", "get")).toEqual(ref("Instrument"));
    expect(names(document)).toContain("InstrumentReference");
  });

  test("the body of an error does not take the name of the resource", () => {
    const error = { type: "object", properties: { code: { type: "string" }, message: { type: "string" } } };
    const failing = (schema: JsonObject): JsonObject => ({
      ...(answering("retrieve_user", schema)["responses"] as JsonObject),
      "400": { description: "No.", content: { "application/json": { schema: error } } },
      default: { description: "No.", content: { "application/json": { schema: error } } },
    });
    const paths = { "/a": { get: { operationId: "retrieve_user", responses: failing(onlyId()) } } };
    expect(names(documentWith({ paths }))).toEqual(["User", "UserError"]);
    const more = {
      ...paths,
      "/b": { get: { operationId: "retrieve_order", responses: failing({ ...onlyId(), required: [] }) } },
    };
    expect(names(documentWith({ paths: more }))).toEqual(["Error", "Order", "User"]);
  });

  test("two shapes of one title are both named by what holds them, however often each occurs", () => {
    const status = (values: string[]) => ({ title: "Status", type: "string", enum: values });
    const model = (title: string, values: string[]) => ({
      title,
      type: "object",
      properties: { [title]: { type: "string" }, status: status(values) },
    });
    const paths = {
      "/o": { get: answering("retrieve_order", model("Order", ["NEW", "DONE"])) },
      "/u": { get: answering("retrieve_user", model("User", ["ON", "OFF"])) },
    };
    expect(names(documentWith({ paths }))).toEqual(["Order", "OrderStatus", "User", "UserStatus"]);
    const more = {
      ...paths,
      "/b": { get: answering("retrieve_order_book", model("Order Book", ["NEW", "DONE"])) },
    };
    expect(names(documentWith({ paths: more }))).toEqual(
      expect.arrayContaining(["OrderStatus", "UserStatus"]),
    );
  });

  test("two events of one prefix", () => {
    const document = documentWith({
      webhooks: {
        a: delivering("order_a", "", ["ORDER.FILLED"], onlyId("Order")),
        b: delivering("order_b", "", ["ORDER.NEW", "ORDER.GONE"], onlyId("Order")),
      },
    });
    expect(names(document)).toEqual(expect.arrayContaining(["OrderFilledEvent", "OrderBEvent"]));
  });

  test("a component keeps its exact name beside one that differs in case", () => {
    expect(names(withSchemas({ order: onlyId(), Order: { ...onlyId(), required: [] } }))).toContain("Order");
  });

  test("a shared body is written once", () => {
    const body = {
      content: {
        "application/json": { schema: { type: "object", properties: { name: { type: "string" } } } },
      },
    };
    const document = documentWith({
      paths: {
        "/a": {
          post: {
            operationId: "create_pet",
            requestBody: { $ref: "#/components/requestBodies/PetBody" },
            responses: {},
          },
        },
      },
      components: { requestBodies: { PetBody: body } },
    });
    expect(names(document)).toEqual(["PetCreateRequest"]);
  });

  test("a shape that takes null somewhere is the same model", () => {
    const status = (type: string | string[], values: (string | null)[]) => ({ type, enum: values });
    const document = withSchemas({
      Order: { type: "object", properties: { status: status("string", ["A", "B"]) } },
      OrderEntry: { type: "object", properties: { status: status(["string", "null"], ["A", "B", null]) } },
    });
    const schemas = schemasOf(normalize(document));
    expect(Object.keys(schemas)).toEqual(["Order", "OrderEntry", "OrderStatus"]);
    expect(schemas["OrderEntry"]).toMatchObject({
      properties: { status: { oneOf: [ref("OrderStatus"), { type: "null" }] } },
    });
  });

  test("an event is named by its types, even where the title is another's", () => {
    const document = documentWith({
      webhooks: {
        positions: delivering(
          "position_event",
          "Webhook - Positions - Callback",
          ["POSITION.UPDATED", "POSITION.CLOSED"],
          onlyId("Position"),
        ),
        cash: delivering(
          "cash_balance_event",
          "Webhook - Positions - Callback",
          ["CASH_BALANCE.UPDATED", "CASH_BALANCE.CLOSED"],
          { ...onlyId(), required: [] },
        ),
      },
    });
    expect(names(document)).toEqual([
      "CashBalance",
      "CashBalanceEvent",
      "CashBalanceEventType",
      "Position",
      "PositionEvent",
      "PositionEventType",
    ]);
  });

  test("members of a union are told apart by what is constant in them", () => {
    const member = (kind: string) => ({
      type: "object",
      properties: { kind: { type: "string", enum: [kind] }, [kind]: { type: "string" } },
    });
    const document = documentWith({
      paths: {
        "/a": { get: answering("retrieve_check", { title: "Check", oneOf: [member("KYC"), member("POR")] }) },
      },
    });
    expect(names(document)).toEqual(["Check", "CheckKyc", "CheckPor"]);
  });

  test("no name ends in a digit, and none is a name that the output needs", () => {
    expect(
      names(withSchemas({ Address2: onlyId(), iso4217: onlyId(), Record: onlyId(), WebhookEvent: onlyId() })),
    ).toEqual(["AddressTwo", "IsoFourTwoOneSeven", "RecordModel", "WebhookEventModel"]);
  });

  test("references and discriminators follow a component that got another name", () => {
    const schemas = {
      "cat-1": onlyId(),
      Pet: {
        oneOf: [ref("cat-1"), ref("Dog")],
        discriminator: { propertyName: "id", mapping: { c: "#/components/schemas/cat-1", d: "Dog" } },
      },
      Dog: onlyId(),
    };
    expect(schemasOf(normalize(withSchemas(schemas)))["Pet"]).toEqual({
      oneOf: [ref("CatOne"), ref("Dog")],
      discriminator: {
        propertyName: "id",
        mapping: { c: "#/components/schemas/CatOne", d: "#/components/schemas/Dog" },
      },
    });
  });

  test("a names file overrides, and is told what is wrong with it", () => {
    const document = withSchemas({ Meta: onlyId(), Page: onlyId() });
    expect(Object.keys(schemasOf(normalize(document, { names: { Meta: "PageMeta" } })))).toEqual([
      "Page",
      "PageMeta",
    ]);
    for (const names of [
      { Nothing: "A" },
      { Meta: "Page" },
      { Meta: "not a name" },
      { Meta: "A1" },
      { Meta: "Record" },
    ]) {
      expect(() => normalize(document, { names: names as Record<string, string> })).toThrow(
        expect.objectContaining({ code: "INVALID_NAMES" }),
      );
    }
  });
});

describe("prose", () => {
  test("a model keeps its description, a use its own; the list of values goes to the enum", () => {
    const side = (text: string) => ({
      type: "string",
      enum: ["BUY", "SELL"],
      description: `${text}\n* BUY - takes cash\n* SELL - gives cash`,
    });
    const document = withSchemas({
      Order: {
        type: "object",
        description: "Something to trade.",
        properties: { side: side("Of the order.") },
      },
    });
    const schemas = schemasOf(normalize(document));
    expect(schemas["Order"]).toEqual({
      type: "object",
      description: "Something to trade.",
      properties: { side: { ...ref("OrderSide"), description: "Of the order." } },
    });
    expect(schemas["OrderSide"]?.["description"]).toBe(
      "Of the order.\n\n* BUY - takes cash\n* SELL - gives cash",
    );
  });

  test("what only says how a place uses it stays at the place", () => {
    const document = withSchemas({
      Order: {
        type: "object",
        properties: { side: { type: "string", enum: ["BUY", "SELL"], default: "BUY", deprecated: true } },
      },
    });
    expect(schemasOf(normalize(document))).toMatchObject({
      Order: { properties: { side: { ...ref("OrderSide"), default: "BUY", deprecated: true } } },
      OrderSide: { type: "string", enum: ["BUY", "SELL"] },
    });
  });

  test("null stays at the place as well", () => {
    const document = withSchemas({
      Order: { type: "object", properties: { reason: { type: ["string", "null"], enum: ["A", "B", null] } } },
    });
    expect(schemasOf(normalize(document))).toMatchObject({
      Order: { properties: { reason: { oneOf: [ref("OrderReason"), { type: "null" }] } } },
      OrderReason: { type: "string", enum: ["A", "B"] },
    });
  });
});

const shipped = load(
  readFileSync(new URL("../../../../openapi/upvest-investment-api.yaml", import.meta.url), "utf8"),
  { schema: CORE_SCHEMA },
) as OpenApiDocument;
const downloadPath = fileURLToPath(
  new URL("../../../../../shared/reference/upvest-1.9.0.downloaded.yaml", import.meta.url),
);
const download = existsSync(downloadPath)
  ? (load(readFileSync(downloadPath, "utf8"), { schema: CORE_SCHEMA }) as OpenApiDocument)
  : undefined;
if (download === undefined)
  console.warn("skipped: the real download is not on this machine, so its names are not tested");

/** Every `$ref` to a model. */
function references(value: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const item of value) references(item, found);
  else if (typeof value === "object" && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      if (key === "$ref" && typeof member === "string")
        found.add(member.replace("#/components/schemas/", ""));
      else references(member, found);
    }
  }
  return found;
}

describe.each([
  { name: "the shipped description", document: shipped },
  ...(download === undefined ? [] : [{ name: "the real download", document: download }]),
])("$name", ({ document }) => {
  const normal = normalize(document);

  test("has no name that ends in a digit", () => {
    expect(Object.keys(schemasOf(normal)).filter((name) => /[0-9]$/.test(name))).toEqual([]);
  });

  test("has the names that people look for", () => {
    expect(Object.keys(schemasOf(normal))).toEqual(
      expect.arrayContaining([
        "AccountGroup",
        "AccountGroupCreateRequest",
        "Order",
        "OrderEvent",
        "OrderStatus",
        "User",
        "UserStatus",
        "Meta",
        "UserCheckCreateResponse",
        "OrderCancelResponse",
      ]),
    );
  });

  test("refers to nothing that is not there, and holds nothing that nobody refers to", () => {
    const used = references({
      paths: normal["paths"],
      webhooks: normal["webhooks"],
      components: normal["components"],
    });
    for (const name of used) if (!name.startsWith("#/")) expect(schemasOf(normal)).toHaveProperty(name);
    expect([...used].filter((name) => name.startsWith("#/components/parameters"))).toEqual([]);
  });

  test("has no object, enum or union left in place, but for the values of a parameter", () => {
    const inPlace: string[] = [];
    const visit = (schema: unknown, at: string, isModel: boolean) => {
      if (typeof schema !== "object" || schema === null) return;
      const { properties, enum: values, oneOf, anyOf, items } = schema as Record<string, unknown>;
      const members = (oneOf ?? anyOf) as { type?: string }[] | undefined;
      const real = members?.filter((member) => member.type !== "null") ?? [];
      if (!isModel && (properties !== undefined || values !== undefined || real.length > 1)) inPlace.push(at);
      for (const [name, child] of Object.entries((properties ?? {}) as object))
        visit(child, `${at}.${name}`, false);
      for (const [index, child] of (members ?? []).entries()) visit(child, `${at}|${index}`, false);
      if (items !== undefined) visit(items, `${at}[]`, false);
    };
    for (const [name, schema] of Object.entries(schemasOf(normal))) visit(schema, name, true);
    for (const section of ["paths", "webhooks"]) {
      for (const item of Object.values(normal[section] as object)) {
        for (const operation of Object.values(item as object) as {
          operationId: string;
          requestBody?: { content: Record<string, { schema: unknown }> };
          responses: Record<string, { content?: Record<string, { schema: unknown }> }>;
        }[]) {
          for (const media of Object.values(operation.requestBody?.content ?? {}))
            visit(media.schema, `${operation.operationId}>`, false);
          for (const response of Object.values(operation.responses))
            for (const media of Object.values(response.content ?? {}))
              visit(media.schema, `${operation.operationId}<`, false);
        }
      }
    }
    expect(inPlace).toEqual([]);
  });

  test("is normal once it is normalised", () => {
    expect(normalize(normal)).toEqual(normal);
  });

  test("comes out the same whatever order its paths, properties and components stand in", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const mixed = normalize(shuffled(document, permutations(seed)) as OpenApiDocument);
        expect(Object.keys(schemasOf(mixed))).toEqual(Object.keys(schemasOf(normal)));
        expect(mixed).toEqual(normal);
      }),
      { numRuns: 4 },
    );
  });
});
