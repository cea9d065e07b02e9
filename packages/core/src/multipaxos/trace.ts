import { tellingOf, type Way } from "../trace/happening.js";
import type { Statement } from "../trace/statement.js";
import { ownerOf } from "./ballot.js";
import type { PaxosMessage } from "./messages.js";

/** A message as a checker reads it. */
export function statementOf(message: PaxosMessage, { replicas }: Way): Statement {
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

/** What the inputs and effects of a replica tell a trace. */
export const telling = tellingOf<PaxosMessage>(statementOf);
