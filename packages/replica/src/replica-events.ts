import { type Effect, type MessageBase, type Principal, principalName } from "@bft/core";
import type { ReplicaEvent } from "./admin-protocol.js";

/** Characters of an operation that the feed shows. */
const OPERATION_LENGTH_MAX = 60;

/** What an effect means to a person who watches, or null when it means nothing to her. */
export function eventOfEffect(effect: Effect<MessageBase>): ReplicaEvent["event"] | null {
  switch (effect.kind) {
    case "executed": {
      const operations = effect.requests.flatMap((request) => request.operations);
      if (operations.length === 0) return null;
      return {
        kind: "executed",
        seq: effect.seq,
        view: effect.view,
        operations: operations.length,
        first: operations[0]?.slice(0, OPERATION_LENGTH_MAX) ?? "",
      };
    }
    case "checkpoint-stable":
      return { kind: "checkpoint-stable", seq: effect.seq };
    case "view-change-started":
      return { kind: "view-change-started", view: effect.view, because: effect.because };
    case "view-entered":
      return { kind: "view-entered", view: effect.view, primary: effect.primary };
    case "abstaining":
      return { kind: "abstaining", until: effect.until };
    case "votes-again":
      return { kind: "votes-again", seq: effect.seq };
    case "evidence":
      return {
        kind: "evidence",
        accused: effect.accused,
        message: effect.first.kind,
        seq: "seq" in effect.first.message ? (effect.first.message.seq as number) : null,
      };
    default:
      return null;
  }
}

/** A refusal, told at its 1st, 10th, 100th, … time: a flood of them must not drown the feed. */
export function eventOfRefusal(peer: Principal | null, reason: string, count: number): ReplicaEvent["event"] | null {
  const from = peer === null ? "an unknown peer" : principalName(peer);
  return Number.isInteger(Math.log10(count)) ? { kind: "refused", from, reason, count } : null;
}
