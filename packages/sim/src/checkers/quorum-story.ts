import type { Knowledge } from "./knowledge.js";
import { signersSeenBy } from "./votes.js";
import { named, setOf } from "./words.js";

/** That a replica took `digest` for committed at `seq`, by commits of `view`. */
export interface Belief {
  readonly replica: number;
  readonly view: number;
  readonly seq: number;
  readonly digest: string;
}

/** Which quorums let two replicas believe in different digests for one slot, and who stands in both. */
export function quorumStory(knowledge: Knowledge, one: Belief, other: Belief): string {
  if (!knowledge.toleratesLies) return majorityStory(knowledge, one, other);
  const first = committersFor(knowledge, one);
  const second = committersFor(knowledge, other);
  const views = one.view === other.view ? "" : ` (commits of views ${one.view} and ${other.view})`;
  return `The quorums ${setOf(first)} and ${setOf(second)}${views} ${meeting(knowledge, first, second)}`;
}

/** Which replicas had each of the two values: two majorities, or less where a leader only said so. */
function majorityStory(knowledge: Knowledge, one: Belief, other: Belief): string {
  const [first, second] = [one, other].map(({ seq, digest }) => knowledge.acceptances.supporters(seq, digest)) as [
    readonly number[],
    readonly number[],
  ];
  const tooFew = [first, second].find((each) => each.length < knowledge.quorum);
  if (tooFew !== undefined)
    return `The one was accepted by ${setOf(first)} and the other by ${setOf(second)}, where a majority is ${knowledge.quorum}: ${deceived(knowledge)}.`;
  return `The majorities ${setOf(first)} and ${setOf(second)} ${meeting(knowledge, first, second)}`;
}

function deceived({ liars }: Knowledge): string {
  const who = [...liars];
  return who.length === 0
    ? "somebody executed what was not chosen"
    : `${named("the liar", "the liars", who)} made others believe in it`;
}

/** What the meeting of two quorums says: a correct replica in it broke its word, or only liars did (§4.5.1). */
export function meeting(knowledge: Knowledge, first: readonly number[], second: readonly number[]): string {
  const both = first.filter((id) => second.includes(id));
  const liars = both.filter((id) => knowledge.lies(id));
  const correct = both.filter((id) => !knowledge.lies(id));
  if (both.length === 0) return "do not meet at all.";
  const bound = knowledge.toleratesLies ? `f = ${knowledge.facts.faults}` : "none may";
  const { size } = knowledge.liars;
  const many = knowledge.tooManyLie ? `: ${size} ${size === 1 ? "lies" : "lie"} where ${bound}` : "";
  if (correct.length === 0) return `meet only in ${named("the liar", "the liars", liars)}${many}.`;
  const inCorrect = named("the correct replica", "the correct replicas", correct);
  return liars.length === 0
    ? `meet in ${inCorrect}.`
    : `meet in ${inCorrect} and in ${named("the liar", "the liars", liars)}${many}.`;
}

/** Those whose commits reached the replica; when they are too few, another replica gave it the proof, and all who signed count. */
function committersFor({ votes, quorum }: Knowledge, { replica, view, seq, digest }: Belief): readonly number[] {
  const ballot = votes.ballot("commit", view, seq, digest);
  const seen = signersSeenBy(ballot, replica);
  return seen.length >= quorum ? seen : (ballot?.signers ?? []);
}
