// A server for the measurement of the client, in a process of its own: answers every request, prints where it listens.
import { createServer } from "node:http";

const token = JSON.stringify({ access_token: "t".repeat(80), expires_in: 86_400, token_type: "bearer" });
const answer = process.argv[2] ?? "";

const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => {
    response.setHeader("content-type", "application/json");
    response.setHeader("upvest-request-id", "8b5b4a0e-5c9f-4b1e-9a53-0d8f7a2f1c11");
    response.end(request.url === "/auth/token" ? token : answer);
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address) process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});
// Ends with whoever started it.
process.stdin.on("end", () => process.exit()).resume();
