import type { Statement, ViewChangeClaim } from "@bft/core";
import { type Checker, nothing, type Violation } from "./checker.js";
import type { Knowledge } from "./knowledge.js";
import { short, violation } from "./words.js";

type NewView = Extract<Statement, { readonly kind: "new-view" }>;

/** Views for which what was said is remembered, beside each other. */
const VIEWS_KEPT = 1_000;

/**
 * A new-view holds a quorum of view-changes that were really sent, and O as §4.4 computes it from them. A correct primary sends
 * no other, and a correct replica enters no view on another.
 */
export function newView(knowledge: Knowledge): Checker {
  /** By view and replica, the view-change that a correct replica sent. */
  const viewChanges = new Map<number, Map<number, ViewChangeClaim>>();
  /** By view, what is wrong with each new-view of its primary; null: nothing. */
  const verdicts = new Map<number, (string | null)[]>();

  function onNewView(statement: NewView, replica: number, at: number): Violation | null {
    const wrong = whyWrong(knowledge, statement, replica, viewChanges.get(statement.view));
    if (replica === knowledge.primaryOf(statement.view)) entry(verdicts, statement.view, () => []).push(wrong);
    if (wrong === null || knowledge.lies(replica)) return null;
    return violation("new-view", at, `replica ${replica} sent a new-view for view ${statement.view} ${wrong}`, [replica]);
  }

  return {
    name: "new-view",
    interests: ["sent", "view-entered"],
    observe(event) {
      if (event.kind === "view-entered") {
        const { at, replica, view, primary } = event;
        const sent = verdicts.get(view);
        // None seen: liars may hand it to one another unseen. One that was right: it may have been that.
        if (!knowledge.knowsWhatCameBefore || sent === undefined || sent.includes(null)) return null;
        const what = `replica ${replica} entered view ${view} by a new-view of replica ${primary} ${sent[0]}`;
        return violation("new-view", at, what, [replica]);
      }
      if (event.kind !== "sent") return null;
      const { statement, replica, at } = event;
      if (statement.kind === "new-view") return onNewView(statement, replica, at);
      if (statement.kind === "view-change" && !knowledge.lies(replica))
        entry(viewChanges, statement.newView, () => new Map<number, ViewChangeClaim>()).set(replica, statement);
      return null;
    },
    finish: nothing,
  };
}

/** What is wrong with a new-view, to follow "a new-view for view v"; null when it is as it must be. */
function whyWrong(
  knowledge: Knowledge,
  { view, viewChanges, prePrepares }: NewView,
  primary: number,
  sent: ReadonlyMap<number, ViewChangeClaim> | undefined,
): string | null {
  const signers = new Set(viewChanges.map(({ replica }) => replica));
  if (signers.size !== viewChanges.length || signers.size < knowledge.quorum)
    return `whose V holds view-changes of ${signers.size} replicas in ${viewChanges.length}: a quorum is ${knowledge.quorum}.`;
  for (const claim of viewChanges) {
    if (claim.newView !== view) return `whose V holds a view-change of replica ${claim.replica} for view ${claim.newView}.`;
    if (knowledge.lies(claim.replica)) continue;
    const said = sent?.get(claim.replica);
    // The primary's own may not have left before it crashed, and is in its records all the same.
    const unseen = said === undefined && (claim.replica === primary || !knowledge.knowsWhatCameBefore);
    if (!unseen && (said === undefined || !sameClaim(said, claim)))
      return `whose V holds a view-change that replica ${claim.replica} never sent.`;
  }
  const plan = planOf(viewChanges, knowledge.facts.nullDigest);
  if (plan.length !== prePrepares.length)
    return `whose O has ${prePrepares.length} pre-prepares, where V asks for ${plan.length}.`;
  for (const [index, { seq, digest }] of plan.entries()) {
    const own = prePrepares[index];
    if (own?.seq !== seq || own.digest !== digest)
      return `whose O has ${short(own?.digest ?? "")} at sequence number ${own?.seq}, where V asks for ${short(digest)} at ${seq}.`;
  }
  return null;
}

/**
 * §4.4, the rules for O: from the highest stable checkpoint in V to the highest number that prepared, what prepared in the
 * highest view, and the null request in the gaps. Written anew: what the protocol under test computes is what is judged.
 */
function planOf(viewChanges: readonly ViewChangeClaim[], nullDigest: string): { seq: number; digest: string }[] {
  let low = 0;
  for (const { stableSeq } of viewChanges) low = Math.max(low, stableSeq);
  const best = new Map<number, { readonly view: number; readonly digest: string }>();
  let high = low;
  for (const { prepared } of viewChanges) {
    for (const { seq, view, digest } of prepared) {
      if (seq <= low) continue;
      high = Math.max(high, seq);
      const known = best.get(seq);
      if (known === undefined || view > known.view) best.set(seq, { view, digest });
    }
  }
  // A liar may name any number; beyond what it lists itself there is nothing to compare.
  if (high - low > 100_000) return [];
  return Array.from({ length: high - low }, (_, index) => {
    const seq = low + 1 + index;
    return { seq, digest: best.get(seq)?.digest ?? nullDigest };
  });
}

export function sameClaim(a: ViewChangeClaim, b: ViewChangeClaim): boolean {
  if (a.newView !== b.newView || a.stableSeq !== b.stableSeq || a.prepared.length !== b.prepared.length) return false;
  return a.prepared.every(({ view, seq, digest }, index) => {
    const other = b.prepared[index];
    return other?.view === view && other.seq === seq && other.digest === digest;
  });
}

/** The value for a view, made when there is none; the views that came first are forgotten. */
function entry<T>(known: Map<number, T>, view: number, make: () => T): T {
  const there = known.get(view);
  if (there !== undefined) return there;
  const made = make();
  known.set(view, made);
  if (known.size > VIEWS_KEPT) for (const first of [...known.keys()].slice(0, 1)) known.delete(first);
  return made;
}
