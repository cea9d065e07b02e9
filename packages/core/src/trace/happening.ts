import type { ReplicaId } from "../ids.js";
import { principalName } from "../ids.js";
import type { Effect, Input, MessageBase, Signed } from "../machine.js";
import type { Reply, Request } from "../replication/messages.js";
import type { ReplicaHappening, Took } from "./event.js";
import { messageIdOf } from "./message-id.js";
import type { Statement } from "./statement.js";

/** What the inputs and effects of replica `self` of `replicas` mean to a trace; null where they mean nothing. */
export interface Telling<M extends MessageBase> {
  ofEffect(effect: Effect<M>, self: ReplicaId, replicas: number): ReplicaHappening | null;
  /** `dropped` by the machine is an effect; what it did with an input is told by its effects. */
  ofInput(input: Input<M>, self: ReplicaId, replicas: number): ReplicaHappening | null;
  /** A message as a checker reads it. */
  statementOf(message: M, way: Way): Statement;
}

/** Where a message goes: the first of those who get it, and how many replicas there are. */
export interface Way {
  readonly to: number;
  readonly replicas: number;
}

/** @param statementOf a message as a checker reads it */
export function tellingOf<M extends MessageBase>(statementOf: Telling<M>["statementOf"]): Telling<M> {
  const sent = (signed: Signed, self: ReplicaId, to: readonly number[], replicas: number): ReplicaHappening => {
    const id = messageIdOf(signed);
    if (signed.signer.role !== "replica" || signed.signer.id !== self)
      return { kind: "relayed", replica: self, id, to, signer: principalName(signed.signer), message: signed.kind };
    const statement = statementOf(signed.message as M, { to: to[0] ?? self, replicas });
    return { kind: "sent", replica: self, id, to, statement };
  };
  return {
    statementOf,
    ofEffect: (effect, self, replicas) => {
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
          const { client, timestamp, seq, view, ordered, results } = reply;
          return { kind: "replied", replica, id: messageIdOf(effect.signed), client, timestamp, seq, view, ordered, results };
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
          return {
            kind: "dropped",
            replica,
            id: null,
            from: principalName(effect.from),
            message: effect.message,
            reason: effect.reason,
          };
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
    },
    ofInput: (input, self, replicas) => {
      switch (input.kind) {
        case "start":
          return null;
        case "timer-fired":
          return { kind: "timer-fired", replica: self, timer: input.timer };
        case "message": {
          const { signed, via } = input;
          const about = aboutOf(statementOf(signed.message as M, { to: self, replicas }));
          const request = requestIn(signed);
          return {
            kind: "took",
            replica: self,
            id: messageIdOf(signed),
            via: principalName(via),
            signer: principalName(signed.signer),
            ...about,
            timestamp: request?.timestamp ?? null,
          };
        }
      }
    },
  };
}

/** `dropped` with the name of the message that the machine was given, when it is that which was dropped. */
export function dropWithId<M extends MessageBase>(happening: ReplicaHappening, input: Input<M> | null): ReplicaHappening {
  if (happening.kind !== "dropped" || input?.kind !== "message") return happening;
  const { signed } = input;
  const isIt = signed.kind === happening.message && principalName(signed.signer) === happening.from;
  return isIt ? { ...happening, id: messageIdOf(signed) } : happening;
}

function aboutOf(statement: Statement): Pick<Took, "message" | "view" | "seq"> {
  switch (statement.kind) {
    case "pre-prepare":
    case "prepare":
    case "commit":
    case "accepted":
      return { message: statement.kind, view: statement.view, seq: statement.seq };
    case "checkpoint":
      return { message: statement.kind, view: null, seq: statement.seq };
    case "view-change":
      return { message: statement.kind, view: statement.newView, seq: null };
    case "new-view":
    case "candidate":
    case "promise":
      return { message: statement.kind, view: statement.view, seq: null };
    case "accept":
      return { message: statement.kind, view: statement.view, seq: statement.values[0]?.seq ?? null };
    case "chosen":
      return { message: statement.kind, view: statement.view, seq: statement.upTo };
    case "other":
      return { message: statement.message, view: null, seq: null };
  }
}

/** A reply is the same in every protocol; a liar may send something else in its place. */
function replyIn(signed: Signed): Reply | null {
  return signed.kind === "reply" ? (signed.message as Reply) : null;
}

function requestIn(signed: Signed): Request | null {
  return signed.kind === "request" ? (signed.message as Request) : null;
}
