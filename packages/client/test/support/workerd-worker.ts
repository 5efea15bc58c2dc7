// Runs in workerd: one client for all requests, as a variable of the module.
import { createSigner } from "@upvest-sdk/signing";
import { listUsers } from "@upvest-sdk/types/operations";
import { createUpvestClient, type UpvestClient } from "../../src/index.js";

interface Environment {
  readonly API: string;
}

let client: UpvestClient | undefined;

const clientOf = ({ API }: Environment): UpvestClient => {
  client ??= createUpvestClient({
    baseUrl: API,
    clientId: "8e5b3c7f-3a5a-4d0e-9d59-0f6b4a6a1c55",
    // Asked for by a request, and dead with it, as the token is.
    clientSecret: async () => (await fetch(`${API}/secret`)).text(),
    scopes: ["users:read"],
    signer: () =>
      createSigner({
        keyId: "2f2c2fb1-43b2-4b7e-9a3c-8d4ec8e0f3aa",
        privateKey: new Uint8Array(32).fill(7),
      }),
  });
  return client;
};

export default {
  async fetch(request: Request, environment: Environment): Promise<Response> {
    const call = clientOf(environment).call(listUsers);
    if (new URL(request.url).pathname === "/leave") {
      call.catch(() => {});
      // Until it has asked for what it needs.
      await new Promise((resolve) => setTimeout(resolve, 300));
      return new Response("left");
    }
    return Response.json(
      await call.then(
        () => ({ ok: true }),
        (error) => ({ ok: false, error: `${error}; ${error.cause}` }),
      ),
    );
  },
};
