import { tellingOf, type Way } from "../trace/happening.js";
import type { Statement } from "../trace/statement.js";
import type { RaftMessage } from "./messages.js";

/** A message as a checker reads it. What a candidate is voted for in is its term; the vote goes to whoever gets it. */
function statementOf(message: RaftMessage, { to }: Way): Statement {
  switch (message.kind) {
    case "append-entries": {
      const { term, prevLogIndex, entries, leaderCommit } = message;
      if (entries.length === 0) return { kind: "chosen", view: term, upTo: leaderCommit };
      const values = entries.map(({ digest }, offset) => ({ seq: prevLogIndex + 1 + offset, digest }));
      return { kind: "accept", view: term, values };
    }
    case "appended":
      if (!message.success || !message.counts || message.digest === null) return { kind: "other", message: message.kind };
      return { kind: "accepted", view: message.term, seq: message.index, digest: message.digest };
    case "request-vote":
      return { kind: "candidate", view: message.term };
    case "vote":
      if (!message.granted) return { kind: "other", message: message.kind };
      return { kind: "promise", view: message.term, candidate: to, accepted: [] };
    default:
      return { kind: "other", message: message.kind };
  }
}

/** What the inputs and effects of a replica tell a trace. */
export const telling = tellingOf<RaftMessage>(statementOf);
