import { counted, listed, replicasNamed } from "../../view/text.js";
import { blockerOf } from "./blockers.js";
import type { Point } from "./explanation.js";
import { type Judgement, judged } from "./judgement.js";
import { troubleOfPrimary, whyNotProposed } from "./not-proposed.js";
import { wordsOfReason } from "./reasons/index.js";
import type { Situation } from "./situation.js";
import { type Subject, sameRequest } from "./subject.js";
import type { TraceRefusal } from "./trace-facts.js";

type Request = Extract<Subject, { kind: "request" }>;

/** The number under which a replica shows the request, or a trace tells of it; null while there is none. */
export function seqOfRequest({ heard, trace }: Situation, request: Request): number | null {
  // Proposed again after a view change, it may stand under two numbers; it is executed under one.
  if (trace.executed.length > 0) return trace.seq;
  for (const { status } of heard)
    for (const slot of status?.machine.slots ?? []) if (slot.contains.some((each) => sameRequest(each, request))) return slot.seq;
  return trace.seq;
}

/** A request that has no number. */
export function judgeRequest(s: Situation, title: string, request: Request): Judgement {
  const { heard, sections, facts, trace } = s;
  const waitingAt = heard
    .filter(({ status }) => status?.machine.waiting.some((each) => sameRequest(each, request)))
    .map(({ id }) => id);
  const blocker = blockerOf(s);
  if (waitingAt.length > 0) {
    const why = blocker ?? whyNotProposed(s, waitingAt);
    return judged(blocker?.kind ?? "not-proposed", title, `has no ${s.words.seq} yet: ${why.text}`, why.section);
  }
  if (request.client >= facts.clients)
    return judged("unknown", title, `can not exist: this cluster has clients 0 to ${facts.clients - 1}`, sections.client);
  if (trace.readOnly) return fastRead(s, title);
  const refusals = refusedRequests(s);
  if (refusals.length > 0) return refused(s, title, refusals);
  const reached = [...trace.took].sort((a, b) => a - b);
  const handedIn = reached.length > 0 || trace.invokedAt !== null;
  if (isCrowded(s) && (handedIn || trace.gap !== null)) return notShown(s, title, blocker);
  if (handedIn) return lost(s, title, reached, blocker);
  return unknown(s, title);
}

/** Refusals of the request itself that asking again would not change. */
function refusedRequests({ trace, facts }: Situation): readonly TraceRefusal[] {
  return trace.refusals.filter(({ message, reason }) => {
    const { kind } = wordsOfReason(facts.protocol, reason);
    return message === "request" && kind !== "repeat" && kind !== "timing";
  });
}

function refused(s: Situation, title: string, reasons: readonly TraceRefusal[]): Judgement {
  const by = [...new Set(reasons.map(({ replica }) => replica))].sort((a, b) => a - b);
  const why = [...new Set(reasons.map(({ reason }) => wordsOfReason(s.facts.protocol, reason).words))];
  return judged("refused", title, `was refused by ${replicasNamed(by)}: ${listed(why)}`, s.sections.client);
}

/** Somebody has more requests than a status names. */
function isCrowded({ heard }: Situation): boolean {
  return heard.some(({ status }) => {
    const machine = status?.machine;
    if (machine === undefined) return false;
    return (
      machine.queued > machine.waiting.length ||
      machine.slots.some((slot) => !slot.executed && slot.requests > slot.contains.length)
    );
  });
}

function notShown(s: Situation, title: string, blocker: Point | null): Judgement {
  const queued = Math.max(...s.heard.map(({ status }) => status?.machine.queued ?? 0));
  const text = `is not among those that the replicas name: ${counted(queued, "request waits", "requests wait")}, and they name the oldest`;
  return judged("not-shown", title, text, s.sections.client, blocker === null ? [] : [blocker]);
}

/** §5.1.3: who answers it does not remember it. */
function fastRead({ trace, facts }: Situation, title: string): Judgement {
  const answer = trace.answered
    ? "its client was answered"
    : `its client needs ${facts.answers} equal answers and is not known to have them`;
  return judged("fast-read", title, `is a fast read, which no replica orders or remembers: ${answer}`, "§5.1.3");
}

/** Its client handed it in, or a replica had it, and none has it now. */
function lost(s: Situation, title: string, reached: readonly number[], blocker: Point | null): Judgement {
  const { sections, facts, words } = s;
  const now = s.heard.length === 0 ? "no replica answers" : "no replica that answers has it";
  const text =
    reached.length === 0 ? `was handed in by its client, and ${now}` : `reached ${replicasNamed(reached)}, and ${now} now`;
  const trouble = s.heard.length === 0 ? null : troubleOfPrimary(s);
  const keeps =
    facts.protocol === "pbft"
      ? "a replica that was started again has forgotten what waited: a client that still waits sends it to all of them again"
      : `only the ${words.primary} keeps requests: a client that still waits asks again`;
  const causes: Point[] = [
    ...(blocker === null ? [] : [blocker]),
    ...(trouble === null ? [] : [trouble]),
    { text: keeps, section: sections.client },
  ];
  return judged("lost", title, text, sections.client, causes);
}

function unknown({ sections }: Situation, title: string): Judgement {
  return judged("unknown", title, "is not known to any replica, and in no trace or client history", sections.client);
}
