import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isRedisThere, type RedisServer, startRedis } from "../../packages/client/test/support/redis.js";
import { type Block, findBlocks, findPages } from "./blocks/find-blocks.js";
import { openPlace, type Place } from "./blocks/place.js";
import { programs, redisPrograms } from "./blocks/programs.js";
import { type Program, runProgram } from "./blocks/run-program.js";

// Every block of TypeScript on a page is run against the local Upvest, one in a process. `programs` says what one needs that
// is no whole program; one that cannot be run has to be named here, with the reason.
const notRun: Readonly<Record<string, string>> = {};

const blocks = findPages()
  .flatMap(findBlocks)
  .filter(({ language }) => language === "ts" || language === "js");
const named = (table: object) => Object.keys(table);
const needsRedis = named(redisPrograms(""));

let place: Place;
beforeAll(async () => {
  place = await openPlace();
});
afterAll(() => place?.close());

async function check(block: Block, program: Program = {}): Promise<void> {
  const { code, output } = await runProgram(block, program, place);
  expect(code, `${block.page}:${block.line}\n${output}`).toBe(0);
  if (program.prints) expect(output).toMatch(program.prints);
}

describe.concurrent("a block runs", () => {
  const run = blocks.filter(({ name }) => !(name in notRun) && !needsRedis.includes(name));
  test.each(run.map((block) => [block.name, block] as const))("%s", (name, block) =>
    check(block, programs[name]),
  );
});

if (!isRedisThere) console.warn("SKIPPED: blocks that need Redis. There is no redis-server here.");

describe.skipIf(!isRedisThere)("a block runs with Redis", () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis?.close());

  test.each(needsRedis)("%s", async (name) => {
    const block = blocks.find((each) => each.name === name);
    expect(block).toBeDefined();
    await check(block!, redisPrograms(`redis://127.0.0.1:${redis.port}`)[name]);
  });
});

test("every name in the tables is that of a block", () => {
  const names = blocks.map(({ name }) => name);
  const given = [...named(programs), ...needsRedis, ...named(notRun)];
  expect(given.filter((name) => !names.includes(name))).toEqual([]);
});
