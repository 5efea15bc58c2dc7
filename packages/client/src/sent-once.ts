interface DenoLike {
  createHttpClient?(options: object): unknown;
}

let client: unknown;

/**
 * What the `fetch` of Deno is to be told beside a request that changes something. When a connection that was used before breaks,
 * it sends any request once more by itself, with the signature and the nonce of the first: the answer is a refusal of the second,
 * though the first was carried out. On a connection of its own a request is sent once. Others repeat a GET at most.
 */
export function sentOnce(): object | undefined {
  const { Deno } = globalThis as { Deno?: DenoLike };
  client ??= Deno?.createHttpClient?.({ poolMaxIdlePerHost: 0 });
  return client ? { client } : undefined;
}
