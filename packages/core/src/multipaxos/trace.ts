import type { ReplicaId } from "../ids.js";
import { principalName } from "../ids.js";
import type { Effect, Signed } from "../machine.js";
import type { ReplicaHappening } from "../trace/event.js";
import type { Statement } from "../trace/statement.js";
import { ownerOf } from "./ballot.js";
import type { PaxosMessage } from "./messages.js";

/** A message as a checker reads it, in a cluster of so many replicas. */
export function statementOf(message: PaxosMessage, replicas: number): Statement {
  switch (message.kind) {
    case "prepare":
      return { kind: "candidate", view: message.ballot };
    case "promise":
      return {
        kind: "promise",
        view: message.ballot,
        candidate: ownerOf(message.ballot, replicas),
        accepted: message.accepted.map(({ ballot, seq, digest }) => ({ view: ballot, seq, digest })),
      };
    case "accept":
      return { kind: "accept", view: message.ballot, values: [{ seq: message.seq, digest: message.digest }] };
    case "accepted":
      return { kind: "accepted", view: message.ballot, seq: message.seq, digest: message.digest };
    case "heartbeat":
      return { kind: "chosen", view: message.ballot, upTo: message.chosen };
    default:
      return { kind: "other", message: message.kind };
  }
}

/** What one effect of replica `self` of `replicas` tells a trace, or null when it tells nothing. */
export function happeningOf(effect: Effect<PaxosMessage>, self: ReplicaId, replicas: number): ReplicaHappening | null {
  const replica: number = self;
  switch (effect.kind) {
    case "send":
      return sent(effect.signed, self, replicas, [effect.to]);
    case "broadcast":
      return sent(
        effect.signed,
        self,
        replicas,
        Array.from({ length: replicas }, (_, id) => id).filter((id) => id !== replica),
      );
    case "reply": {
      if (effect.signed.kind !== "reply") return null;
      const { client, timestamp, seq, view, results } = effect.signed.message;
      return { kind: "replied", replica, client, timestamp, seq, view, results };
    }
    case "executed":
    case "abstaining":
    case "votes-again":
    case "state-installed":
    case "view-change-started":
    case "view-entered":
      return { ...effect, replica };
    case "checkpoint-stable":
      return { kind: "checkpoint-stable", replica, seq: effect.seq, stateDigest: effect.stateDigest };
    case "dropped":
      return { kind: "dropped", replica, from: principalName(effect.from), message: effect.message, reason: effect.reason };
    case "evidence":
    case "persist":
    case "start-timer":
    case "cancel-timer":
      return null;
  }
}

function sent(signed: Signed<PaxosMessage>, self: ReplicaId, replicas: number, to: readonly number[]): ReplicaHappening | null {
  // What it only passes on is not its own statement.
  if (signed.signer.role !== "replica" || signed.signer.id !== self) return null;
  return { kind: "sent", replica: self, to, statement: statementOf(signed.message, replicas) };
}
