import { createCipheriv } from "node:crypto";
import * as signing from "../src/node.js";
import { type Report, thrownBy } from "./check.js";
import { runSuite } from "./suite.js";
import { sendWireRequests } from "./wire-requests.js";

const useAes192 = () => createCipheriv("aes-192-cbc", new Uint8Array(24), new Uint8Array(16));

export const run = async (): Promise<Report> => {
  const lacksAes192 = (await thrownBy(useAes192)) !== undefined;
  return runSuite({ signing, entry: "node", lacksAes192 });
};
export const send = (origin: string): Promise<string[]> => sendWireRequests(signing, origin);
