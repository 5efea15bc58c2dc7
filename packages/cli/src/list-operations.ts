import { parseArgs } from "node:util";
import type { Command } from "./command.js";
import { UsageError } from "./errors.js";
import { operations } from "./find-operation.js";
import { print, printError, table } from "./output.js";

const options = { json: { type: "boolean" } } as const;

/** `upvest operations`: what there is to call. */
export const listOperations: Command = {
  name: "operations",
  summary: "lists operations with method, path and scopes",
  usage: `upvest operations [filter] [--json]

  [filter]   only those that have this text in their name, id, method and path, or scopes
  --json     [{name, id, method, path, scopes, idempotent, paged}] for scripts`,
  options,
  argument: [],
  async run(args) {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    if (positionals.length > 1) throw new UsageError("one filter at a time; quote it if it has spaces.");
    const wanted = (positionals[0] ?? "").toLowerCase();
    const found = [...operations].filter(([name, { id, method, path, scopes }]) =>
      [name, id, `${method} ${path}`, ...scopes].some((text) => text.toLowerCase().includes(wanted)),
    );
    if (values.json) {
      await print(
        JSON.stringify(
          found.map(([name, { id, method, path, scopes, idempotent = false, paged = false }]) => ({
            name,
            id,
            method,
            path,
            scopes,
            idempotent,
            paged,
          })),
        ),
      );
    } else if (found.length) {
      await print(
        table(found.map(([name, { method, path, scopes }]) => [name, method, path, scopes.join(" or ")])),
      );
    }
    if (!found.length) await printError("upvest: no operation has that in it.");
    return found.length ? 0 : 1;
  },
};
