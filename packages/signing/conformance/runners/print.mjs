// What Node, Deno and Bun are given to run: `print.mjs <bundle>` calls what the bundle exports, and prints what it gives as JSON.
import process from "node:process";
import { readCalls } from "./calls.mjs";

const exported = await import(process.argv[2]);
const results = [];
for (const [name, ...args] of await readCalls()) results.push(await exported[name](...args));
console.log(JSON.stringify(results));
