import type { SlotStatus } from "@bft/core";
import { listed, replicasNamed } from "../../view/text.js";
import type { Observation } from "../../watch/model.js";
import { absencesText, namedIds, type VoteKind, whyNoVote } from "./absence.js";
import { blockerOf } from "./blockers.js";
import { hadExecuted } from "./judge-executed.js";
import { type Judgement, judged } from "./judgement.js";
import { troubleOfPrimary } from "./not-proposed.js";
import { type Situation, slotOf } from "./situation.js";
import { plural } from "./slot-words.js";

interface Holder {
  readonly replica: Observation;
  readonly slot: SlotStatus;
}

/** A slot on its way, that nobody has executed; null when no replica tells of one. */
export function judgeInFlight(s: Situation, title: string, seq: number): Judgement | null {
  const holders = s.heard.flatMap((replica): Holder[] => {
    const slot = slotOf(replica, seq);
    return slot === null ? [] : [{ replica, slot }];
  });
  if (holders.length === 0) return null;
  const best = furthest(s, holders);
  const split = splitOf(holders, best.slot.view);
  if (split.length > 1 && !holders.some(({ slot }) => slot.prepared || slot.committed)) return conflict(s, title, split);
  if (best.slot.committed) return waitsForEarlier(s, title, seq, best);
  if (!best.slot.prePrepared) return waitsForProposal(s, title, best);
  return waitsForVotes(s, title, seq, best);
}

/** Who is furthest with it, in the latest view. Where a leader counts the votes, it is the leader whose count matters. */
function furthest({ facts }: Situation, holders: readonly Holder[]): Holder {
  const rank = ({ replica, slot }: Holder): readonly number[] => [
    Number(slot.committed),
    slot.view,
    Number(slot.prepared) + Number(slot.prePrepared),
    Number(facts.protocol !== "pbft" && replica.status?.machine.isPrimary === true),
    slot.commits.length,
    slot.prepares.length,
  ];
  return holders.reduce((a, b) => (isHigher(rank(b), rank(a)) ? b : a));
}

/** By the first number in which they differ. */
function isHigher(a: readonly number[], b: readonly number[]): boolean {
  const index = a.findIndex((value, i) => value !== b[i]);
  return index >= 0 && (a[index] ?? 0) > (b[index] ?? 0);
}

/** Who holds which digest in one view. */
function splitOf(holders: readonly Holder[], view: number): readonly { readonly digest: string; readonly ids: number[] }[] {
  const byDigest = new Map<string, number[]>();
  for (const { replica, slot } of holders)
    if (slot.view === view && slot.prePrepared && slot.digest !== null)
      byDigest.set(slot.digest, [...(byDigest.get(slot.digest) ?? []), replica.id]);
  return [...byDigest].map(([digest, ids]) => ({ digest, ids }));
}

function conflict(s: Situation, title: string, split: ReturnType<typeof splitOf>): Judgement {
  const { sections, slotWords, words, primary } = s;
  const told = split.map(({ digest, ids }) => `${replicasNamed(ids)} ${digest.slice(0, 8)}`).join(", ");
  const who = primary === null ? "somebody" : `${words.primary} ${primary.id}`;
  const cause = {
    text: `a correct ${words.primary} sends one ${slotWords.proposal} for a number: ${who} lies`,
    section: sections.order,
  };
  return judged("conflict", title, `stands for different batches: ${told}`, sections.order, [cause]);
}

function waitsForVotes(s: Situation, title: string, seq: number, { replica, slot }: Holder): Judgement {
  const { facts, sections, slotWords } = s;
  const of: VoteKind = facts.protocol === "pbft" && !slot.prepared ? "prepare" : "commit";
  const have = [...(of === "prepare" ? slot.prepares : slot.commits)].sort((a, b) => a - b);
  const needed = facts.quorum - have.length;
  const kind = of === "prepare" ? "waits-for-prepares" : "waits-for-commits";
  const word = slotWords[of];
  if (needed <= 0)
    return judged(kind, title, `has the ${plural(word)} that it needs at replica ${replica.id}, and goes on`, sections.order);
  const lacking = s.replicas
    .filter(({ id }) => !have.includes(id))
    .map((voter) => ({ id: voter.id, absence: whyNoVote(s, voter, replica, seq, of) }));
  const voted = have.length === 0 ? "nobody has voted" : namedIds(have, slotWords.voted);
  const more = needed === 1 ? `one more ${word}` : `${needed} more ${plural(word)}`;
  const text = `waits for ${more}: ${voted}${lacking.length === 0 ? "" : `, ${absencesText(lacking)}`}`;
  const blocker = blockerOf(s);
  const before = hadExecuted(s);
  const decided = {
    text: `${replicasNamed(before)} had executed it: it is ${slotWords.decided}, and nothing else can be`,
    section: sections.execution,
  };
  return judged(kind, title, text, sections.order, [
    ...(blocker === null ? [] : [blocker]),
    ...(before.length === 0 ? [] : [decided]),
  ]);
}

/** Votes came, what they are for did not. */
function waitsForProposal(s: Situation, title: string, { replica, slot }: Holder): Judgement {
  const { sections, slotWords, words, primary } = s;
  const voters = [...new Set([...slot.prepares, ...slot.commits, ...slot.contrary])].sort((a, b) => a - b);
  const seen = voters.length === 0 ? "" : `; ${replicasNamed(voters)} voted for something there`;
  const from = primary === null ? "" : ` of ${words.primary} ${primary.id}`;
  const blocker = blockerOf(s);
  const refused = s.trace.refusals.find((each) => each.replica === replica.id && each.message === slotWords.proposalKind);
  const why = refused === undefined ? "" : `: replica ${replica.id} refused it`;
  const text = `waits for the ${slotWords.proposal}${from}${why}${seen}`;
  const trouble = troubleOfPrimary(s);
  const cause = trouble ?? {
    text: `it was not sent to replica ${replica.id}, or was lost or refused on the way`,
    section: sections.retransmission,
  };
  return judged("waits-for-proposal", title, text, sections.order, blocker === null ? [cause] : [blocker, cause]);
}

/** §4.2: in order, without gaps. */
function waitsForEarlier(s: Situation, title: string, seq: number, { replica }: Holder): Judgement {
  const { sections, words, slotWords } = s;
  const first = (replica.status?.machine.lastExecuted ?? 0) + 1;
  const at = `is ${slotWords.decided} at replica ${replica.id}`;
  if (first >= seq) return judged("waits-for-earlier", title, `${at}, which executes it next`, sections.execution);
  const missing = Array.from({ length: Math.min(seq - first, 4) }, (_, i) => first + i).filter(
    (each) => !slotOf(replica, each)?.committed,
  );
  const text = `${at} and waits for ${words.seq} ${listed(missing.length === 0 ? [first] : missing)}: all is executed in order`;
  const earlier = judgeInFlight(s, `${words.seq} ${first}`, first);
  const causes =
    earlier === null
      ? [
          {
            text: `${words.seq} ${first} is missing: it was never proposed, or its ${slotWords.proposal} was lost`,
            section: sections.order,
          },
        ]
      : [earlier.verdict, ...earlier.causes];
  return judged("waits-for-earlier", title, text, sections.execution, causes);
}
