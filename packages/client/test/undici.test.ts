import { createAccountGroup } from "@upvest-sdk/types/operations";
// Newer than the one in Node 20: as soon as it is loaded, the global `fetch` sends through it.
import "undici";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Api, startApi } from "./support/api.js";
import { person } from "./support/canaries.js";

let api: Api;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.close());

test("bodies are sent, and their length is covered, where a newer undici was loaded", async () => {
  await api.client().call(createAccountGroup, { body: person as never });
  const { headers } = api.requests[0]!;
  expect(headers["content-length"]).toMatch(/^\d+$/);
  expect(headers["signature-input"]).toContain('"content-length"');
  expect(api.complaints).toEqual([]);
});
