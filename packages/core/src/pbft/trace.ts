import { tellingOf } from "../trace/happening.js";
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

/** What the inputs and effects of a replica tell a trace. */
export const telling = tellingOf<PbftMessage>(statementOf);
