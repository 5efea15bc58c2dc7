import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** A bundle as a user's is made, for the size tests of all packages. */
export interface Bundle {
  readonly text: string;
  /** In bytes, minified and gzipped. */
  readonly size: number;
  /** The paths of what is in it. */
  readonly files: readonly string[];
}

/** @param folder where the imports of the code are looked for */
export async function bundle(code: string, folder: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: folder, loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    // Node built-ins are not on it: one in the bundle would be an error.
    platform: "neutral",
    mainFields: ["module", "main"],
    write: false,
    metafile: true,
  });
  const { contents } = outputFiles[0]!;
  const { inputs } = Object.values(metafile.outputs)[0]!;
  const files = Object.keys(inputs).filter((file) => inputs[file]!.bytesInOutput > 0);
  return { text: new TextDecoder().decode(contents), size: gzipSync(contents, { level: 9 }).length, files };
}

export const fileName = (path: string): string => path.replace(/^.*\/(?=[^/]+$)/, "");
