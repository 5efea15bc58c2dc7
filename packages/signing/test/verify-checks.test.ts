import { describe, expect, it } from "vitest";
import * as portable from "../src/index.js";
import * as node from "../src/node.js";
import {
  attach,
  digestOf,
  makeKey,
  publicPem,
  type SignatureSpec,
  signBytes,
  signMessage,
  type WireMessage,
} from "./reference.js";

// Each check of the verifier by itself: the signature is valid, so that nothing else refuses the message.

const key = makeKey("k", "ed25519");
const now = 1_700_000_000;
const body = Buffer.from("abcdefghij");
const message: WireMessage = {
  method: "POST",
  url: "https://h.example/p?a=b",
  headers: [
    ["content-digest", `sha-512=:${digestOf("sha512", body)}:`],
    ["content-length", "10"],
    ["accept", "a"],
  ],
  body,
};
const spec: SignatureSpec = {
  label: "sig1",
  components: ['"@method"', '"@path"', '"@query"', '"content-digest"', '"content-length"', '"accept"'],
  params: `;keyid="k";created=${now};expires=${now + 10};nonce="n"`,
  version: 15,
};
const withHeader = (name: string, value: string, of = message): WireMessage => ({
  ...of,
  headers: [...of.headers.filter(([key]) => key !== name), [name, value]],
});

describe.each([
  { entry: "portable", ...portable },
  { entry: "node", ...node },
])("a check by itself, $entry", (ours) => {
  const verify = async (wire: object, options: Partial<node.VerifyOptions> = {}) =>
    ours.verifyRequest(wire as WireMessage, {
      keys: await ours.importPublicKeys(publicPem(key.publicKey), { keyId: "k" }),
      version: 15,
      now: () => now * 1000,
      ...options,
    });
  const codeOf = (wire: object, options?: Partial<node.VerifyOptions>) =>
    verify(wire, options).then(
      () => "verified",
      (error: unknown) => (error instanceof node.SignatureError ? error.code : error),
    );

  it("the message that all of these begin with is valid", async () => {
    expect((await verify(signMessage(message, spec, key))).components).toHaveLength(6);
  });

  it.each(["010", "+10", "10.0", "1e1", "0xa", " 10,", "10, 10"])(
    "content-length is the number as it is written, not %s",
    async (value) => {
      const wire = signMessage(withHeader("content-length", value), spec, key);
      expect(await codeOf(wire)).toBe("CONTENT_LENGTH_MISMATCH");
    },
  );

  it.each(["\u00a0", "\ufeff", "\u2003", "\u0085", "\v", "\f"])(
    "only spaces and tabs are taken off a value, not %j",
    async (odd) => {
      const signed = signMessage(message, spec, key);
      for (const value of [`a${odd}`, `${odd}a`, `${odd} a ${odd}`]) {
        expect(await codeOf(withHeader("accept", value, signed))).not.toBe("verified");
      }
      expect(await codeOf(withHeader("accept", " \ta\t ", signed))).toBe("verified");
    },
  );

  it.each(["http://h:99999/p?a=b", "http://1.2.3.4.5/p?a=b", "http://h:8:0/p?a=b", "https://./p?a=b"])(
    "a URL that is none, where its host is covered: %s",
    async (url) => {
      for (const name of ["@authority", "@scheme", "@target-uri"]) {
        const components = [...spec.components, `"${name}"`];
        const wire = attach({ ...message, url }, { ...spec, components }, Buffer.alloc(64));
        expect(["INVALID_REQUEST", "SIGNATURE_INVALID"]).toContain(await codeOf(wire));
      }
    },
  );

  it.each([Symbol("a"), () => "", Object.create(null), 5, [], [Symbol("a")], { toString: "" }])(
    "a body, a URL or a method that is none",
    async (odd) => {
      const signed = signMessage(message, spec, key);
      for (const name of ["body", "url", "method", "headers"]) {
        expect(await codeOf({ ...signed, [name]: odd }), name).toMatch(/^[A-Z_]+$/);
      }
    },
  );

  it("what is signed is not changed by an empty query's question mark in @request-target", async () => {
    const components = [...spec.components, '"@request-target"'];
    const wire = signMessage({ ...message, url: "/p" }, { ...spec, components }, key);
    expect(await codeOf({ ...wire, url: "/p?" })).toBe("SIGNATURE_INVALID");
    const bare = signMessage({ ...message, url: "/p?" }, { ...spec, components }, key);
    expect(await codeOf(bare)).toBe("verified");
  });

  it("the limit of the headers counts their names", async () => {
    const signed = signMessage(message, spec, key);
    const many = Array.from({ length: 300 }, (_, at): [string, string] => [`${"n".repeat(60)}${at}`, ""]);
    expect(await codeOf({ ...signed, headers: [...many, ...signed.headers] })).toBe("HEADERS_TOO_LARGE");
    expect(await codeOf({ ...signed, headers: [...many.slice(150), ...signed.headers] })).toBe("verified");
  });

  it("a label that only one of the headers has", async () => {
    for (const [name, more] of [
      ["signature", ", b=:AAAA:"],
      ["signature-input", `, b=("@method");created=${now};keyid="k"`],
    ]) {
      const signed = signMessage(message, spec, key);
      const headers = signed.headers.map(([key, value]) => [key, key === name ? value + more : value]);
      expect(await codeOf({ ...signed, headers }), name).toBe("verified");
      expect(await codeOf({ ...signed, headers }, { label: "b" }), name).toBe("SIGNATURE_LABEL");
    }
  });

  it.each([";name=a", ";name", ";name=1", ";name=:YQ==:", ';x="a"', ';name="a";x', ""])(
    "@query-param with %j",
    async (params) => {
      const components = [...spec.components, `"@query-param"${params}`];
      const wire = attach(message, { ...spec, components }, Buffer.alloc(64));
      expect(await codeOf(wire)).toBe("COMPONENT_PARAMETER");
    },
  );

  it.each(["x", ";x", ";x=1", ";x=:AA==:"])("more than a digest: %j behind it", async (more) => {
    const wire = signMessage(
      withHeader("content-digest", `sha-512=:${digestOf("sha512", body)}:${more}`),
      spec,
      key,
    );
    expect(await codeOf(wire)).toMatch(/^DIGEST_/);
  });

  it("the value of a header that is no text, covered or not", async () => {
    const signed = signMessage(message, spec, key);
    for (const value of [{}, new Date(0), [{}], new Map()]) {
      for (const name of ["accept", "x-y"]) {
        const headers = { ...Object.fromEntries(signed.headers), [name]: value };
        expect(await codeOf({ ...signed, headers }), name).toBe("INVALID_REQUEST");
      }
    }
  });

  it("a fetch request that was read, where only bodyUsed tells", async () => {
    const signed = signMessage(message, spec, key);
    const arrayBuffer = async () => new Uint8Array(body).buffer;
    const request = { ...signed, headers: new Headers(signed.headers), body: undefined, arrayBuffer };
    expect(await codeOf({ ...request, bodyUsed: false })).toBe("verified");
    expect(await codeOf({ ...request, bodyUsed: true })).toBe("BODY_USED");
  });

  it.each(["\n", "\r", "\r\n"])("a line break in what is covered: %j", async (end) => {
    const base = `"@method": POST\n"@path": /p\n"accept": a${end}b\n"@signature-params": ("@method" "@path" "accept")${spec.params}`;
    const wire = attach(
      { ...message, url: "/p", headers: [["accept", `a${end}b`]], body: Buffer.alloc(0) },
      { ...spec, components: ['"@method"', '"@path"', '"accept"'] },
      signBytes(key, Buffer.from(base)),
    );
    expect(await codeOf(wire)).toBe("INVALID_REQUEST");
  });
});
