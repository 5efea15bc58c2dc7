// Builds all packages that changed.
import { build } from "./run.mjs";

await build();
