import type { Statement, ViewChangeClaim } from "@bft/core";
import type { Checker, EventOf, Violation } from "./checker.js";
import type { Knowledge } from "./knowledge.js";
import { sameClaim } from "./new-view.js";
import type { VoteStatement } from "./votes.js";
import { short, violation } from "./words.js";

type NewView = Extract<Statement, { readonly kind: "new-view" }>;

/** View-changes and new-views of one replica that are remembered. */
const SAID_KEPT = 100;

/** What one correct replica has said of views. */
interface Said {
  /** The highest view that it spoke of in a vote, view-change or new-view: it has left all lower ones (§4.4). */
  view: number;
  readonly viewChanges: Map<number, ViewChangeClaim>;
  readonly newViews: Map<number, NewView>;
}

/**
 * A correct replica does not contradict itself, also not after a restart or with another disk: one pre-prepare, prepare and
 * commit for a view and number, one view-change and new-view for a view, no word in a view that it left (§4.2, §4.4). So
 * nobody has evidence against it. One that lost its disk does not know which views it left: what it says of views after that
 * is judged anew, and it counts among the f (docs/protocol-map.md, TOCS '02).
 */
export function equivocation(knowledge: Knowledge): Checker {
  const known = new Map<number, Said>();
  /** Replicas that lost their disk. */
  const forgetful = new Set<number>();
  /** With an approximate order a replica may be known for a liar only after what proves it. */
  let accusation: EventOf<"evidence"> | null = null;

  function onSent({ replica, statement, at }: EventOf<"sent">): Violation | null {
    if (knowledge.lies(replica)) return null;
    const said = saidBy(known, replica);
    switch (statement.kind) {
      case "pre-prepare":
      case "prepare":
      case "commit":
        return (
          wrongRole(knowledge, statement, replica, at) ??
          left(said, statement, replica, at) ??
          twice(knowledge, statement, replica, at)
        );
      case "view-change":
        return (
          left(said, { kind: "view-change", view: statement.newView }, replica, at) ?? changedMind(said, statement, replica, at)
        );
      case "new-view":
        return (
          wrongRole(knowledge, statement, replica, at) ??
          left(said, statement, replica, at) ??
          announcedAnother(said, statement, replica, at) ??
          twiceInNewView(knowledge, statement, replica, at)
        );
      default:
        return null;
    }
  }

  return {
    name: "equivocation",
    interests: ["sent", "evidence", "disk-lost"],
    observe(event) {
      if (event.kind === "sent") return onSent(event);
      if (event.kind === "disk-lost") {
        forgetful.add(event.replica);
        known.delete(event.replica);
      }
      if (event.kind !== "evidence" || knowledge.lies(event.accused)) return null;
      if (forgetful.has(event.accused) && ofViews(event.first)) return null;
      if (knowledge.facts.exactOrder) return accused(event);
      accusation ??= event;
      return null;
    },
    finish: () => (accusation === null || knowledge.lies(accusation.accused) ? null : accused(accusation)),
  };
}

function ofViews({ kind }: Statement): boolean {
  return kind === "view-change" || kind === "new-view";
}

function saidBy(known: Map<number, Said>, replica: number): Said {
  let said = known.get(replica);
  if (said === undefined) {
    said = { view: 0, viewChanges: new Map(), newViews: new Map() };
    known.set(replica, said);
  }
  return said;
}

/** §4.2: the primary of a view pre-prepares in it and does not prepare; it alone announces it (§4.4). */
function wrongRole(
  knowledge: Knowledge,
  { kind, view }: { readonly kind: VoteStatement["kind"] | "new-view"; readonly view: number },
  replica: number,
  at: number,
): Violation | null {
  const isPrimary = knowledge.primaryOf(view) === replica;
  if (kind === "commit" || isPrimary === (kind !== "prepare")) return null;
  const role = isPrimary ? "is the primary" : "is not the primary";
  return violation("equivocation", at, `replica ${replica} sent a ${kind} in view ${view}, of which it ${role}.`, [replica]);
}

function left(
  said: Said,
  { kind, view }: { readonly kind: Statement["kind"]; readonly view: number },
  replica: number,
  at: number,
): Violation | null {
  if (view < said.view) {
    const what = `replica ${replica} sent a ${kind} for view ${view}, which it had left: it had spoken for view ${said.view} before.`;
    return violation("equivocation", at, what, [replica]);
  }
  said.view = view;
  return null;
}

/** The votes are noted already: a second ballot with this signer on it is the contradiction. */
function twice({ votes }: Knowledge, vote: VoteStatement, replica: number, at: number): Violation | null {
  const ballots = votes.ballots(vote.kind, vote.view, vote.seq);
  if (ballots.length < 2) return null;
  for (const { digest, signers } of ballots) {
    if (digest === vote.digest || !signers.includes(replica)) continue;
    const what = `replica ${replica} sent two ${vote.kind}s in view ${vote.view} at sequence number ${vote.seq}: for ${short(digest)} and for ${short(vote.digest)}.`;
    return violation("equivocation", at, what, [replica], vote.seq);
  }
  return null;
}

function twiceInNewView(knowledge: Knowledge, { view, prePrepares }: NewView, replica: number, at: number): Violation | null {
  let found: Violation | null = null;
  for (const each of prePrepares) found ??= twice(knowledge, { kind: "pre-prepare", view, ...each }, replica, at);
  return found;
}

function changedMind(said: Said, claim: ViewChangeClaim, replica: number, at: number): Violation | null {
  const before = said.viewChanges.get(claim.newView);
  if (before === undefined) return remember(said.viewChanges, claim.newView, claim);
  if (sameClaim(before, claim)) return null;
  const what = `replica ${replica} sent two view-changes for view ${claim.newView}: with the stable checkpoint ${before.stableSeq} and ${before.prepared.length} certificates, and with ${claim.stableSeq} and ${claim.prepared.length}.`;
  return violation("equivocation", at, what, [replica]);
}

function announcedAnother(said: Said, statement: NewView, replica: number, at: number): Violation | null {
  const before = said.newViews.get(statement.view);
  if (before === undefined) return remember(said.newViews, statement.view, statement);
  if (sameNewView(before, statement)) return null;
  return violation("equivocation", at, `replica ${replica} sent two different new-views for view ${statement.view}.`, [replica]);
}

function sameNewView(a: NewView, b: NewView): boolean {
  if (a.viewChanges.length !== b.viewChanges.length || a.prePrepares.length !== b.prePrepares.length) return false;
  return (
    a.prePrepares.every(
      ({ seq, digest }, index) => b.prePrepares[index]?.seq === seq && b.prePrepares[index].digest === digest,
    ) &&
    a.viewChanges.every((claim, index) => {
      const other = b.viewChanges[index];
      return other?.replica === claim.replica && sameClaim(other, claim);
    })
  );
}

function remember<T>(known: Map<number, T>, view: number, value: T): null {
  known.set(view, value);
  if (known.size > SAID_KEPT) for (const first of [...known.keys()].slice(0, 1)) known.delete(first);
  return null;
}

function accused({ at, replica, accused, first, second }: EventOf<"evidence">): Violation {
  const what = `replica ${replica} has evidence against replica ${accused}, which is correct: ${told(first)} and ${told(second)}.`;
  return violation("equivocation", at, what, [replica, accused], "seq" in first ? first.seq : null);
}

function told(statement: Statement): string {
  switch (statement.kind) {
    case "pre-prepare":
    case "prepare":
    case "commit":
      return `its ${statement.kind} for ${short(statement.digest)} in view ${statement.view} at sequence number ${statement.seq}`;
    case "checkpoint":
      return `its checkpoint ${short(statement.stateDigest)} at sequence number ${statement.seq}`;
    case "view-change":
      return `its view-change for view ${statement.newView}`;
    case "new-view":
      return `its new-view for view ${statement.view}`;
    case "accept":
    case "accepted":
    case "candidate":
    case "promise":
    case "chosen":
      return `its ${statement.kind} in ${statement.view}`;
    case "other":
      return `its ${statement.message}`;
  }
}
