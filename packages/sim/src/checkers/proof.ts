import { SlotMap } from "./bounded.js";
import { type Checker, type EventOf, nothing, type Violation } from "./checker.js";
import type { Knowledge } from "./knowledge.js";
import { signersSeenBy, type VoteStatement } from "./votes.js";
import { setOf, short, violation } from "./words.js";

/**
 * A correct replica takes each step on the proof that the paper asks for: it commits what a quorum prepared (§4.2), executes
 * what a quorum committed, and takes a checkpoint for stable, or a state for right, when a quorum attests it (§4.3). Counted is
 * what was sent before. Its own vote counts also unsent: a crash may come between its record and its leaving. So does a liar's
 * where it can come inside a certificate, and that of a replica which took the same step.
 */
export function proof(knowledge: Knowledge): Checker {
  /** By sequence number and digest: who executed it, or took it for stable, and who attested the state. */
  const executors = new SlotMap<Map<string, Set<number>>>();
  const attested = new SlotMap<Map<string, Set<number>>>();
  /** What each replica had done when it last came up: also what it did unseen before it went down. */
  const started = new Map<number, EventOf<"started">>();

  function enough(signers: Set<number>, done: (event: EventOf<"started">) => boolean): boolean {
    for (const liar of knowledge.liars) signers.add(liar);
    if (signers.size >= knowledge.quorum) return true;
    for (const event of started.values()) if (done(event)) signers.add(event.replica);
    return signers.size >= knowledge.quorum;
  }

  function onExecuted({ at, replica, seq, view, digest }: EventOf<"executed">): Violation | null {
    const same = of(executors, seq, digest);
    same.add(replica);
    const signers = new Set([...(knowledge.votes.ballot("commit", view, seq, digest)?.signers ?? []), ...same]);
    if (enough(signers, ({ lastExecuted }) => lastExecuted >= seq)) return null;
    const what = `replica ${replica} executed ${short(digest)} at sequence number ${seq}, but only ${setOf([...signers])} can have committed it in view ${view}: a quorum is ${knowledge.quorum}.`;
    return violation("proof", at, what, [replica], seq);
  }

  function onState(event: EventOf<"checkpoint-stable" | "state-installed">): Violation | null {
    const { at, replica, seq, stateDigest } = event;
    const signers = of(attested, seq, stateDigest);
    // Who takes it for stable holds a certificate, in which its own unsent vote may stand.
    signers.add(replica);
    if (enough(new Set(signers), ({ lowWaterMark }) => lowWaterMark >= seq)) return null;
    const did = event.kind === "state-installed" ? "installed the state" : "took the checkpoint";
    const what = `replica ${replica} ${did} ${short(stateDigest)} at sequence number ${seq}${event.kind === "state-installed" ? "" : " for stable"}, but only ${setOf([...signers])} can have signed it: a quorum is ${knowledge.quorum}.`;
    return violation("proof", at, what, [replica], seq);
  }

  return {
    name: "proof",
    interests: knowledge.knowsWhatCameBefore ? ["sent", "executed", "checkpoint-stable", "state-installed", "started"] : [],
    observe(event) {
      switch (event.kind) {
        case "started":
          started.set(event.replica, event);
          return null;
        case "sent": {
          const { statement, replica, at } = event;
          if (knowledge.lies(replica)) return null;
          if (statement.kind === "commit") return commitUnproven(knowledge, statement, replica, at);
          if (statement.kind === "checkpoint") of(attested, statement.seq, statement.stateDigest).add(replica);
          return null;
        }
        case "executed":
          return onExecuted(event);
        case "checkpoint-stable":
        case "state-installed":
          return onState(event);
        default:
          return null;
      }
    },
    finish: nothing,
  };
}

/** §4.2: prepared is the pre-prepare and matching prepares of backups, a quorum together, all in the hands of the replica. */
function commitUnproven(knowledge: Knowledge, vote: VoteStatement, replica: number, at: number): Violation | null {
  const { votes, quorum } = knowledge;
  const { view, seq, digest } = vote;
  if (votes.crowded) return null;
  const primary = knowledge.primaryOf(view);
  const proposal = votes.ballot("pre-prepare", view, seq, digest);
  const signers = [...signersSeenBy(votes.ballot("prepare", view, seq, digest), replica)];
  if (replica !== primary && !signers.includes(replica)) signers.push(replica);
  const proposed = replica === primary || knowledge.lies(primary) || signersSeenBy(proposal, replica).length > 0;
  if (proposed) signers.push(primary);
  if (proposed && signers.length >= quorum) return null;
  const lack = proposed ? "" : `, and no pre-prepare of replica ${primary}`;
  const what = `replica ${replica} sent a commit for ${short(digest)} in view ${view} at sequence number ${seq}, but of the pre-prepare and the prepares only those of ${setOf(signers)} had been sent to it${lack}: a quorum is ${quorum}.`;
  return violation("proof", at, what, [replica], seq);
}

function of(known: SlotMap<Map<string, Set<number>>>, seq: number, digest: string): Set<number> {
  let digests = known.get(seq);
  if (digests === undefined) {
    digests = new Map();
    known.set(seq, digests);
  }
  let replicas = digests.get(digest);
  if (replicas === undefined) {
    replicas = new Set();
    digests.set(digest, replicas);
  }
  return replicas;
}
