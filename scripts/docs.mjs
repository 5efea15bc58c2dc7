// The API reference: a page a public name, from the doc comments, and the guides. Anything that is wrong with the comments
// is an error. `pnpm run docs [folder]`; default `dist-docs`. (`pnpm docs` is a command of pnpm's own.)
import { readReference } from "./docs/reference.mjs";
import { root } from "./run.mjs";

const [folder] = process.argv.slice(2);
const { app, project } = await readReference(root);
if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exitCode = 1;
else await app.generateDocs(project, folder ?? app.options.getValue("out"));
