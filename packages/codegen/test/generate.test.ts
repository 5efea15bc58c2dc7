import { readFileSync } from "node:fs";
import { CodegenError, generate, type JsonObject, type OpenApiDocument } from "@upvest-sdk/codegen";
import fc from "fast-check";
import { CORE_SCHEMA, load } from "js-yaml";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import {
  answering,
  delivering,
  documentWith,
  permutations,
  shuffled,
  taking,
  withSchemas,
} from "./support/document.js";

const fileNames = ["events.ts", "models.ts", "openapi.ts", "operations.ts"];

async function textsOf(document: OpenApiDocument): Promise<Record<string, string>> {
  return Object.fromEntries((await generate(document)).files);
}

const libraries = new Map<string, ts.SourceFile | undefined>();

/** The compiler's complaints about the files, with a program that uses them beside them. */
function complaints(files: Record<string, string>, program = ""): string[] {
  const all = new Map(
    Object.entries({ ...files, "program.ts": program }).map(([name, text]) => [`/p/${name}`, text]),
  );
  const options: ts.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    isolatedDeclarations: true,
    declaration: true,
    verbatimModuleSyntax: true,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts"],
    types: [],
    noEmit: true,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (name, version) => {
    const text = all.get(name);
    if (text !== undefined) return ts.createSourceFile(name, text, version);
    const known = libraries.get(name) ?? getSourceFile.call(host, name, version);
    libraries.set(name, known);
    return known;
  };
  host.fileExists = (name) => all.has(name) || fileExists.call(host, name);
  host.directoryExists = () => true;
  host.readFile = (name) => all.get(name) ?? readFile.call(host, name);
  return ts
    .getPreEmitDiagnostics(ts.createProgram([...all.keys()], options, host))
    .map(({ file, start, messageText }) => {
      const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start ?? 0).line + 1;
      return `${file?.fileName.replace("/p/", "")}:${line} ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
    });
}

const order: JsonObject = {
  title: "Order",
  type: "object",
  description: "Something to trade.",
  properties: {
    id: { type: "string", format: "uuid", description: "Given by the API." },
    status: {
      type: "string",
      enum: ["NEW", "FILLED"],
      description: "How far.\n* NEW - taken in\n* FILLED - traded",
    },
    fee: { type: "string", default: "0.0" },
  },
  required: ["id", "status"],
};
const request: JsonObject = {
  title: "Order - Place - Request",
  type: "object",
  properties: {
    cash_amount: { type: "string" },
    order_type: { type: "string", enum: ["MARKET", "LIMIT"], default: "MARKET" },
  },
  required: ["cash_amount"],
};
const api = documentWith({
  paths: {
    "/orders": {
      get: answering(
        "list_orders",
        {
          title: "Orders - List - Response",
          type: "object",
          properties: {
            meta: { type: "object", properties: { count: { type: "integer" } } },
            data: { type: "array", items: order },
          },
          required: ["meta", "data"],
        },
        {
          security: [{ oauth: ["orders:read", "orders:admin"] }],
          parameters: [
            { name: "offset", in: "query", schema: { type: "integer" } },
            {
              name: "limit",
              in: "query",
              description: "At most 1000.",
              schema: { type: "integer", default: 100 },
            },
            { name: "status", in: "query", schema: { type: "string", enum: ["NEW", "FILLED"] } },
          ],
        },
      ),
      post: taking("place_order", request, order, {
        summary: "Place an order",
        description: "Takes it in.",
        parameters: [{ name: "idempotency-key", in: "header", required: true, schema: { type: "string" } }],
      }),
    },
    "/orders/{order_id}/report": {
      get: {
        operationId: "retrieve_report",
        parameters: [
          {
            name: "order_id",
            in: "path",
            required: true,
            description: "Of the order.",
            schema: { type: "string" },
          },
        ],
        responses: {
          "200": {
            description: "It.",
            content: { "application/json": { schema: order }, "application/pdf": {} },
          },
        },
      },
      delete: {
        operationId: "delete_report",
        deprecated: true,
        responses: { "204": { description: "Gone." } },
      },
    },
  },
  webhooks: {
    orders: delivering("order_event", "Webhook - Orders - Callback", ["ORDER.NEW", "ORDER.FILLED"], order),
    positions: delivering("position_event", "Webhook - Positions - Callback", ["POSITION.UPDATED"], {
      title: "Position",
      type: "object",
      properties: { quantity: { type: "string" } },
      required: ["quantity"],
    }),
  },
  components: {
    securitySchemes: {
      oauth: {
        type: "oauth2",
        flows: { clientCredentials: { tokenUrl: "/t", scopes: { "orders:read": "Reads orders." } } },
      },
    },
  },
});

describe("generate", async () => {
  const { files, report } = await generate(api, { inputBytes: 1234 });
  const texts = Object.fromEntries(files);

  test("writes four files that compile in the strictest settings, without the DOM", () => {
    expect([...files.keys()]).toEqual(fileNames);
    expect(complaints(texts)).toEqual([]);
  });

  test("reports what it did", () => {
    expect(report).toMatchObject({
      apiVersion: "1.0.0",
      operations: 4,
      webhooks: 2,
      eventTypes: 3,
      inputBytes: 1234,
      outputBytes: [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0),
    });
    expect(report.inPlaceSchemas).toBeGreaterThan(report.models);
    expect(report.models).toBe(
      texts["models.ts"]?.match(/^export (interface|type) (?!\w+Query\b)/gm)?.length,
    );
  });

  test("writes each schema once: openapi.ts refers to the models", () => {
    expect(texts["models.ts"]?.match(/\bstatus: OrderStatus/g)).toHaveLength(1);
    expect(texts["openapi.ts"]).toContain("Order: models.Order;");
    expect(texts["openapi.ts"]).not.toContain("FILLED");
  });

  test("prose becomes doc comments, down to single values", () => {
    expect(texts["models.ts"]).toContain(
      "/** Something to trade. */\nexport interface Order {\n  /** Given by the API. (uuid) */\n  id: string;",
    );
    expect(texts["models.ts"]).toContain('  /** taken in */\n  | "NEW"\n  /** traded */\n  | "FILLED";');
    expect(texts["models.ts"]).toContain(
      "  /**\n   * At most 1000.\n   * @default 100\n   */\n  limit?: number;",
    );
    expect(texts["operations.ts"]).toContain(
      "/**\n * Place an order.\n *\n * Takes it in.\n */\nexport const placeOrder",
    );
    expect(texts["operations.ts"]).toContain('  /** Reads orders. */\n  | "orders:read"');
    expect(texts["operations.ts"]).toMatch(/\/\*\* @deprecated \*\/\nexport const deleteReport/);
    expect(texts["operations.ts"]).toContain("/** Of the order. */\n        order_id: string;");
  });

  test("what has a default may be left out of a request and is there in an answer", () => {
    const program = `
      import type { Order, OrderPlaceRequest } from "./models.js";
      export const request: OrderPlaceRequest = { cash_amount: "1.00" };
      export const fee = (order: Order): string => order.fee;
    `;
    expect(complaints(texts, program)).toEqual([]);
  });

  test("operations carry what goes in and what comes out", () => {
    const program = `
      import type { InputOf, OutputOf, Scope } from "./operations.js";
      import { deleteReport, listOrders, placeOrder, retrieveReport } from "./operations.js";
      import type { Order, OrderListResponse, ListOrdersQuery } from "./models.js";
      type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
      export const a: Same<OutputOf<typeof placeOrder>, Order> = true;
      export const b: Same<OutputOf<typeof listOrders>, OrderListResponse> = true;
      export const c: Same<OutputOf<typeof deleteReport>, undefined> = true;
      export const d: Same<InputOf<typeof listOrders>["query"], ListOrdersQuery | undefined> = true;
      export const e: InputOf<typeof placeOrder> = { body: { cash_amount: "1.00" } };
      export const f: NonNullable<(typeof retrieveReport)["~types"]>["outputs"]["application/pdf"] = new Uint8Array();
      export const g: readonly ["orders:read", "orders:admin"] = listOrders.scopes;
      export const h: [true, true] = [listOrders.paged, placeOrder.idempotent];
      export const i: "/orders/{order_id}/report" = retrieveReport.path;
      export const j: Scope = "orders:read";
    `;
    expect(complaints(texts, program)).toEqual([]);
    const wrong = `
      import type { InputOf } from "./operations.js";
      import { deleteReport, placeOrder } from "./operations.js";
      export const a: InputOf<typeof placeOrder> = {};
      export const b: InputOf<typeof deleteReport> = { body: {} };
      placeOrder.path = "/orders";
    `;
    expect(complaints(texts, wrong).map((text) => text.split(" ")[0])).toEqual([
      "program.ts:4",
      "program.ts:5",
      "program.ts:6",
    ]);
  });

  test("operations are plain literals", async () => {
    const source = ts.transpileModule(texts["operations.ts"] ?? "", {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    }).outputText;
    const loaded = (await import(`data:text/javascript,${encodeURIComponent(source)}`)) as Record<
      string,
      unknown
    >;
    expect({ ...loaded }).toEqual({
      listOrders: {
        id: "list_orders",
        method: "GET",
        path: "/orders",
        scopes: ["orders:read", "orders:admin"],
        paged: true,
      },
      placeOrder: { id: "place_order", method: "POST", path: "/orders", scopes: [], idempotent: true },
      retrieveReport: {
        id: "retrieve_report",
        method: "GET",
        path: "/orders/{order_id}/report",
        scopes: [],
        accept: ["application/json", "application/pdf"],
      },
      deleteReport: { id: "delete_report", method: "DELETE", path: "/orders/{order_id}/report", scopes: [] },
    });
  });

  test("events narrow on their type, and every single type has its event", () => {
    const program = `
      import type { EventMap, EventOf, WebhookEvent } from "./events.js";
      import { eventTypes } from "./events.js";
      import type { OrderEvent } from "./models.js";
      export function handle(event: WebhookEvent): string {
        switch (event.type) {
          case "ORDER.NEW":
          case "ORDER.FILLED":
            return event.object.status;
          case "POSITION.UPDATED":
            return event.object.quantity;
          default: {
            const never: never = event;
            return never;
          }
        }
      }
      export const a = (event: EventMap["ORDER.FILLED"]): OrderEvent => event;
      export const b = (event: EventOf<"ORDER.FILLED">): "ORDER.FILLED" => event.type;
      export const c: readonly (keyof EventMap)[] = eventTypes;
    `;
    expect(complaints(texts, program)).toEqual([]);
    const wrong = `
      import type { EventOf, WebhookEvent } from "./events.js";
      export const a = (event: WebhookEvent): unknown => event.object.status;
      export const b: EventOf<"ORDER.LOST"> | undefined = undefined;
    `;
    expect(complaints(texts, wrong).map((text) => text.split(" ")[0])).toEqual([
      "program.ts:3",
      "program.ts:4",
    ]);
  });

  test("methods and bodies that are not there are not written out, and refused all the same", () => {
    expect(texts["openapi.ts"]).not.toMatch(/\b(put|requestBody|cookie)\?: never/);
    const program = `
      import type { paths } from "./openapi.js";
      export const a: paths["/orders/{order_id}/report"]["get"]["parameters"] = { path: { order_id: "x" } };
      export const b: paths["/orders/{order_id}/report"]["get"]["parameters"] = { path: { order_id: "x" }, query: { a: 1 } };
      export type C = paths["/orders/{order_id}/report"]["put"];
      export type D = paths["/orders/{order_id}/report"]["get"]["requestBody"];
    `;
    expect(complaints(texts, program).map((text) => text.split(" ")[0])).toEqual([
      "program.ts:4",
      "program.ts:5",
      "program.ts:6",
    ]);
  });

  test("the path surface asks for no transport header, and an idempotency key is the caller's choice", () => {
    const program = `
      import type { paths } from "./openapi.js";
      export const a: paths["/orders"]["post"]["parameters"]["header"] = undefined;
      export const b: paths["/orders"]["post"]["parameters"]["header"] = { "idempotency-key": "x" };
      export const c: paths["/orders"]["get"]["responses"][200]["content"]["application/json"]["data"][number]["id"] = "x";
    `;
    expect(complaints(texts, program)).toEqual([]);
  });
});

describe("traps of the tools underneath", () => {
  test("a currency narrowed to EUR beside a $ref does not widen", async () => {
    const texts = await textsOf(
      withSchemas({
        Currency: { type: "string", enum: ["EUR", "GBP"] },
        Fee: {
          type: "object",
          properties: { currency: { $ref: "#/components/schemas/Currency", enum: ["EUR"] } },
          required: ["currency"],
        },
      }),
    );
    expect(
      complaints(
        texts,
        `import type { Fee } from "./models.js"; export const c = (fee: Fee): "EUR" => fee.currency;`,
      ),
    ).toEqual([]);
  });

  test("required beside a model is required", async () => {
    const texts = await textsOf(
      withSchemas({
        Meta: { type: "object", properties: { sort: { type: "string" } } },
        Page: {
          type: "object",
          properties: { meta: { allOf: [{ $ref: "#/components/schemas/Meta" }, { required: ["sort"] }] } },
          required: ["meta"],
        },
      }),
    );
    expect(
      complaints(
        texts,
        `import type { Page } from "./models.js"; export const c = (page: Page): string => page.meta.sort;`,
      ),
    ).toEqual([]);
  });

  test("a union with a discriminator narrows although its members only name a text", async () => {
    const member = (field: string) => ({
      type: "object",
      properties: { kind: { type: "string" }, [field]: { type: "string" } },
      required: ["kind", field],
    });
    const texts = await textsOf(
      withSchemas({
        Pet: {
          oneOf: [{ $ref: "#/components/schemas/Cat" }, { $ref: "#/components/schemas/Dog" }],
          discriminator: {
            propertyName: "kind",
            mapping: { cat: "#/components/schemas/Cat", dog: "#/components/schemas/Dog" },
          },
        },
        Cat: member("meow"),
        Dog: member("bark"),
      }),
    );
    expect(
      complaints(
        texts,
        `import type { Pet } from "./models.js"; export const c = (pet: Pet): string => (pet.kind === "cat" ? pet.meow : pet.bark);`,
      ),
    ).toEqual([]);
  });

  test("circles come out as interfaces that name themselves", async () => {
    const texts = await textsOf(
      withSchemas({
        Node: {
          type: "object",
          properties: {
            next: { $ref: "#/components/schemas/Node" },
            all: { type: "array", items: { $ref: "#/components/schemas/Node" } },
          },
        },
      }),
    );
    expect(texts["models.ts"]).toContain("export interface Node {\n  next?: Node;\n  all?: Node[];\n}");
    expect(complaints(texts)).toEqual([]);
  });
});

describe("events of every form", () => {
  const event = (types: string[]) => ({
    type: "object",
    properties: { type: { type: "string", enum: types }, object: { type: "string" } },
    required: ["type", "object"],
  });
  const hook = (schema: JsonObject): JsonObject => ({
    post: { requestBody: { content: { "application/json": { schema } } }, responses: {} },
  });
  const typesOf = async (webhooks: JsonObject, schemas: JsonObject) => {
    const texts = await textsOf(documentWith({ webhooks, components: { schemas } }));
    expect(complaints(texts)).toEqual([]);
    return [...(texts["events.ts"] ?? "").matchAll(/^ {2}"([A-Z.]+)": (.+);$/gm)].map(
      (match) => `${match[1]}: ${match[2]}`,
    );
  };
  const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

  test("a union, a list, and one that inherits", async () => {
    const schemas = {
      A: event(["A.X"]),
      B: event(["B.X", "B.Y"]),
      Base: { type: "object", properties: { id: { type: "string" }, type: { type: "string" } } },
      C: { allOf: [ref("Base"), { type: "object", properties: { type: { const: "C.X" } } }] },
    };
    const webhooks = {
      one: hook({ oneOf: [ref("A"), ref("B")] }),
      two: hook({ type: "array", items: ref("C") }),
    };
    expect(await typesOf(webhooks, schemas)).toEqual(["A.X: A", "B.X: B", "B.Y: B", "C.X: C"]);
  });

  test("a type that two webhooks carry is either, whatever their order", async () => {
    const schemas = { A: event(["X.A"]), B: { ...event(["X.A", "X.B"]), description: "Another." } };
    const hooks = { a: hook(ref("A")), b: hook(ref("B")) };
    const expected = ["X.A: A | B", "X.B: B"];
    expect(await typesOf(hooks, schemas)).toEqual(expected);
    expect(await typesOf({ b: hooks.b, a: hooks.a }, schemas)).toEqual(expected);
  });
});

test("an answer that is only the default one is what comes out", async () => {
  const content = {
    "application/json": { schema: { type: "object", title: "Pet", properties: { id: { type: "string" } } } },
  };
  const texts = await textsOf(
    documentWith({
      paths: { "/a": { get: { operationId: "a", responses: { default: { description: "It.", content } } } } },
    }),
  );
  expect(texts["operations.ts"]).toContain("readonly output: Pet;");
});

test("a description without models gives modules all the same", async () => {
  const texts = await textsOf(documentWith({}));
  expect(complaints(texts, 'export * from "./models.js";')).toEqual([]);
});

describe("hostile descriptions", () => {
  const evil = [
    "*/",
    "`",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is the point
    "${x}",
    "__proto__",
    "constructor",
    "\u2028",
    "\u2029",
    "\n",
    "\r",
    '"',
    "'",
    "\\",
    "</script>",
    "@deprecated",
    "//",
    "/*",
    "\u0000",
    "🙈",
    "*/ export const stolen = 1; /*",
  ];

  test("nothing of it becomes code", async () => {
    const text = evil.join(" ");
    const document = documentWith({
      info: { title: text, version: text },
      paths: {
        [`/${text}/{id}`]: {
          post: taking(
            `op ${text}`,
            {
              type: "object",
              title: `Body ${text}`,
              description: text,
              properties: Object.fromEntries(
                evil.map((name) => [name, { type: "string", description: text, default: text }]),
              ),
            },
            { type: "string", enum: [...evil] },
            {
              summary: text,
              description: text,
              security: [{ [text]: [text] }],
              parameters: [
                { name: "id", in: "path", required: true, description: text, schema: { type: "string" } },
                { name: text, in: "query", description: text, schema: { type: "string" } },
              ],
            },
          ),
        },
      },
      webhooks: {
        [text]: delivering(`hook ${text}`, text, [...evil], {
          type: "object",
          properties: { x: { type: "string" } },
        }),
      },
      components: {
        schemas: { [text]: { type: "string", enum: [...evil] } },
        securitySchemes: {
          o: { type: "oauth2", flows: { clientCredentials: { scopes: { [text]: text } } } },
        },
      },
    });
    const texts = await textsOf(document);
    expect(complaints(texts)).toEqual([]);
    const declared = Object.entries(texts).flatMap(([name, source]) =>
      ts
        .createSourceFile(name, source, ts.ScriptTarget.ES2022)
        .statements.filter(ts.isVariableStatement)
        .flatMap((statement) =>
          statement.declarationList.declarations.map((each) =>
            each.name.getText(ts.createSourceFile(name, source, ts.ScriptTarget.ES2022)),
          ),
        ),
    );
    expect(declared).toEqual(["eventTypes", "apiVersion", expect.stringMatching(/^op/)]);
  });

  test("a name from Object's prototype is a name like any other", async () => {
    const schemas = JSON.parse(
      '{"__proto__": {"type": "object", "properties": {"__proto__": {"type": "string"}}}, "toString": {"type": "object", "properties": {"hasOwnProperty": {"type": "string"}}}}',
    ) as JsonObject;
    const texts = await textsOf(withSchemas(schemas));
    expect(texts["models.ts"]).toContain("export interface Proto {\n  __proto__?: string;\n}");
    expect(texts["models.ts"]).toContain("export interface ToString {\n  hasOwnProperty?: string;\n}");
    expect(({} as { type?: unknown }).type).toBeUndefined();
  });

  const name = fc.oneof(
    fc.constantFrom(...evil, "id", "status", "type", "data", "Order", "order"),
    fc.string({ unit: "grapheme", maxLength: 8 }),
  );
  const { schema } = fc.letrec((tie) => ({
    schema: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.record(
        {
          type: fc.constantFrom("string", "integer", "boolean", "number", "null"),
          description: name,
          format: name,
        },
        { requiredKeys: ["type"] },
      ),
      fc.record(
        {
          type: fc.constant("string"),
          enum: fc.uniqueArray(name, { minLength: 1, maxLength: 4 }),
          title: name,
          default: name,
          nullable: fc.boolean(),
        },
        { requiredKeys: ["type", "enum"] },
      ),
      fc.record(
        {
          type: fc.constant("object"),
          title: name,
          properties: fc.dictionary(name, tie("schema"), { maxKeys: 3 }),
          required: fc.array(name, { maxLength: 2 }),
          additionalProperties: fc.oneof(fc.boolean(), tie("schema")),
        },
        { requiredKeys: ["type"] },
      ),
      fc.record(
        { type: fc.constant("array"), items: tie("schema"), maxItems: fc.nat(2) },
        { requiredKeys: ["type", "items"] },
      ),
      fc.record(
        { oneOf: fc.array(tie("schema"), { minLength: 1, maxLength: 3 }), title: name },
        { requiredKeys: ["oneOf"] },
      ),
      fc.record(
        { allOf: fc.array(tie("schema"), { minLength: 1, maxLength: 2 }), description: name },
        { requiredKeys: ["allOf"] },
      ),
      fc.record(
        {
          $ref: fc.constantFrom("#/components/schemas/Order", "#/components/schemas/Side"),
          description: name,
          enum: fc.constant(["BUY"]),
        },
        { requiredKeys: ["$ref"] },
      ),
    ),
  }));
  const documents = fc
    .record({
      openapi: fc.constantFrom("3.0.3", "3.1.0"),
      bodies: fc.array(fc.tuple(schema, schema), { maxLength: 4 }),
      component: schema,
      named: name,
    })
    .map(({ openapi, bodies, component, named }) => ({
      ...documentWith({
        paths: Object.fromEntries(
          bodies.map(([request, answer], index) => [
            `/${"x".repeat(index + 1)}`,
            { post: taking(`create_${"x".repeat(index + 1)}`, request as never, answer as never) },
          ]),
        ),
        components: {
          schemas: Object.fromEntries([
            ["Order", order],
            ["Side", { type: "string", enum: ["BUY", "SELL"] }],
            [`z${named}`, component],
          ]) as JsonObject,
        },
      }),
      openapi,
    }));

  test("any document gives files that compile, or one clear error", async () => {
    await fc.assert(
      fc.asyncProperty(documents, async (document) => {
        let texts: Record<string, string>;
        try {
          texts = await textsOf(document as OpenApiDocument);
        } catch (error) {
          expect(error).toBeInstanceOf(CodegenError);
          return;
        }
        const all = Object.entries(texts);
        for (const [file, text] of all) {
          const parsed = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022) as ts.SourceFile & {
            parseDiagnostics: unknown[];
          };
          expect(parsed.parseDiagnostics, file).toEqual([]);
        }
        const names = [...(texts["models.ts"] ?? "").matchAll(/^export (?:interface|type) (\w+)/gm)].map(
          (match) => match[1],
        );
        expect(new Set(names).size).toBe(names.length);
        expect(names.filter((each) => /[0-9]$/.test(each ?? ""))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  test("and the compiler agrees, with types and all", async () => {
    const sample = fc.sample(documents, 12);
    for (const document of sample) {
      const texts = await textsOf(document as OpenApiDocument).catch(() => ({}));
      // An index signature that the description's own properties contradict is the description's.
      expect(
        complaints(texts).filter((text) => !/index type/.test(text)),
        JSON.stringify(document),
      ).toEqual([]);
    }
  });

  test("the order of what is in a document changes no name", async () => {
    await fc.assert(
      fc.asyncProperty(documents, fc.integer(), async (document, seed) => {
        const names = (texts: Record<string, string>) =>
          [...(texts["models.ts"] ?? "").matchAll(/^export (?:interface|type) (\w+)/gm)].map(
            (match) => match[1],
          );
        const straight = await textsOf(document as OpenApiDocument);
        const mixed = await textsOf(
          shuffled(document as OpenApiDocument, permutations(seed)) as OpenApiDocument,
        );
        expect(names(mixed)).toEqual(names(straight));
      }),
      { numRuns: 60 },
    );
  });
});

describe("the shipped description", () => {
  const source = readFileSync(
    new URL("../../../openapi/upvest-investment-api.yaml", import.meta.url),
    "utf8",
  );
  const document = load(source, { schema: CORE_SCHEMA }) as OpenApiDocument;

  test("gives the same bytes every time", async () => {
    const first = await textsOf(document);
    expect(await textsOf(structuredClone(document))).toEqual(first);
  });

  test("is what @upvest-sdk/types holds", async () => {
    const { readNames } = await import("@upvest-sdk/codegen");
    const names = await readNames(new URL("../../../openapi/names.yaml", import.meta.url).pathname);
    const { files } = await generate(document, { names });
    for (const [name, text] of files) {
      expect(
        readFileSync(new URL(`../../types/src/generated/${name}`, import.meta.url), "utf8"),
        `${name}: run pnpm generate`,
      ).toBe(text);
    }
  });
});
