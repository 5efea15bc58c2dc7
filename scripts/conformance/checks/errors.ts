import {
  UpvestApiError,
  UpvestConfigurationError,
  UpvestConnectionError,
  UpvestTimeoutError,
} from "@upvest-sdk/client";
import {
  createUser,
  createWebhook,
  listUsers,
  retrieveUser,
  updateWebhook,
} from "@upvest-sdk/client/operations";
import { createSigner, generateKeyPair } from "@upvest-sdk/signing";
import { describe, equal, ok, thrownBy } from "../../../packages/signing/conformance/check.js";
import { failing } from "../failing.js";
import { newUser, type Scene } from "../scene.js";

export async function errorChecks(scene: Scene): Promise<void> {
  const { check, facts } = scene;
  const client = await scene.createClient();
  const calm = await scene.createClient({ retry: { maxRetries: 0 } });
  await calm.call(listUsers);
  /** Whatever was given up is still on its way in the sandbox, and would take the faults of others. */
  const served = () => new Promise((resolve) => setTimeout(resolve, 1_000));
  const nobody = { path: { user_id: crypto.randomUUID() } };

  await check("what the API refuses: problem details, request id, operation, rejected", async () => {
    const error = await failing(() => client.call(retrieveUser, nobody), "not_found", "rejected");
    ok(error instanceof UpvestApiError, describe(error));
    equal(
      [error.status, error.problem?.status, error.operationId, error.environment, error.retryable],
      [404, 404, "retrieve_user", scene.api, false],
    );
    equal([error.attempts.length, error.attempts[0]!.requestId], [1, error.requestId]);
    ok(error.requestId!.length > 30, "no request id");
    ok(error.problem!.detail!.includes(nobody.path.user_id), error.problem!.detail!);
  });

  await check("a body that the API does not take: 400, rejected, and its key is told", async () => {
    const body = { ...newUser("Never"), birth_date: "10.12.1990" };
    const error = await failing(() => client.call(createUser, { body }), "invalid_request", "rejected");
    equal((error as UpvestApiError).status, 400);
    ok((error as UpvestApiError).problem!.detail!.includes("birth_date"), "birth_date is not named");
    ok(error.idempotencyKey!.length > 30, "no key");
    equal(await scene.countUsers(client, "Never"), 0);
  });

  await check("a key with another body: 409, and it may have happened", async () => {
    const idempotencyKey = crypto.randomUUID();
    await client.call(createUser, { idempotencyKey, body: newUser("Conflict") });
    const again = () => client.call(createUser, { idempotencyKey, body: newUser("Conflict 2") });
    const error = await thrownBy(again);
    ok(error instanceof UpvestApiError, describe(error));
    equal([error.status, error.outcome, error.idempotencyKey], [409, "unknown", idempotencyKey]);
    equal(await scene.countUsers(client, "Conflict 2"), 0);
  });

  await check("an input that makes no sense is not sent", async () => {
    let requests = 0;
    const own = await scene.createClient({ hooks: { onRequest: () => requests++ } });
    const run = () => own.call(retrieveUser, { path: { user_id: "" } });
    const error = await failing(run, "INVALID_INPUT", "not_sent");
    ok(error instanceof UpvestConfigurationError, describe(error));
    equal(requests, 0);
  });

  await check("an idempotency key that is none is not sent", async () => {
    const run = () => client.call(createUser, { idempotencyKey: "order-1", body: newUser("Never") });
    await failing(run, "IDEMPOTENCY_KEY_INVALID", "not_sent");
  });

  await check("a scope that was not granted is named, and nothing is sent", async () => {
    const own = await scene.createClient({ scopes: ["users:read"] });
    const run = () => own.call(createUser, { body: newUser("Never") });
    const error = await failing(run, "SCOPE_MISSING", "not_sent");
    ok(error.message.includes("users:admin"), error.message);
  });

  await check("a wrong secret: 401, not sent, and the secret is not in the error", async () => {
    const clientSecret = "not-the-secret-1";
    const own = await scene.createClient({ clientSecret });
    const error = await thrownBy(() => own.call(listUsers));
    ok(error instanceof UpvestApiError, describe(error));
    equal([error.status, error.outcome], [401, "not_sent"]);
    ok(!`${error.stack}${JSON.stringify(error)}`.includes(clientSecret), "the secret is in it");
  });

  await check("a wrong key: 401, and what the server computed", async () => {
    const { privateKeyPem } = await generateKeyPair("p521");
    const { keyId } = facts.keys.p521;
    const own = await scene.createClient({
      signer: await createSigner({ keyId, privateKey: privateKeyPem }),
    });
    const error = await thrownBy(() => own.call(listUsers));
    ok(error instanceof UpvestApiError, describe(error));
    equal([error.status, error.outcome], [401, "not_sent"]);
    ok("signature_base" in error.problem!, "no signature base");
  });

  await check("a signer that fails: SIGNING_FAILED, not sent", async () => {
    const own = await scene.createClient({
      signer: {
        async headers() {
          throw new Error("out of order");
        },
      },
    });
    const error = await failing(() => own.call(listUsers), "SIGNING_FAILED", "not_sent");
    equal((error.cause as Error).message, "out of order");
  });

  await check("nobody listens: not sent", async () => {
    const own = await scene.createClient({
      baseUrl: "http://127.0.0.1:1",
      retry: { maxRetries: 1, baseDelay: 1 },
    });
    const error = await thrownBy(() => own.call(listUsers));
    ok(error instanceof UpvestConnectionError, describe(error));
    // workerd and browsers do not tell why.
    ok(["NOT_CONNECTED", "CONNECTION_LOST"].includes(error.code), error.code);
    equal([error.outcome, error.attempts.length], ["not_sent", 2]);
  });

  await check("aborted before it is sent: not sent", async () => {
    const signal = AbortSignal.abort("gone");
    const error = await failing(() => client.call(listUsers, { signal }), "ABORTED", "not_sent");
    equal(error.cause, "gone");
  });

  await check("aborted on its way: unknown", async () => {
    await scene.fault({ kind: "latency", ms: 800, operation: "createUser", times: 1 });
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 300);
    const run = () => calm.call(createUser, { body: newUser("Aborted"), signal: abort.signal });
    const error = await failing(run, "ABORTED", "unknown");
    ok(error.idempotencyKey!.length > 30, "no key");
    await served();
  });

  await check("no answer in time: TIMEOUT, unknown", async () => {
    await scene.fault({ kind: "latency", ms: 800, operation: "createUser", times: 1 });
    const run = () => calm.call(createUser, { body: newUser("Late"), timeout: 300 });
    const error = await failing(run, "TIMEOUT", "unknown");
    ok(error instanceof UpvestTimeoutError, describe(error));
    equal(error.attempts.length, 1);
    ok(error.attempts[0]!.duration >= 290, `after ${error.attempts[0]!.duration} ms`);
    await served();
  });

  await check("the deadline of a call stops its retries", async () => {
    await scene.fault({ kind: "latency", ms: 800, operation: "listUsers", times: 9 });
    const run = () => client.call(listUsers, { timeout: 200, deadline: 500 });
    const error = await failing(run, "DEADLINE", "unknown");
    ok(error.attempts.length > 1, "only one attempt");
    await served();
  });

  await check("what cannot be repeated is not repeated", async () => {
    const body = { title: "away", url: facts.capture, type: ["USER" as const] };
    const { id } = await client.call(createWebhook, { body });
    await scene.fault({ kind: "status", status: 503, operation: "updateWebhook", times: 1 });
    const run = () => client.call(updateWebhook, { path: { webhook_id: id }, body: { title: "here" } });
    const error = await failing(run, "unavailable", "unknown");
    equal([error.attempts.length, error.idempotencyKey], [1, undefined]);
  });
}
