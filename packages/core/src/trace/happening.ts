import type { ReplicaId } from "../ids.js";
import { principalName } from "../ids.js";
import type { Effect, MessageBase, Signed } from "../machine.js";
import type { Reply } from "../replication/messages.js";
import type { ReplicaHappening } from "./event.js";
import type { Statement } from "./statement.js";

/** Tells what one effect of replica `self` of `replicas` means to a trace, or null when it means nothing. */
export type Telling<M extends MessageBase> = (effect: Effect<M>, self: ReplicaId, replicas: number) => ReplicaHappening | null;

/** Where a message goes: the first of those who get it, and how many replicas there are. */
export interface Way {
  readonly to: number;
  readonly replicas: number;
}

/** @param statementOf a message as a checker reads it */
export function tellingOf<M extends MessageBase>(statementOf: (message: M, way: Way) => Statement): Telling<M> {
  const sent = (signed: Signed, self: ReplicaId, to: readonly number[], replicas: number): ReplicaHappening | null => {
    // What it only passes on is not its own statement.
    if (signed.signer.role !== "replica" || signed.signer.id !== self) return null;
    return { kind: "sent", replica: self, to, statement: statementOf(signed.message as M, { to: to[0] ?? self, replicas }) };
  };
  return (effect, self, replicas) => {
    const replica: number = self;
    switch (effect.kind) {
      case "send":
        return sent(effect.signed, self, [effect.to], replicas);
      case "broadcast":
        return sent(
          effect.signed,
          self,
          Array.from({ length: replicas }, (_, id) => id).filter((id) => id !== replica),
          replicas,
        );
      case "reply": {
        const reply = replyIn(effect.signed);
        if (reply === null) return null;
        const { client, timestamp, seq, view, results } = reply;
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
        const way = { to: self, replicas };
        const [first, second] = [statementOf(effect.first.message as M, way), statementOf(effect.second.message as M, way)];
        return { kind: "evidence", replica, accused: effect.accused, first, second };
      }
      case "persist":
      case "start-timer":
      case "cancel-timer":
        return null;
    }
  };
}

/** A reply is the same in every protocol; a liar may send something else in its place. */
function replyIn(signed: Signed): Reply | null {
  return signed.kind === "reply" ? (signed.message as Reply) : null;
}
