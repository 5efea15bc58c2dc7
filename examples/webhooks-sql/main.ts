// node dist/main.js <folder of the database> <file with the key set>
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { PGlite } from "@electric-sql/pglite";
import { staticKeys } from "@upvest-sdk/webhooks";
import { toNodeHandler } from "@upvest-sdk/webhooks/node";
import { createReceiver, schema } from "./receiver.js";

const [folder, keys] = process.argv.slice(2);
const database = await PGlite.create(folder!);
await database.exec(schema);
const receiver = createReceiver(database, staticKeys(JSON.parse(await readFile(keys!, "utf8"))));
const server = createServer(toNodeHandler(receiver)).listen(Number(process.env["PORT"] ?? "3000"), () =>
  console.log("receiving on", Object(server.address()).port),
);
