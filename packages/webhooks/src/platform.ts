// Types of the runtime, where the program that uses them knows such types: the DOM library, or those of Node, Deno, Bun or
// Workers.

/** The fetch `Response`. */
export type PlatformResponse = typeof globalThis extends { Response: { prototype: infer R } } ? R : unknown;

/** `AbortSignal`. */
export type PlatformAbortSignal = typeof globalThis extends { AbortSignal: { prototype: infer S } }
  ? S
  : unknown;
