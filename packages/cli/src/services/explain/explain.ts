import type { Observation } from "../../watch/model.js";
import { adviceFor } from "./advice.js";
import { blockerOf } from "./blockers.js";
import { faultsOf, refusalsOf } from "./causes.js";
import type { ExplainKind, Explanation, Point } from "./explanation.js";
import type { ExplainFacts } from "./facts.js";
import { judgeAnswer } from "./judge-answer.js";
import { judgeExecuted, judgeTold } from "./judge-executed.js";
import { judgeInFlight } from "./judge-in-flight.js";
import { judgeNumber } from "./judge-number.js";
import { judgeRequest, seqOfRequest } from "./judge-request.js";
import { type Judgement, titleOf } from "./judgement.js";
import { type Situation, situationOf, slotOf } from "./situation.js";
import { standingsOf } from "./standing.js";
import type { Subject } from "./subject.js";
import type { TraceFacts } from "./trace-facts.js";
import { upcoming } from "./upcoming.js";

/** Nothing more is to come of these, and nothing that is wrong with the cluster now is to blame. */
const SETTLED: ReadonlySet<ExplainKind> = new Set<ExplainKind>([
  "executed",
  "collected",
  "refused-by-service",
  "unanswered",
  "unused",
  "unknown",
  "fast-read",
]);

const ON_ITS_WAY: ReadonlySet<ExplainKind> = new Set<ExplainKind>([
  "waits-for-proposal",
  "waits-for-prepares",
  "waits-for-commits",
  "waits-for-earlier",
]);

/** Of these there are no messages, or none of them is about this number. */
const NOT_CHARTED: ReadonlySet<ExplainKind> = new Set<ExplainKind>(["unused", "beyond-window", "not-shown", "not-proposed"]);

const UNAUTHENTICATED =
  "nothing is signed in this cluster (bft up --auth none): who voted and who was refused is what the messages say of themselves";

/**
 * How it stands with a sequence number or a request, why, and what comes next: a function of what the replicas say of themselves now
 * and of what the traces tell.
 */
export function explainSlot(
  facts: ExplainFacts,
  subject: Subject,
  replicas: readonly Observation[],
  trace: TraceFacts,
): Explanation {
  const s = situationOf(facts, replicas, trace);
  const seq = subject.kind === "seq" ? subject.seq : seqOfRequest(s, subject);
  const { kind, verdict, causes } = judge(s, subject, seq);
  const settled = SETTLED.has(kind);
  return {
    subject,
    kind,
    known: kind !== "unknown",
    verdict,
    seq,
    ...requestsIn(s, seq),
    replicas: standingsOf(s, subject, seq),
    causes: distinct(verdict, settled ? causes : [...causes, ...faultsOf(s)]),
    refusals: settled ? [] : refusalsOf(s),
    next:
      settled || kind === "diverged"
        ? []
        : upcoming(s, { executed: kind === "behind" ? seq : null, messages: isUnderWay(s, kind) }),
    advice: settled ? null : adviceFor(s, kind),
    chart: seq === null || NOT_CHARTED.has(kind) ? null : `bft trace --seq ${seq}${facts.flag}`,
    notes: [...(trace.gap === null ? [] : [trace.gap]), ...(facts.authenticated ? [] : [UNAUTHENTICATED])],
  };
}

/** Nothing but messages is missing: they are on their way, or get lost. */
function isUnderWay(s: Situation, kind: ExplainKind): boolean {
  return ON_ITS_WAY.has(kind) && blockerOf(s) === null;
}

function judge(s: Situation, subject: Subject, seq: number | null): Judgement {
  const title = titleOf(s, subject, seq);
  if (seq === null) {
    if (subject.kind === "request") return judgeRequest(s, title, subject);
    return judgeNumber(s, title, subject.seq);
  }
  const answer = subject.kind === "request" ? judgeAnswer(s, subject, seq) : null;
  return (
    answer ?? judgeExecuted(s, title, seq) ?? judgeInFlight(s, title, seq) ?? judgeTold(s, title) ?? judgeNumber(s, title, seq)
  );
}

function requestsIn(s: Situation, seq: number | null): Pick<Explanation, "requests" | "requestCount"> {
  const slots = seq === null ? [] : s.heard.flatMap((replica) => slotOf(replica, seq) ?? []);
  const shown = slots.find(({ contains }) => contains.length > 0);
  if (shown !== undefined) return { requests: shown.contains, requestCount: Math.max(shown.requests, shown.contains.length) };
  return { requests: s.trace.requests, requestCount: s.trace.requests.length };
}

/** Without what the verdict or an earlier point says already, whatever it calls a replica there. */
function distinct(verdict: Point, points: readonly Point[]): readonly Point[] {
  const said = [plain(verdict.text)];
  return points.filter(({ text }) => {
    const known = said.some((each) => each.includes(plain(text)));
    said.push(plain(text));
    return !known;
  });
}

function plain(text: string): string {
  return text.replace(/\b(primary|leader|replicas?) (?=\d)/g, "");
}
