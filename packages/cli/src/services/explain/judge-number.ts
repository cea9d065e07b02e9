import { SLOTS_SHOWN } from "@bft/core";
import { counted, replicasNamed } from "../../view/text.js";
import { blockerOf } from "./blockers.js";
import type { Point } from "./explanation.js";
import { type Judgement, judged } from "./judgement.js";
import { whyNotProposed, whyNotStable } from "./not-proposed.js";
import { wordsOfReason } from "./reasons/index.js";
import { executedTo, type Situation } from "./situation.js";

/** A number of which no replica shows a slot and that nobody is known to have executed. */
export function judgeNumber(s: Situation, title: string, seq: number): Judgement {
  const { heard, sections, words } = s;
  const blocker = blockerOf(s);
  const blocked: readonly Point[] = blocker === null ? [] : [blocker];
  if (heard.length === 0) return judged("too-few", title, "can not be looked up: no replica answers", sections.model, blocked);
  if (isBelowShown(s, seq))
    return judged("not-shown", title, `is on its way, and too far below the newest to be shown`, sections.order, blocked);
  const refused = refusedProposal(s, title, blocked);
  if (refused !== null) return refused;
  const last = lastUsed(s);
  const high = Math.max(...heard.map(({ status }) => status?.machine.highWaterMark ?? 0));
  if (seq <= last) {
    if (blocker?.kind === "view-change") return judged("view-change", title, `is not decided: ${blocker.text}`, blocker.section);
    return skipped(s, title, seq, last, blocked);
  }
  if (seq > high) {
    const text = `lies beyond the window: nothing is ordered above H = ${high} before a later ${words.checkpoint} ${words.checkpointDone}`;
    return judged(
      "beyond-window",
      title,
      `${text}; the next to be used is ${last + 1}`,
      sections.checkpoint,
      stuckWindow(s, last, high),
    );
  }
  const waiting = Math.max(...heard.map(({ status }) => status?.machine.queued ?? 0));
  if (waiting === 0 || seq > last + 1) {
    const rest = seq === last + 1 ? "it is the next" : `the next is ${last + 1}`;
    const text = `has not been used yet: ${rest}${waiting === 0 ? ", and no request waits" : ""}`;
    return judged("unused", title, text, sections.order, waiting === 0 ? [] : blocked);
  }
  const why = blocker ?? whyNotProposed(s, knowsMost(s));
  const text = `is the next and has not been used yet, though ${counted(waiting, "request waits", "requests wait")}: ${why.text}`;
  return judged(blocker?.kind ?? "not-proposed", title, text, why.section);
}

/** A proposal came for it, and was not accepted by who got it. */
function refusedProposal(s: Situation, title: string, blocked: readonly Point[]): Judgement | null {
  const { trace, slotWords, facts, sections } = s;
  const faults = trace.refusals.filter(
    ({ message, reason }) => message === slotWords.proposalKind && wordsOfReason(facts.protocol, reason).kind === "fault",
  );
  const [first] = faults;
  if (first === undefined) return null;
  const by = [...new Set(faults.map(({ replica }) => replica))].sort((a, b) => a - b);
  const why = wordsOfReason(facts.protocol, first.reason).words;
  const text = `waits for the ${slotWords.proposal}: ${replicasNamed(by)} refused that of ${first.from}, as ${why}`;
  return judged("waits-for-proposal", title, text, sections.order, blocked);
}

/** The highest number that anybody who answers has used. */
function lastUsed({ heard }: Situation): number {
  return Math.max(
    0,
    ...heard.flatMap((replica) => [executedTo(replica), ...(replica.status?.machine.slots ?? []).map(({ seq }) => seq)]),
  );
}

/** A replica shows its newest slots; this one may be in its log below them. */
function isBelowShown({ heard }: Situation, seq: number): boolean {
  return heard.some(({ status }) => {
    const slots = status?.machine.slots ?? [];
    return slots.length >= SLOTS_SHOWN && slots.every((slot) => slot.seq > seq);
  });
}

function skipped(
  { sections, words, slotWords }: Situation,
  title: string,
  seq: number,
  last: number,
  blocked: readonly Point[],
): Judgement {
  const text = `is missing: ${words.seq} ${last} is in use and nobody has a ${slotWords.proposal} for ${seq}`;
  const cause = {
    text: `the ${words.primary} left it out, or its ${slotWords.proposal} was lost; whoever leads next fills the gap with a ${words.noOp}`,
    section: sections.viewChange,
  };
  return judged("waits-for-proposal", title, text, sections.order, [...blocked, cause]);
}

function stuckWindow(s: Situation, last: number, high: number): readonly Point[] {
  const machine = s.heard.find(({ status }) => status?.machine.highWaterMark === high)?.status?.machine;
  return last < high || machine === undefined ? [] : [{ text: whyNotStable(s, machine), section: s.sections.checkpoint }];
}

/** Who has requests that wait. */
function knowsMost({ heard }: Situation): readonly number[] {
  return heard.filter(({ status }) => (status?.machine.queued ?? 0) > 0).map(({ id }) => id);
}
