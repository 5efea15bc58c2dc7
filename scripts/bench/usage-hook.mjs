// Loaded into each measured process: tells its own costs to whoever started it, on file descriptor 3.
import { writeSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

if (isMainThread) {
  process.on("exit", () => {
    const { userCPUTime, maxRSS } = process.resourceUsage();
    writeSync(3, JSON.stringify({ userMs: userCPUTime / 1000, peakMb: (maxRSS * 1024) / 1e6 }));
  });
}
