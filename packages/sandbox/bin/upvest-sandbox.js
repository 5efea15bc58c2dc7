#!/usr/bin/env node
import process from "node:process";
import { main } from "../dist/cli.js";

const code = await main(process.argv.slice(2));
// The server keeps the process, unless there is none.
if (code !== 0 || process.argv.includes("--help")) process.exit(code);
