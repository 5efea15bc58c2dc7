import type { Jwk } from "@upvest-sdk/signing";

/** Where the receiver or the worker of the queue can be killed, in their order. */
export const receiverSteps = ["arrived", "verified", "half enqueued", "enqueued"] as const;
export const workerSteps = ["taken", "claimed", "begun", "done", "confirmed", "completed"] as const;

export interface Settings {
  readonly role: "receiver" | "worker";
  readonly redis: string;
  readonly jwk: Jwk;
  /** At which it kills itself, the third time that it gets there. */
  readonly step?: (typeof receiverSteps)[number] | (typeof workerSteps)[number] | undefined;
}

export interface FromProcess {
  readonly port: number;
}
