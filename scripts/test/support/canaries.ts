import { inspect } from "node:util";

/**
 * Everything that a text or a log could make of a secret: as it is, in JSON, in a URL or a form, in hex, in Base64 (also in
 * the midst of something else that is encoded), and as the list of its bytes.
 */
function formsOf(secret: string | Uint8Array): Set<string> {
  const bytes = Buffer.from(secret as string);
  const forms = new Set<string>();
  if (typeof secret === "string") {
    forms.add(secret);
    forms.add(JSON.stringify(secret).slice(1, -1));
    forms.add(encodeURIComponent(secret));
    forms.add(`${new URLSearchParams([[secret, ""]])}`.slice(0, -1));
  }
  const hex = bytes.toString("hex");
  forms.add(hex).add(hex.toUpperCase());
  for (let before = 0; before < 3; before++) {
    // What is before and after shares a character with what is looked for, but for one of the three alignments.
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    const whole = encoded.slice(Math.ceil((before * 4) / 3), Math.floor(((before + bytes.length) * 4) / 3));
    forms.add(whole).add(whole.replaceAll("+", "-").replaceAll("/", "_"));
  }
  // As `inspect` and JSON write them, without their spaces.
  forms.add([...bytes].join(","));
  forms.add([...bytes].map((byte, index) => `"${index}":${byte}`).join(","));
  return forms;
}

/** Texts to look at: what was said, and what of it was made by whoever logs it. */
function textsOf(value: unknown): string[] {
  const texts: string[] = [];
  const seen = new Set<unknown>();
  const add = (one: unknown): void => {
    if (seen.has(one)) return;
    seen.add(one);
    const options = { depth: Number.POSITIVE_INFINITY, maxArrayLength: null, maxStringLength: null };
    texts.push(inspect(one, { ...options, showHidden: true }), inspect(one, { ...options, getters: true }));
    try {
      texts.push(String(one), String(JSON.stringify(one)));
    } catch {
      // No text can be made of it, or no JSON: a circle, a null prototype.
    }
    if (one instanceof Error) {
      texts.push(one.message, String(one.stack), JSON.stringify(Object.getOwnPropertyNames(one)));
      add(one.cause);
      if (one instanceof AggregateError) one.errors.forEach(add);
      try {
        texts.push(String(JSON.stringify({ ...one, message: one.message, stack: one.stack })));
      } catch {}
    }
  };
  add(value);
  return texts;
}

/** Secrets that were planted, and everything that came out. */
export class Canaries {
  readonly #forms = new Map<string, string>();
  readonly #seen: { what: string; value: unknown }[] = [];

  /** From now on none of this may be seen, nor the half of it. */
  plant(name: string, secret: string | Uint8Array): void {
    const half = Math.ceil(secret.length / 2);
    // Less than this stands in ordinary texts, too.
    const parts = half >= 12 ? [secret, secret.slice(0, half), secret.slice(-half)] : [secret];
    for (const part of parts) for (const form of formsOf(part)) if (form) this.#forms.set(form, name);
  }

  /** Keeps what came out, to be searched. */
  record<T>(what: string, value: T): T {
    this.#seen.push({ what, value });
    return value;
  }

  get recorded(): number {
    return this.#seen.length;
  }

  /** The name of a secret that stands in a text, in whatever form. */
  nameIn(text: string): string | undefined {
    const close = text.replace(/\s+/g, "");
    for (const [form, name] of this.#forms) if (text.includes(form) || close.includes(form)) return name;
    return undefined;
  }

  /** What was recorded and holds a secret. */
  found(): string[] {
    return this.#seen.flatMap(({ what, value }) => {
      const names = new Set(textsOf(value).map((text) => this.nameIn(text)));
      names.delete(undefined);
      return [...names].map((name) => `${what} shows ${name}`);
    });
  }
}
