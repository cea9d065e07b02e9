import type { Checker, Violation } from "./checker.js";
import { Deferred } from "./deferred.js";
import type { Knowledge } from "./knowledge.js";
import { meeting } from "./quorum-story.js";
import type { VoteStatement } from "./votes.js";
import { setOf, short, violation } from "./words.js";

/** A quorum that voted for one digest. */
interface Certificate {
  readonly view: number;
  readonly digest: string;
  readonly signers: readonly number[];
}

/**
 * No two digests prepare in one view at one sequence number, and no two commit there in whatever views (§4.5.1), going by the
 * votes that left: each replica's, liars' too, for all that it voted for.
 */
export function certificates(knowledge: Knowledge): Checker {
  const deferred = new Deferred(knowledge);
  return {
    name: "certificates",
    interests: ["sent"],
    observe(event) {
      if (event.kind !== "sent") return null;
      const { statement, at } = event;
      switch (statement.kind) {
        case "pre-prepare":
        case "prepare":
          return deferred.tell(preparedTwice(knowledge, statement, at));
        case "commit":
          return deferred.tell(committedTwice(knowledge, statement, at));
        case "new-view": {
          let found: Violation | null = null;
          for (const each of statement.prePrepares)
            found ??= preparedTwice(knowledge, { kind: "pre-prepare", view: statement.view, ...each }, at);
          return deferred.tell(found);
        }
        default:
          return null;
      }
    },
    finish: () => deferred.finish(),
  };
}

function preparedTwice(knowledge: Knowledge, { view, seq, digest }: VoteStatement, at: number): Violation | null {
  const ballots = knowledge.votes.ballots("prepare", view, seq);
  if (ballots.length < 2) return null;
  const own = preparedBy(knowledge, view, seq, digest);
  if (own === null) return null;
  for (const ballot of ballots) {
    const other = ballot.digest === digest ? null : preparedBy(knowledge, view, seq, ballot.digest);
    if (other !== null) return conflict(knowledge, "prepared", other, own, seq, at);
  }
  return null;
}

/** The prepared certificate that these votes make: the primary's pre-prepare and prepares of backups, a quorum together. */
function preparedBy({ votes, quorum }: Knowledge, view: number, seq: number, digest: string): Certificate | null {
  const primary = votes.ballot("pre-prepare", view, seq, digest)?.signers ?? [];
  const backups = votes.ballot("prepare", view, seq, digest)?.signers ?? [];
  if (primary.length === 0 || 1 + backups.length < quorum) return null;
  return { view, digest, signers: [...primary, ...backups] };
}

function committedTwice(knowledge: Knowledge, { view, seq, digest }: VoteStatement, at: number): Violation | null {
  const { votes, quorum } = knowledge;
  const signers = votes.ballot("commit", view, seq, digest)?.signers ?? [];
  if (signers.length < quorum) return null;
  for (const [otherView, { commit }] of votes.views(seq)) {
    for (const ballot of commit) {
      if (ballot.digest === digest || ballot.signers.length < quorum) continue;
      const other = { view: otherView, digest: ballot.digest, signers: ballot.signers };
      return conflict(knowledge, "committed", other, { view, digest, signers }, seq, at);
    }
  }
  return null;
}

function conflict(
  knowledge: Knowledge,
  phase: "prepared" | "committed",
  one: Certificate,
  other: Certificate,
  seq: number,
  at: number,
): Violation {
  const [first, second] = [one, other].map(
    ({ digest, view, signers }) => `${short(digest)} by the votes of ${setOf(signers)} in view ${view}`,
  );
  const meet = meeting(knowledge, one.signers, other.signers);
  const what = `Two digests ${phase} at sequence number ${seq}: ${first}, and ${second}. These quorums ${meet}`;
  const correct = one.signers.filter((id) => other.signers.includes(id) && !knowledge.lies(id));
  return violation("certificates", at, what, correct, seq);
}
