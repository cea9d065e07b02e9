import { bytesEqual } from "../bytes.js";
import type { Reply } from "../replication/messages.js";
import type { Statement, ViewChangeClaim } from "../trace/statement.js";

/** What a replica signed, as far as it binds the replica. */
export interface Testimony {
  readonly statement: Statement;
  /** Exactly the bytes that were signed. */
  readonly payload: Uint8Array;
  /** Set when it is a reply, which binds its signer to a client and is no statement among replicas. */
  readonly reply: ReplyClaim | null;
}

export type ReplyClaim = Pick<Reply, "client" | "timestamp" | "seq" | "ordered" | "results">;

/** Why no correct replica signs both of two messages. Each rule has its place in docs/evidence.md. */
export type Rule =
  /** Two batches for one number of one view (§4.2). */
  | "two-pre-prepares"
  | "two-prepares"
  | "two-commits"
  /** Two states after one batch (§4.3). */
  | "two-checkpoints"
  /** Two stories for one view change (§4.4). */
  | "two-view-changes"
  | "two-new-views"
  /** A commit says that a batch prepared here, and a view-change for a later view leaves its certificate out of P (§4.2, §4.4). */
  | "hidden-certificate"
  /** Multi-Paxos and Raft: a leader offers two values for one place in one ballot or term. */
  | "two-proposals"
  /** Two answers to one ordered request, which is executed once (§4.1). */
  | "two-replies";

/** What a contradiction is about. */
export interface Contradiction {
  readonly rule: Rule;
  /** The view, ballot or term; null for checkpoints, which belong to none. */
  readonly view: number | null;
  readonly seq: number | null;
}

/**
 * Whether no correct replica signs both, also one that was killed in between, that fetched its state, or that abstained. One that lost
 * what it had written down may: it is faulty in the sense of §3, and counts among the f (docs/protocol-map.md). Symmetric.
 */
export function contradiction(a: Testimony, b: Testimony): Contradiction | null {
  return (
    sameKind(a, b) ??
    twoReplies(a.reply, b.reply) ??
    hiddenCertificate(a.statement, b.statement) ??
    hiddenCertificate(b.statement, a.statement)
  );
}

function sameKind({ statement: a, payload }: Testimony, { statement: b, payload: other }: Testimony): Contradiction | null {
  switch (a.kind) {
    case "pre-prepare":
    case "prepare":
    case "commit":
      if (b.kind !== a.kind || a.view !== b.view || a.seq !== b.seq || a.digest === b.digest) return null;
      return { rule: `two-${a.kind}s`, view: a.view, seq: a.seq };
    case "checkpoint":
      if (b.kind !== a.kind || a.seq !== b.seq || a.stateDigest === b.stateDigest) return null;
      return { rule: "two-checkpoints", view: null, seq: a.seq };
    case "view-change":
      if (b.kind !== a.kind || a.newView !== b.newView || bytesEqual(payload, other)) return null;
      return { rule: "two-view-changes", view: a.newView, seq: null };
    case "new-view":
      if (b.kind !== a.kind || a.view !== b.view || bytesEqual(payload, other)) return null;
      return { rule: "two-new-views", view: a.view, seq: null };
    case "accept": {
      if (b.kind !== a.kind || a.view !== b.view) return null;
      const seq = a.values.find(({ seq, digest }) => b.values.some((value) => value.seq === seq && value.digest !== digest))?.seq;
      return seq === undefined ? null : { rule: "two-proposals", view: a.view, seq };
    }
    case "accepted":
    case "candidate":
    case "promise":
    case "chosen":
    case "other":
      // What is acknowledged in Raft may be overwritten by the leader of the same term; who is voted for does not stand in a vote.
      return null;
  }
}

/** §4.1: a request is executed once, at one sequence number, and its result is kept for whoever asks again. */
function twoReplies(a: ReplyClaim | null, b: ReplyClaim | null): Contradiction | null {
  if (a === null || b === null || !a.ordered || !b.ordered) return null;
  if (a.client !== b.client || a.timestamp !== b.timestamp) return null;
  const same = a.seq === b.seq && JSON.stringify(a.results) === JSON.stringify(b.results);
  return same ? null : { rule: "two-replies", view: null, seq: a.seq };
}

function hiddenCertificate(commit: Statement, viewChange: Statement): Contradiction | null {
  if (commit.kind !== "commit" || viewChange.kind !== "view-change") return null;
  return hides(viewChange, commit) ? { rule: "hidden-certificate", view: viewChange.newView, seq: commit.seq } : null;
}

/** §4.4: P holds each batch that prepared at the replica above its stable checkpoint, with the view in which it last did. */
export function hides(
  { newView, stableSeq, prepared }: ViewChangeClaim,
  { view, seq }: { readonly view: number; readonly seq: number },
): boolean {
  return view < newView && seq > stableSeq && !prepared.some((each) => each.seq === seq && each.view >= view);
}
