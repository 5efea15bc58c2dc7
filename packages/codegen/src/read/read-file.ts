import { createReadStream } from "node:fs";
import { CodegenError } from "../errors.js";
import { collect } from "./collect.js";
import { errorCode } from "./error-code.js";

/** The bytes of a file or a named pipe. */
export async function readFile(path: string): Promise<Buffer> {
  const name = JSON.stringify(path);
  try {
    return await collect(createReadStream(path), name);
  } catch (error) {
    if (error instanceof CodegenError) throw error;
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw new CodegenError("FILE_NOT_FOUND", `There is no file ${name}; check the path.`, { cause: error });
    }
    const why = code === "EISDIR" ? "it is a folder" : code;
    throw new CodegenError(
      "FILE_NOT_READABLE",
      `The file ${name} cannot be read (${why}); check the path and its permissions.`,
      { cause: error },
    );
  }
}
