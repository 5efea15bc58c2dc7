import { step, type World } from "./world.js";

const longest = 60_000;

/**
 * Runs a task once more that waits for something: soon at first, then ever more rarely, at last once a minute.
 * @param since when the waiting began, RFC 3339
 */
export function recheck(world: World, since: string, task: string, id: string): void {
  const waited = world.clock.now() - Date.parse(since);
  world.later(Math.min(longest, Math.max(step, Math.round(waited / 10))), task, id);
}
