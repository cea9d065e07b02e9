import type { Statement, ViewChangeClaim } from "@bft/core";

/** The beginning of a digest: enough to tell two apart, in one run. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 8);
}

/** What a replica says, in one line: `prepare 5 in view 1: 8a1f03c2`. */
export function formatStatement(statement: Statement): string {
  switch (statement.kind) {
    case "pre-prepare":
    case "prepare":
    case "commit":
      return `${statement.kind} ${statement.seq} in view ${statement.view}: ${shortDigest(statement.digest)}`;
    case "checkpoint":
      return `checkpoint ${statement.seq}: state ${shortDigest(statement.stateDigest)}`;
    case "view-change":
      return `view-change ${claim(statement)}`;
    case "new-view": {
      const proofs = statement.viewChanges.map((each) => `${each.replica} ${claim(each)}`).join("; ");
      const proposals = statement.prePrepares.map(({ seq, digest }) => `${seq}: ${shortDigest(digest)}`).join(", ");
      return `new-view ${statement.view}: proposes ${proposals || "nothing"}; view-changes of ${proofs || "nobody"}`;
    }
    case "accept": {
      const values = statement.values.map(({ seq, digest }) => `${seq}: ${shortDigest(digest)}`).join(", ");
      return `accept in ${statement.view}: ${values || "nothing new"}`;
    }
    case "accepted":
      return `accepted ${statement.seq} in ${statement.view}: ${shortDigest(statement.digest)}`;
    case "candidate":
      return `candidate in ${statement.view}`;
    case "promise": {
      const accepted = statement.accepted.map(({ view, seq, digest }) => `${seq} in ${view}: ${shortDigest(digest)}`).join(", ");
      return `promise to ${statement.candidate} in ${statement.view}, accepted ${accepted || "nothing"}`;
    }
    case "chosen":
      return `chosen up to ${statement.upTo}, in ${statement.view}`;
    case "other":
      return statement.message;
  }
}

function claim({ newView, stableSeq, prepared }: ViewChangeClaim): string {
  const what = prepared.map(({ view, seq, digest }) => `${seq} in view ${view}: ${shortDigest(digest)}`).join(", ");
  return `to view ${newView}, stable ${stableSeq}, prepared ${what || "nothing"}`;
}
