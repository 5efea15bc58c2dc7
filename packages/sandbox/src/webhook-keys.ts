import type { Ids } from "./ids.js";
import { p521Key } from "./p521-key.js";
import { conflict, notFound } from "./problem.js";

/** What deliveries are signed with. Plain JSON. */
export interface WebhookKey {
  kid: string;
  /** PKCS#8. */
  privateKeyPem: string;
  publicKeyJwk: { kty: "EC"; crv: "P-521"; x: string; y: string };
}

/** The keys that deliveries are signed with: the newest signs, and all of them are published. */
export interface WebhookKeys {
  /** The one that signs now. */
  readonly current: WebhookKey;
  /** From now on a new key signs. The old one stays published: what it signed can still be verified. */
  rotate(): WebhookKey;
  /**
   * The key is no longer published.
   * @throws {Problem} 404: there is none of that id; 409: it is the current one
   */
  drop(kid: string): void;
  /** What the API gives for `GET /auth/verify_keys`. */
  publicJwks(): { keys: (WebhookKey["publicKeyJwk"] & { kid: string })[] };
  /** For `createWebhookKeys`, after a restart. */
  toJSON(): WebhookKey[];
}

/** @param saved what `toJSON` gave: oldest first */
export function createWebhookKeys(ids: Ids, saved: readonly WebhookKey[] = []): WebhookKeys {
  const make = (): WebhookKey => ({ kid: ids.uuid(), ...p521Key(ids) });
  let keys = saved.length ? [...saved] : [make()];
  const current = () => keys.at(-1)!;
  return {
    get current() {
      return current();
    },
    rotate() {
      keys.push(make());
      return current();
    },
    drop(kid) {
      if (!keys.some((key) => key.kid === kid)) throw notFound("webhook key", kid);
      if (kid === current().kid)
        throw conflict(`The key ${kid} signs deliveries now: rotate first, then drop it.`);
      keys = keys.filter((key) => key.kid !== kid);
    },
    publicJwks: () => ({ keys: keys.map(({ kid, publicKeyJwk }) => ({ kid, ...publicKeyJwk })) }),
    toJSON: () => [...keys],
  };
}
