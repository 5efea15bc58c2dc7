import type { WebhookConfig, WebhookEventCategory } from "@upvest-sdk/types";
import { defaultConfig, scheduleDelivery } from "../deliveries.js";
import type { Call, Resource } from "../handler.js";
import { page } from "../page.js";
import { invalid } from "../problem.js";

const loopback = ["localhost", "127.0.0.1", "[::1]"];

/**
 * The API takes https with a DNS name. A sandbox on this machine has nobody to deliver to but this machine, where there
 * mostly is no certificate, and sends what it holds nowhere else.
 */
function checkUrl(text: string): void {
  if (!URL.canParse(text)) throw invalid("body.url is no URL; give the address of your endpoint.");
  const { protocol, hostname, username, password } = new URL(text);
  if (protocol !== "https:" && protocol !== "http:")
    throw invalid(`body.url must begin with https:// (or, in a local sandbox, http://), not ${protocol}`);
  if (!loopback.includes(hostname))
    throw invalid(
      `body.url leads to ${hostname}, but a local sandbox delivers to loopback only: use http or https with localhost, 127.0.0.1 or [::1]. (The API itself takes https with a DNS name only.)`,
    );
  if (username || password)
    throw invalid("body.url has a user name or password, which are not sent; leave them out.");
}

/** Says what is not documented about what was asked for. */
function assume(
  { assumed }: Pick<Call, "assumed">,
  type: readonly WebhookEventCategory[] | undefined,
  config: WebhookConfig | undefined,
): void {
  if (type?.length === 0) assumed("An empty list of categories is taken; nothing is delivered.");
  if (config && (config.delay === undefined || config.max_package_size === undefined))
    assumed(
      `What config leaves out is ${defaultConfig.delay} or ${defaultConfig.max_package_size} bytes in a new subscription, and stays as it is in a change.`,
    );
}

export const webhooks: Resource = {
  handlers: {
    listWebhooks: ({ world, query }) => page(world.tables.webhooks.list(), query, "created_at"),

    createWebhook(call) {
      const { world, body } = call;
      checkUrl(body.url);
      assume(call, body.type, body.config ?? {});
      const id = world.ids.uuid();
      const now = world.time();
      return world.tables.webhooks.set(id, {
        id,
        created_at: now,
        updated_at: now,
        title: body.title,
        url: body.url,
        enabled: false,
        type: body.type ?? ["ALL"],
        config: { ...defaultConfig, ...body.config },
      });
    },

    retrieveWebhook: ({ world, path }) => world.tables.webhooks.need(path.webhook_id),

    updateWebhook(call) {
      const { world, path, body } = call;
      const before = world.tables.webhooks.need(path.webhook_id);
      if (body.url !== undefined) checkUrl(body.url);
      assume(call, body.type, body.config);
      const after = world.tables.webhooks.set(before.id, {
        ...before,
        ...body,
        config: { ...before.config, ...body.config },
        updated_at: world.time(),
      });
      const outbox = world.tables.outboxes.get(before.id);
      if (outbox && before.enabled && !after.enabled) {
        // Not to be sent when it was planned.
        outbox.due = undefined;
        if (outbox.batch.length || outbox.waiting.length)
          call.assumed("What waits for delivery is kept, and sent when the subscription is enabled again.");
      }
      if (!before.enabled && after.enabled) scheduleDelivery(world, before.id);
      return after;
    },

    deleteWebhook(call) {
      const { world, path } = call;
      const { id } = world.tables.webhooks.need(path.webhook_id);
      const outbox = world.tables.outboxes.get(id);
      if (outbox && (outbox.batch.length || outbox.waiting.length))
        call.assumed("What waits for delivery is dropped with the subscription.");
      world.tables.webhooks.delete(id);
      world.tables.outboxes.delete(id);
    },
  },
};
