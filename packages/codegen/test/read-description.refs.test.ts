import { execFileSync } from "node:child_process";
import { symlink, truncate } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { atPointer, type Json } from "../src/document.js";
import { readDescription } from "../src/read-description.js";
import { expectFailure, failureOf, file, folder, head, read } from "./read-description.helpers.js";

const ref = (pointer: string) => ({ $ref: pointer });

/** All `$ref`s. */
function refsOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    key === "$ref" && typeof child === "string" ? [child] : refsOf(child),
  );
}

/** What `read` gives, in which no `$ref` leads to another file or nowhere; those with "none" are data. */
async function bundled(text: string, others: Record<string, string>): Promise<Record<string, unknown>> {
  const document = await read(text, others);
  for (const pointer of refsOf(document).filter((found) => !/none$/.test(found))) {
    expect(pointer).toMatch(/^#/);
    expect(atPointer(document as Json, pointer), pointer).toBeDefined();
  }
  return document;
}

async function refFailure(text: string, message: RegExp, others: Record<string, string> = {}): Promise<void> {
  for (const [name, content] of Object.entries(others)) await file(content, name);
  await expectFailure(head + text, "UNRESOLVED_REF", message);
}

describe("a $ref in one file", () => {
  test("stays as it is", async () => {
    const text = `paths:
  /a/{id}:
    get: {responses: {"200": {$ref: "#/components/responses/R"}}}
  /b: {$ref: "#/paths/~1a~1{id}"}
  /c: {$ref: "#/paths/~1a~1%7Bid%7D"}
components:
  responses: {R: {description: r, headers: {x-id: {schema: {$ref: "#/components/schemas/50%25"}}}}}
  schemas:
    Tree: {properties: {left: {$ref: "#/components/schemas/Tree"}}, allOf: [{$ref: "#/components/schemas/Tree"}]}
    Part: {$ref: "#/components/schemas/Tree/properties/left"}
    First: {$ref: "#/components/schemas/Tree/allOf/0"}
    50%: {$ref: "#/components/schemas/Any", description: any}
    Any: true
`;
    const document = await read(text);
    expect(document).toMatchObject({
      paths: { "/b": ref("#/paths/~1a~1{id}"), "/c": ref("#/paths/~1a~1%7Bid%7D") },
      components: {
        responses: { R: { headers: { "x-id": { schema: ref("#/components/schemas/50%25") } } } },
        schemas: {
          Tree: {
            properties: { left: ref("#/components/schemas/Tree") },
            allOf: [ref("#/components/schemas/Tree")],
          },
          "50%": { $ref: "#/components/schemas/Any", description: "any" },
        },
      },
    });
  });

  test.each([
    [
      "paths: {/a: {$ref: '#/paths/~1b'}}",
      /"#\/paths\/~1b" at #\/paths\/~1a in .*api\.yaml.*no "\/b" at #\/paths/,
    ],
    ["components: {schemas: {A: {items: {$ref: '#/none'}}}}", /at #\/components\/schemas\/A\/items/],
    ["components: {schemas: {A: {properties: {x-a: {$ref: '#/none'}}}}}", /properties\/x-a/],
    ["components: {schemas: {x-a: {$ref: '#/none'}}}", /schemas\/x-a/],
    ["components: {schemas: {A: {properties: {example: {$ref: '#/none'}}}}}", /properties\/example/],
    ["components: {headers: {x-a: {$ref: '#/none'}}}", /headers\/x-a/],
    ["components: {schemas: {A: {unknown: [{deep: {$ref: '#/none'}}]}}}", /unknown\/0\/deep/],
    ["components: {examples: {A: {$ref: '#/none'}}}", /examples\/A/],
    ["components: {parameters: {A: {examples: {e: {$ref: '#/none'}}}}}", /examples\/e/],
    ["components: {callbacks: {A: {x: {post: {requestBody: {$ref: '#/none'}}}}}}", /post\/requestBody/],
    ["components: {schemas: {A: {$ref: '#/constructor'}}}", /"constructor"/],
    ["components: {schemas: {A: {$ref: '#/components/schemas/toString'}}}", /"toString"/],
    ["components: {schemas: {A: {$ref: '#anchor'}}}", /not a JSON pointer/],
    ["components: {schemas: {A: {$ref: '#/info/title'}}}", /plain value/],
    ["components: {schemas: {A: {$ref: '#/servers/01'}}}\nservers: [{}]", /leads nowhere/],
    ["components: {schemas: {A: {discriminator: {mapping: {a: '#/none'}}}}}", /mapping\/a/],
    ["info: {$ref: '#/none'}", /#\/info/],
    ["$ref: '#/info'", /at # in/],
  ])("that leads nowhere is UNRESOLVED_REF: %s", async (text, message) => {
    const whole = text.startsWith("info") ? `openapi: 3.1.0\n${text}` : head + text;
    await expectFailure(whole, "UNRESOLVED_REF", message);
  });

  test("that is not text is INVALID_DESCRIPTION", async () => {
    const text = `${head}components: {schemas: {A: {$ref: {type: string}}}}`;
    await expectFailure(text, "INVALID_DESCRIPTION", /at #\/components\/schemas\/A .*not text/);
  });

  test("that leads round in a circle is UNRESOLVED_REF", async () => {
    const schemas = (text: string): string => `components: {schemas: {${text}}}`;
    const circle = /round in a circle/;
    await refFailure(schemas("A: {$ref: '#/components/schemas/A'}"), circle);
    await refFailure(
      schemas("A: {$ref: '#/components/schemas/B'}, B: {$ref: '#/components/schemas/A'}"),
      circle,
    );
    await refFailure(
      schemas(
        "O: {items: {$ref: '#/components/schemas/A'}}, A: {$ref: '#/components/schemas/B'}, B: {$ref: '#/components/schemas/A'}",
      ),
      circle,
    );
    await refFailure(schemas("A: {$ref: '#/components/schemas/A/items'}"), circle);
    await refFailure("paths: {/a: {$ref: '#/paths/~1b'}, /b: {$ref: '#/paths/~1a'}}", circle);
    await refFailure("components: {$ref: '#/components'}", circle);
  });

  test("may lead through another $ref, and is then written so that it need not", async () => {
    const document = await read(
      "components: {schemas: {A: {$ref: '#/components/schemas/B'}, B: {properties: {c: {}}}, D: {$ref: '#/components/schemas/A/properties/c'}}}",
    );
    expect(atPointer(document as Json, "#/components/schemas/D")).toEqual(
      ref("#/components/schemas/B/properties/c"),
    );
  });

  test("is data in examples, defaults, enumerations and extensions, and as the name of a property", async () => {
    const text = `
x-root: {$ref: "#/none"}
paths:
  x-paths: {$ref: "#/none"}
  /a:
    get:
      x-operation: [{$ref: ./none.yaml}]
      parameters:
        - {name: a, in: query, example: {$ref: "#/none"}, examples: {e: {value: {$ref: "#/none"}}}}
      requestBody: {content: {a/b: {example: {$ref: "#/none"}, examples: {e: {value: {$ref: "#/none"}}}}}}
      responses:
        x-response: {$ref: "#/none"}
        "200": {links: {l: {parameters: {a: {$ref: "#/none"}}, requestBody: {$ref: "#/none"}}}}
components:
  x-components: {$ref: "#/none"}
  schemas:
    A:
      properties: {$ref: {type: string}, properties: {properties: {$ref: {type: string}}}}
      example: {$ref: "#/none"}
      examples: [{$ref: "#/none"}]
      default: {$ref: "#/none"}
      enum: [{$ref: "#/none"}]
      const: {$ref: "#/none"}
`;
    const document = await read(text);
    expect(refsOf(document)).toHaveLength(16);
    expect(document["components"]).toMatchObject({
      schemas: { A: { properties: { $ref: { type: "string" } } } },
    });
  });

  test("is checked in a time that grows with the file only", async () => {
    const schemas = Array.from({ length: 20_000 }, (_, index) => {
      const next = `#/components/schemas/S${index + 1}`;
      return [
        `S${index}`,
        index % 2 === 0 ? ref(next) : { properties: { a: ref(next) }, description: "d".repeat(60) },
      ];
    });
    const chain = Array.from({ length: 20_000 }, (_, index) => [
      `C${index}`,
      ref(`#/components/schemas/C${index + 1}`),
    ]);
    const all = Object.fromEntries([...schemas, ["S20000", {}], ...chain, ["C20000", {}]]);
    const path = await file(JSON.stringify({ openapi: "3.1.0", components: { schemas: all } }));
    // Work for each pair of these would take longer than a test may.
    expect((await readDescription(path)).document).toHaveProperty("components");
  });
});

describe("a $ref to another file", () => {
  test("makes a component of a schema, one for each target", async () => {
    const document = await bundled(
      `paths:
  /users:
    get:
      responses:
        "200": {description: ok, content: {application/json: {schema: {$ref: "./schemas/user.yaml#/User"}}}}
        "201": {description: ok, content: {application/json: {schema: {$ref: "schemas/../schemas/user.yaml#/User"}}}}
        "202": {description: ok, content: {application/json: {schema: {$ref: "./schemas/price%20list.json"}}}}
`,
      {
        "schemas/user.yaml": `
User: {properties: {address: {$ref: "#/Address"}, parent: {$ref: "user.yaml#/User"}, price: {$ref: "price list.json"}}}
Address: {type: object, example: {$ref: "#/none"}}
Unused: {$ref: "#/none"}
`,
        "schemas/price list.json": '{"items": {"$ref": "#"}, "enum": [{"$ref": "./none"}]}',
      },
    );
    const schema = (name: string) => ({
      description: "ok",
      content: { "application/json": { schema: ref(`#/components/schemas/${name}`) } },
    });
    expect(document).toEqual({
      openapi: "3.1.0",
      info: { title: "T", version: "1" },
      paths: {
        "/users": {
          get: { responses: { "200": schema("User"), "201": schema("User"), "202": schema("price_list") } },
        },
      },
      components: {
        schemas: {
          Address: { type: "object", example: { $ref: "#/none" } },
          User: {
            properties: {
              address: ref("#/components/schemas/Address"),
              parent: ref("#/components/schemas/User"),
              price: ref("#/components/schemas/price_list"),
            },
          },
          price_list: { items: ref("#/components/schemas/price_list"), enum: [{ $ref: "./none" }] },
        },
      },
    });
  });

  test("counts each file once in the bytes", async () => {
    const other = "A: {type: string}\nB: {$ref: '#/A'}\n";
    await file(other, "other.yaml");
    const text = `${head}components: {schemas: {A: {$ref: other.yaml#/A}, B: {$ref: other.yaml#/B}}}`;
    expect((await readDescription(await file(text))).bytes).toBe(text.length + other.length);
  });

  test("makes components of all that can be one, and puts the rest in place", async () => {
    const parts = `
path:
  summary: theirs
  parameters: [{$ref: "#/parameter"}]
  post:
    requestBody: {$ref: "#/body"}
    responses: {"200": {$ref: "#/response"}}
    callbacks: {done: {$ref: "#/callback"}}
parameter: {name: p, in: query, schema: {type: string}, examples: {e: {$ref: "#/example"}}}
body: {content: {a/b: {schema: {type: string}}}}
response: {description: r, headers: {x-h: {$ref: "#/header"}}, links: {l: {$ref: "#/link"}}}
header: {schema: {type: string}}
example: {value: {$ref: data}}
link: {operationId: o}
callback: {"{$url}": {$ref: "#/hook"}}
hook: {post: {parameters: [{$ref: "#/parameter"}], responses: {}}}
info: {title: From file, version: "2"}
scheme: {type: http, scheme: basic}
`;
    const document = await read(
      `paths: {/a: {summary: own, $ref: "./parts.yaml#/path"}}
webhooks: {w: {$ref: "./parts.yaml#/hook"}}
x-b: 1
components: {securitySchemes: {own: {$ref: "./parts.yaml#/scheme"}}}
externalDocs: {$ref: "./parts.yaml#/info"}
`,
      { "parts.yaml": parts },
    );
    const hook = { post: { parameters: [ref("#/components/parameters/parameter")], responses: {} } };
    expect(document).toEqual({
      openapi: "3.1.0",
      info: { title: "T", version: "1" },
      paths: {
        "/a": {
          summary: "own",
          parameters: [ref("#/components/parameters/parameter")],
          post: {
            requestBody: ref("#/components/requestBodies/body"),
            responses: { "200": ref("#/components/responses/response") },
            callbacks: { done: ref("#/components/callbacks/callback") },
          },
        },
      },
      webhooks: { w: hook },
      "x-b": 1,
      components: {
        securitySchemes: { own: { type: "http", scheme: "basic" } },
        parameters: {
          parameter: {
            name: "p",
            in: "query",
            schema: { type: "string" },
            examples: { e: ref("#/components/examples/example") },
          },
        },
        requestBodies: { body: { content: { "a/b": { schema: { type: "string" } } } } },
        responses: {
          response: {
            description: "r",
            headers: { "x-h": ref("#/components/headers/header") },
            links: { l: ref("#/components/links/link") },
          },
        },
        headers: { header: { schema: { type: "string" } } },
        examples: { example: { value: { $ref: "data" } } },
        links: { link: { operationId: "o" } },
        callbacks: { callback: { "{$url}": hook } },
      },
      externalDocs: { title: "From file", version: "2" },
    });
    expect(Object.keys(document)).toEqual([
      "openapi",
      "info",
      "paths",
      "webhooks",
      "x-b",
      "components",
      "externalDocs",
    ]);
  });

  test("gives different targets different names, whatever their order", async () => {
    const others = {
      "user.yaml": "{title: user}",
      "a/user.yaml": "{title: a user, items: {$ref: types.yaml#/Money}}",
      "b/user.yaml": "{title: b user, items: {$ref: types.yaml#/Money}}",
      "a/types.yaml": "Money: {title: a money}",
      "b/types.yaml": "Money: {title: b money}",
      "c/user.json": '{"title": "c user json"}',
      "c/user.yaml": "{title: c user yaml}",
      "d.yaml": "x: {Id: {title: x id}}\ny: {Id: {title: y id}}",
      "e.yaml": "Own: {title: e own}",
    };
    const targets = [
      ...["user.yaml", "a/user.yaml", "b/user.yaml", "c/user.json", "c/user.yaml"],
      ...["d.yaml#/x/Id", "d.yaml#/y/Id", "e.yaml#/Own"],
    ];
    const bundle = async (order: string[]): Promise<Record<string, unknown>> => {
      const text = `components: {schemas: {Own: {title: own}, All: {anyOf: [${order.map((target) => `{$ref: "${target}"}`).join(", ")}]}}}`;
      const document = await bundled(text, others);
      const schemas = (document["components"] as { schemas: Record<string, { title?: string }> }).schemas;
      return Object.fromEntries(Object.entries(schemas).map(([name, { title }]) => [name, title]));
    };
    const names = await bundle(targets);
    expect(names).toEqual({
      Own: "own",
      All: undefined,
      a_user: "a user",
      b_user: "b user",
      a_types_Money: "a money",
      b_types_Money: "b money",
      user: "user",
      c_user_json: "c user json",
      c_user_yaml: "c user yaml",
      d_x_Id: "x id",
      d_y_Id: "y id",
      e_Own: "e own",
    });
    expect(JSON.stringify(await bundle([...targets].reverse()))).toBe(JSON.stringify(names));
  });

  test("takes the name that the main file gives to its target", async () => {
    const document = await bundled(
      `components:
  schemas:
    Described: {$ref: ./user.yaml, description: d}
    Person: {$ref: ./user.yaml}
    Human: {$ref: ./user.yaml}
    Price: {$ref: "./types.yaml#/Price"}
    user: {title: own}
`,
      {
        "user.yaml":
          "{title: person, properties: {boss: {$ref: '#'}, self: {$ref: 'api.yaml#/components/schemas/user'}}}",
        "types.yaml": "Price: {$ref: '#/Money'}\nMoney: {title: money}",
      },
    );
    expect(document["components"]).toEqual({
      schemas: {
        Described: { $ref: "#/components/schemas/Person", description: "d" },
        Person: {
          title: "person",
          properties: { boss: ref("#/components/schemas/Person"), self: ref("#/components/schemas/user") },
        },
        Human: ref("#/components/schemas/Person"),
        Price: ref("#/components/schemas/Money"),
        user: { title: "own" },
        Money: { title: "money" },
      },
    });
  });

  test("may stand for whole sections", async () => {
    const document = await bundled(
      `paths: {$ref: ./paths.yaml}
components: {$ref: ./components.yaml}
`,
      {
        "paths.yaml": "/a: {$ref: a.yaml}",
        "a.yaml":
          "get: {responses: {'200': {$ref: 'api.yaml#/components/responses/R'}}, parameters: {$ref: list.yaml}}",
        "list.yaml": "- {name: p, in: query, schema: {$ref: 'api.yaml#/components/schemas/User'}}",
        "components.yaml": "responses: {R: {description: r}}\nschemas: {$ref: schemas/index.yaml}\nx-c: 1",
        "schemas/index.yaml": "User: {$ref: ./User.yaml}\nTeam: {items: {$ref: ./User.yaml}}",
        "schemas/User.yaml":
          "properties: {team: {$ref: 'index.yaml#/Team'}, boss: {$ref: '../api.yaml#/components/schemas/User'}}",
      },
    );
    expect(document).toMatchObject({
      paths: {
        "/a": {
          get: {
            responses: { "200": ref("#/components/responses/R") },
            parameters: [{ name: "p", in: "query", schema: ref("#/components/schemas/User") }],
          },
        },
      },
      components: {
        responses: { R: { description: "r" } },
        schemas: {
          User: {
            properties: { team: ref("#/components/schemas/Team"), boss: ref("#/components/schemas/User") },
          },
          Team: { items: ref("#/components/schemas/User") },
        },
        "x-c": 1,
      },
    });
    expect(Object.keys((document["components"] as { schemas: object }).schemas)).toEqual(["User", "Team"]);
  });

  test("may be circular across files", async () => {
    const document = await bundled("components: {schemas: {Root: {items: {$ref: a.yaml}}}}", {
      "a.yaml": "{properties: {b: {$ref: b.yaml#/B}}}",
      "b.yaml": "B: {properties: {a: {$ref: a.yaml}, root: {$ref: 'api.yaml#/components/schemas/Root'}}}",
    });
    expect(document["components"]).toEqual({
      schemas: {
        Root: { items: ref("#/components/schemas/a") },
        B: { properties: { a: ref("#/components/schemas/a"), root: ref("#/components/schemas/Root") } },
        a: { properties: { b: ref("#/components/schemas/B") } },
      },
    });
  });

  test("may stand in the mapping of a discriminator", async () => {
    const document = await read(
      "components: {schemas: {Dog: {}, Pet: {discriminator: {propertyName: t, mapping: {dog: Dog, own: '#/components/schemas/Dog', cat: ./cat.yaml, bird: birds.yaml#/Bird, none: None}}}}}",
      {
        "cat.yaml": "{discriminator: {mapping: {cat: cat.yaml, dog: Dog}}}",
        "birds.yaml":
          "Bird: {discriminator: {mapping: {a: '#/Bird', b: Owl}}}\ncomponents: {schemas: {Owl: {title: owl}}}",
      },
    );
    expect(document["components"]).toEqual({
      schemas: {
        Dog: {},
        Pet: {
          discriminator: {
            propertyName: "t",
            mapping: {
              dog: "Dog",
              own: "#/components/schemas/Dog",
              cat: "#/components/schemas/cat",
              bird: "#/components/schemas/Bird",
              none: "None",
            },
          },
        },
        Bird: {
          discriminator: { mapping: { a: "#/components/schemas/Bird", b: "#/components/schemas/Owl" } },
        },
        Owl: { title: "owl" },
        cat: { discriminator: { mapping: { cat: "#/components/schemas/cat", dog: "Dog" } } },
      },
    });
  });

  test("may meet the key __proto__ and keeps it harmless", async () => {
    const document = await bundled(
      "components: {schemas: {A: {items: {$ref: 'other.yaml#/__proto__'}}, __proto__: {$ref: b.yaml}}}",
      { "other.yaml": "__proto__: {properties: {__proto__: {type: string}}}", "b.yaml": "{title: b}" },
    );
    const schemas = atPointer(document as Json, "#/components/schemas") as object;
    expect(Object.keys(schemas)).toEqual(["A", "__proto__", "proto"]);
    expect(Object.getPrototypeOf(schemas)).toBe(Object.prototype);
    expect({}).not.toHaveProperty("title");
  });
});

describe("a $ref to another file fails", () => {
  const withRef = (target: string): string => `components: {schemas: {A: {items: {$ref: "${target}"}}}}`;

  test("with the places where it stands", async () => {
    const where =
      /"\.\/b\.yaml#\/None" at #\/A\/items in .*other\.yaml leads nowhere \(there is no "None" at # in .*b\.yaml\)/;
    await refFailure(withRef("./other.yaml#/A"), where, {
      "other.yaml": "A: {items: {$ref: ./b.yaml#/None}}",
      "b.yaml": "B: {}",
    });
  });

  test("when there is no file, or none that may be read", async () => {
    await refFailure(withRef("./none.yaml"), /#\/components\/schemas\/A\/items.*file that does not exist/);
    await refFailure(withRef("."), /not a file/);
    await refFailure(withRef("./none.yaml/x"), /does not exist|cannot be read/);
    await refFailure(withRef("/etc/hostname"), /not relative/);
    for (const url of [
      "https://example.test/a.yaml",
      "http://localhost/a.yaml",
      "file:///etc/hostname",
      "//host/a",
    ]) {
      await refFailure(withRef(url), /URL.*download/);
    }
    execFileSync("mkfifo", [join(folder, "pipe")]);
    await refFailure(withRef("./pipe"), /not a file/);
  });

  test("when the main file is not a file", async () => {
    async function* stdin(): AsyncGenerator<Buffer> {
      yield Buffer.from(head + withRef("./other.yaml"));
    }
    await file("{}", "other.yaml");
    expect(await failureOf("-", { stdin: stdin() })).toMatchObject({
      code: "UNRESOLVED_REF",
      message: expect.stringMatching(/only a description read from a file can refer to other files/),
    });
  });

  test("when the file is no YAML, too large or too complex, with the file's name", async () => {
    const main = await file(head + withRef("./other.yaml"));
    await file("a: 1\na: 2\n", "other.yaml");
    expect(await failureOf(main)).toMatchObject({
      code: "NOT_YAML",
      message: expect.stringMatching(/other\.yaml is not valid YAML.*line 2/),
    });
    await file("&a [*a]", "other.yaml");
    expect(await failureOf(main)).toMatchObject({
      code: "TOO_COMPLEX",
      message: expect.stringContaining("other.yaml contains itself"),
    });
    await file("{}", "other.yaml");
    await truncate(join(folder, "other.yaml"), 50_000_000 - 10);
    expect(await failureOf(main)).toMatchObject({ code: "TOO_LARGE" });
  });

  test("when it only leads round in a circle", async () => {
    await refFailure(withRef("./a.yaml"), /round in a circle/, {
      "a.yaml": "$ref: b.yaml",
      "b.yaml": "$ref: a.yaml",
    });
  });

  test("when something that cannot be a component contains itself", async () => {
    await file(`${head}paths: {/a: {$ref: ./path.yaml}}`);
    await file("get: {callbacks: {c: {'{$url}': {$ref: path.yaml}}}}", "path.yaml");
    expect(await failureOf(join(folder, "api.yaml"))).toMatchObject({
      code: "INVALID_DESCRIPTION",
      message: expect.stringContaining("path.yaml refers to itself"),
    });
  });

  test("when files put in place many times become too much", async () => {
    await file(`${head}paths: {/a: {$ref: ./p0.yaml}}`);
    for (let level = 0; level < 40; level++) {
      const next = `{$ref: p${level + 1}.yaml}`;
      await file(
        `get: {callbacks: {a: {x: ${next}, y: ${next}}, b: {x: ${next}, y: ${next}}}}`,
        `p${level}.yaml`,
      );
    }
    await file("{}", "p40.yaml");
    expect(await failureOf(join(folder, "api.yaml"))).toMatchObject({ code: "TOO_COMPLEX" });
  });

  test("when files put in place nest too deep", async () => {
    await file(`${head}paths: {/a: {$ref: ./p0.yaml}}`);
    for (let level = 0; level < 150; level++) {
      await file(`get: {callbacks: {a: {x: {$ref: p${level + 1}.yaml}}}}`, `p${level}.yaml`);
    }
    await file("{}", "p150.yaml");
    expect(await failureOf(join(folder, "api.yaml"))).toMatchObject({ code: "TOO_COMPLEX" });
  });

  test("when no name is left for its target", async () => {
    await file(`${head}components: {schemas: {A: {anyOf: [{$ref: a-b.yaml#/ä}, {$ref: a-b.yaml#/ö}]}}}`);
    await file("ä: {}\nö: {}", "a-b.yaml");
    expect(await failureOf(join(folder, "api.yaml"))).toMatchObject({
      code: "INVALID_DESCRIPTION",
      message: expect.stringContaining("no component name left for #/ä"),
    });
  });
});

test("a $ref to a key with a percent sign is escaped when it moves", async () => {
  const document = await bundled(
    "components: {schemas: {a%20b: {title: own}, A: {items: {$ref: other.yaml}}}}",
    { "other.yaml": "items: {$ref: 'api.yaml#/components/schemas/a%2520b'}" },
  );
  expect(document["components"]).toMatchObject({
    schemas: { other: { items: ref("#/components/schemas/a%2520b") } },
  });
});

test("a $ref may lead through a symbolic link", async () => {
  await file("{title: a}", "real.yaml");
  await symlink("real.yaml", join(folder, "link.yaml"));
  const document = await bundled("components: {schemas: {A: {items: {$ref: link.yaml}}}}", {});
  expect(document["components"]).toMatchObject({ schemas: { link: { title: "a" } } });
});
