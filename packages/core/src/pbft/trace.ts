import type { ReplicaId } from "../ids.js";
import { principalName } from "../ids.js";
import type { Effect, Signed } from "../machine.js";
import type { ReplicaHappening } from "../trace/event.js";
import type { Statement, ViewChangeClaim } from "../trace/statement.js";
import type { PbftMessage, ViewChange } from "./messages.js";

/** A message as a checker reads it. What is inside a view-change or new-view is said, not proven. */
export function statementOf(message: PbftMessage): Statement {
  switch (message.kind) {
    case "pre-prepare":
    case "prepare":
    case "commit":
      return { kind: message.kind, view: message.view, seq: message.seq, digest: message.digest };
    case "checkpoint":
      return { kind: "checkpoint", seq: message.seq, stateDigest: message.stateDigest };
    case "view-change":
      return { kind: "view-change", ...claimsOf(message) };
    case "new-view":
      return {
        kind: "new-view",
        view: message.view,
        viewChanges: message.viewChanges.map((each) => ({ replica: each.signerId, ...claimsOf(each.message) })),
        prePrepares: message.prePrepares.map((each) => ({ seq: each.message.seq, digest: each.message.digest })),
      };
    default:
      return { kind: "other", message: message.kind };
  }
}

function claimsOf({ newView, stableSeq, prepared }: ViewChange): ViewChangeClaim {
  return {
    newView,
    stableSeq,
    prepared: prepared.map(({ prePrepare: { message } }) => ({ view: message.view, seq: message.seq, digest: message.digest })),
  };
}

/** What one effect of replica `self` of `replicas` tells a trace, or null when it tells nothing. */
export function happeningOf(effect: Effect<PbftMessage>, self: ReplicaId, replicas: number): ReplicaHappening | null {
  const replica: number = self;
  switch (effect.kind) {
    case "send":
      return sent(effect.signed, self, [effect.to]);
    case "broadcast":
      return sent(
        effect.signed,
        self,
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
    case "evidence": {
      const [first, second] = [statementOf(effect.first.message), statementOf(effect.second.message)];
      return { kind: "evidence", replica, accused: effect.accused, first, second };
    }
    case "persist":
    case "start-timer":
    case "cancel-timer":
      return null;
  }
}

function sent(signed: Signed<PbftMessage>, self: ReplicaId, to: readonly number[]): ReplicaHappening | null {
  // What it only passes on is not its own statement.
  if (signed.signer.role !== "replica" || signed.signer.id !== self) return null;
  return { kind: "sent", replica: self, to, statement: statementOf(signed.message) };
}
