import type { ViewChangeClaim } from "@bft/core";
import type { Checker, EventOf, Violation } from "./checker.js";
import { Deferred } from "./deferred.js";
import type { Knowledge } from "./knowledge.js";
import type { Ballot, VoteStatement } from "./votes.js";
import { setOf, short, violation } from "./words.js";

/**
 * What committed in a view is what every later view goes on with (§4.5.1): no correct replica votes for another digest there.
 * And what a replica has committed to it carries in its view-changes, until a stable checkpoint covers it (§4.4).
 */
export function carryOver(knowledge: Knowledge): Checker {
  const deferred = new Deferred(knowledge);
  /** The commit of the highest view that each correct replica sent, by sequence number. */
  const commits = new Map<number, Map<number, VoteStatement>>();

  function onVote(vote: VoteStatement, replica: number, at: number): Violation | null {
    if (vote.kind === "commit") {
      if (!knowledge.lies(replica)) remember(commits, replica, vote);
      const completed = afterCertificate(knowledge, vote, at);
      if (completed !== null) return completed;
    }
    return knowledge.lies(replica) ? null : againstCertificate(knowledge, vote, replica, at);
  }

  return {
    name: "carry-over",
    interests: ["sent", "checkpoint-stable"],
    observe(event) {
      if (event.kind === "checkpoint-stable") forgetBelow(commits.get(event.replica), event.seq);
      if (event.kind !== "sent") return null;
      const { statement, replica, at } = event;
      switch (statement.kind) {
        case "pre-prepare":
        case "prepare":
        case "commit":
          return deferred.tell(onVote(statement, replica, at));
        case "view-change":
          return knowledge.lies(replica) ? null : notCarried(commits.get(replica), event, statement);
        case "new-view": {
          let found: Violation | null = null;
          for (const each of statement.prePrepares)
            found ??= onVote({ kind: "pre-prepare", view: statement.view, ...each }, replica, at);
          return deferred.tell(found);
        }
        default:
          return null;
      }
    },
    finish: () => deferred.finish(),
  };
}

/** A vote of a correct replica against a certificate of an earlier view. */
function againstCertificate(knowledge: Knowledge, vote: VoteStatement, replica: number, at: number): Violation | null {
  const views = knowledge.votes.views(vote.seq);
  if (views.size < 2) return null;
  for (const [view, { commit }] of views) {
    if (view >= vote.view) continue;
    for (const ballot of commit)
      if (ballot.digest !== vote.digest && ballot.signers.length >= knowledge.quorum)
        return broken(ballot, view, vote, replica, at);
  }
  return null;
}

/** A commit that makes a certificate complete, where somebody correct had voted otherwise in a later view. */
function afterCertificate(knowledge: Knowledge, { view, seq, digest }: VoteStatement, at: number): Violation | null {
  const views = knowledge.votes.views(seq);
  if (views.size < 2) return null;
  const certificate = knowledge.votes.ballot("commit", view, seq, digest);
  if (certificate === null || certificate.signers.length < knowledge.quorum) return null;
  for (const [later, votes] of views) {
    if (later <= view) continue;
    for (const kind of ["pre-prepare", "prepare", "commit"] as const) {
      for (const ballot of votes[kind]) {
        const correct = ballot.digest === digest ? undefined : ballot.signers.find((id) => !knowledge.lies(id));
        if (correct !== undefined)
          return broken(certificate, view, { kind, view: later, seq, digest: ballot.digest }, correct, at);
      }
    }
  }
  return null;
}

function broken(certificate: Ballot, view: number, vote: VoteStatement, replica: number, at: number): Violation {
  const what = `replica ${replica} sent a ${vote.kind} for ${short(vote.digest)} in view ${vote.view} at sequence number ${vote.seq}, where ${short(certificate.digest)} had been committed in view ${view} by ${setOf(certificate.signers)}: the new view did not carry it over.`;
  return violation("carry-over", at, what, [replica], vote.seq);
}

/** §4.4: P holds, for each number above the stable checkpoint, what prepared there in the highest view. */
function notCarried(
  commits: ReadonlyMap<number, VoteStatement> | undefined,
  { replica, at }: EventOf<"sent">,
  { newView, stableSeq, prepared }: ViewChangeClaim,
): Violation | null {
  if (commits === undefined) return null;
  const carried = new Map(prepared.map((each) => [each.seq, each]));
  for (const { seq, view, digest } of commits.values()) {
    if (seq <= stableSeq) continue;
    const entry = carried.get(seq);
    if (entry !== undefined && (entry.view > view || (entry.view === view && entry.digest === digest))) continue;
    const instead = entry === undefined ? "nothing" : `${short(entry.digest)} of view ${entry.view}`;
    const what = `replica ${replica} sent a commit for ${short(digest)} in view ${view} at sequence number ${seq}, but its view-change for view ${newView}, with the stable checkpoint ${stableSeq}, carries ${instead} there.`;
    return violation("carry-over", at, what, [replica], seq);
  }
  return null;
}

function remember(commits: Map<number, Map<number, VoteStatement>>, replica: number, vote: VoteStatement): void {
  let own = commits.get(replica);
  if (own === undefined) {
    own = new Map();
    commits.set(replica, own);
  }
  if ((own.get(vote.seq)?.view ?? -1) < vote.view) own.set(vote.seq, vote);
}

function forgetBelow(commits: Map<number, VoteStatement> | undefined, seq: number): void {
  for (const each of commits?.keys() ?? []) if (each <= seq) commits?.delete(each);
}
