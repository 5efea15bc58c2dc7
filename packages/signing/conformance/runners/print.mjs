// What Node, Deno and Bun are given to run: `print.mjs <bundle> <origin>` prints what the bundle finds, as JSON.
import process from "node:process";

const [bundle, origin] = process.argv.slice(2);
const { run, send } = await import(bundle);
const report = await run();
const unsent = await send(origin);
console.log(JSON.stringify({ report, unsent }));
