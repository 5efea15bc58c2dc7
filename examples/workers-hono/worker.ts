// A Worker: the client for its own routes, and the webhooks of orders, whose ends are kept in KV.
import { clientOptionsFromEnv, createUpvestClient, UpvestApiError, UpvestError } from "@upvest-sdk/client";
import { retrieveInstrument } from "@upvest-sdk/client/operations";
import { createSigner } from "@upvest-sdk/signing";
import { createWebhookReceiver, remoteKeys } from "@upvest-sdk/webhooks";
import { Hono } from "hono";

/** What wrangler.jsonc binds; the secrets are set by `wrangler secret put`. */
interface Environment {
  readonly UPVEST_API_BASE_URL: string;
  readonly UPVEST_API_SCOPES: string;
  readonly UPVEST_API_CLIENT_ID: string;
  readonly UPVEST_API_CLIENT_SECRET: string;
  readonly UPVEST_API_KEY_ID: string;
  /** PEM; \n may stand for its line ends. */
  readonly UPVEST_API_HTTP_SIGN_PRIVATE_KEY: string;
  readonly ORDERS: {
    get(key: string): Promise<string | null>;
    put(key: string, value: string): Promise<void>;
  };
}

function createApp({ ORDERS, ...variables }: Environment) {
  const client = createUpvestClient({
    ...clientOptionsFromEnv(variables),
    // A function: the key is read at the first call, and nothing happens before.
    signer: () =>
      createSigner({
        keyId: variables.UPVEST_API_KEY_ID,
        privateKey: variables.UPVEST_API_HTTP_SIGN_PRIVATE_KEY,
      }),
  });

  // The default de-duplication knows one isolate only, and there are many. What is done here may be done again: an order
  // that has ended does not change any more, so neither repeats nor another order of events do harm.
  const receiver = createWebhookReceiver({
    keys: remoteKeys(client),
    onError: (error, { eventId }) => console.error(error.code, eventId),
  });
  for (const type of ["ORDER.FILLED", "ORDER.CANCELLED"] as const)
    receiver.on(type, ({ object }) => ORDERS.put(object.id, object.status));

  const app = new Hono();
  app.post("/upvest", (context) => receiver.handle(context.req.raw));

  // Public data. Before a route that shows a customer's, let somebody log in.
  app.get("/instruments/:isin{[A-Z]{2}[A-Z0-9]{9}[0-9]}", async (context) => {
    const instrument_id = `isin:${context.req.param("isin")}`;
    const { isin, name, trading_status } = await client.call(retrieveInstrument, { path: { instrument_id } });
    return context.json({ isin, name, trading_status });
  });
  app.get("/orders/:id/end", async (context) => {
    const status = await ORDERS.get(context.req.param("id"));
    return status === null ? context.notFound() : context.json({ status });
  });

  app.onError((error, context) => {
    if (!(error instanceof UpvestError)) console.error(error);
    else console.error(error.code, error.outcome, error.operationId);
    // What the API says of a fault of ours is not for the visitor.
    return error instanceof UpvestApiError && error.status === 404
      ? context.notFound()
      : context.json({ title: "The API cannot be asked at the moment" }, 502);
  });
  return app;
}

// One for all requests of an isolate: token and keys are kept in it.
let app: Hono | undefined;

export default {
  fetch(request: Request, environment: Environment): Response | Promise<Response> {
    app ??= createApp(environment);
    return app.fetch(request);
  },
};
