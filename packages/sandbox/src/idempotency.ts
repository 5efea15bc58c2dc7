import { createHash } from "node:crypto";
import type { Incoming } from "./access.js";
import { Problem } from "./problem.js";
import type { StoredAnswer } from "./tables.js";
import type { World } from "./world.js";

/**
 * What happens to a key that comes again with another request, or while its first request is being carried out. Upvest
 * does not say.
 * - `conflict`: 409
 * - `wait`: the first one's answer, when it is there, whatever else was sent
 * - `rerun`: it is carried out again
 */
export type IdempotencyMode = "conflict" | "wait" | "rerun";

/** What a key gives again for so long, ms. */
const kept = 24 * 3_600_000;

const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-5][0-9a-f]{3}-?[089ab][0-9a-f]{3}-?[0-9a-f]{12}$/i;

export interface Idempotency {
  /**
   * Carries it out, or gives what the same request was answered with before.
   * @param assumed told when the answer is one that nobody knows to be right
   */
  once(
    request: Incoming,
    operation: string,
    assumed: (what: string) => void,
    carryOut: () => { status: number; body: string },
    answered: () => Promise<void>,
  ): Promise<{ status: number; body: string; repeated: boolean }>;
}

/** @throws {Problem} 400 */
export function checkKey(headers: Headers): string {
  const key = headers.get("idempotency-key");
  if (key === null)
    throw new Problem(
      400,
      "missing_idempotency_key",
      "Missing idempotency key: send the header idempotency-key, a UUID, and the same one when you repeat the request.",
    );
  if (!uuid.test(key)) throw new Problem(400, "invalid_request", "The idempotency-key is not a UUID.");
  return key.toLowerCase();
}

export function createIdempotency(world: World, mode: IdempotencyMode): Idempotency {
  const { answers } = world.tables;
  const running = new Map<string, { fingerprint: string; answer: Promise<StoredAnswer | undefined> }>();

  return {
    async once(request, operation, assumed, carryOut, answered) {
      const key = checkKey(request.headers);
      const fingerprint = createHash("sha256")
        .update(`${request.method} ${request.target}\n`)
        .update(request.bytes)
        .digest("base64");

      const first = running.get(key);
      if (first && mode !== "rerun") {
        const other = first.fingerprint !== fingerprint;
        assumed(
          other
            ? "idempotency: another request with a key in use"
            : "idempotency: a key whose first request is running",
        );
        if (mode === "conflict")
          throw new Problem(
            409,
            "conflict",
            other
              ? "This idempotency-key was sent with another request that is being carried out: use a key for one request only."
              : "The first request with this idempotency-key is being carried out: repeat it in a moment.",
          );
        const answer = await first.answer;
        if (answer) return { status: answer.status, body: answer.body, repeated: true };
        // The first came to nothing: this one is the first now.
      }
      const old = answers.get(key);
      if (old && world.clock.now() - old.at < kept) {
        if (old.fingerprint === fingerprint) return { status: old.status, body: old.body, repeated: true };
        assumed("idempotency: another request with a used key");
        if (mode === "conflict")
          throw new Problem(
            409,
            "conflict",
            `This idempotency-key was used for another request (${old.operation}): use a new key for a new request, and send a repeated one unchanged.`,
          );
        if (mode === "wait") return { status: old.status, body: old.body, repeated: true };
      }

      let settle: (answer: StoredAnswer | undefined) => void = () => {};
      const answer = new Promise<StoredAnswer | undefined>((resolve) => {
        settle = resolve;
      });
      const entry = { fingerprint, answer };
      running.set(key, entry);
      let stored: StoredAnswer | undefined;
      try {
        const { status, body } = carryOut();
        stored = { operation, fingerprint, status, body, at: world.clock.now() };
        answers.delete(key);
        answers.set(key, stored);
        for (
          let [oldest, row] = answers.first()!;
          stored.at - row.at >= kept;
          [oldest, row] = answers.first()!
        )
          answers.delete(oldest);
        // A key is in use until its answer goes out.
        await answered();
        return { status, body, repeated: false };
      } finally {
        if (running.get(key) === entry) running.delete(key);
        settle(stored);
      }
    },
  };
}
