import type { RequestName } from "@bft/core";
import { replicasNamed } from "../../view/text.js";
import { namedIds } from "./absence.js";
import { faultsOf } from "./causes.js";
import type { Point } from "./explanation.js";
import { type Judgement, judged } from "./judgement.js";
import { executedTo, type Situation, slotOf } from "./situation.js";
import { requestText } from "./subject.js";

/** What an executed request came to, where that is more than being executed: null otherwise. */
export function judgeAnswer(s: Situation, request: RequestName, seq: number): Judgement | null {
  const { trace, sections } = s;
  const name = `request ${requestText(request)}`;
  if (trace.serviceRefused !== null)
    return judged(
      "refused-by-service",
      name,
      `was executed under ${s.words.seq} ${seq}, and the service refused it: ${trace.serviceRefused}`,
      sections.client,
    );
  if (trace.invokedAt === null || trace.answered || !s.heard.some((replica) => executedTo(replica) >= seq)) return null;
  const { text, causes } = unanswered(s, seq);
  const view = s.heard.flatMap((replica) => slotOf(replica, seq) ?? [])[0]?.view;
  const where = `was executed under ${s.words.seq} ${seq}${view === undefined ? "" : ` in ${s.words.view} ${view}`}`;
  return judged(
    "unanswered",
    name,
    `${where}, and its client is not known to have been answered: ${text}`,
    sections.client,
    causes,
  );
}

/** §4.1: the client counts equal replies. */
function unanswered(s: Situation, seq: number): { readonly text: string; readonly causes: readonly Point[] } {
  const { trace, facts, sections } = s;
  const groups = new Map<string, number[]>();
  for (const { replica, answer } of trace.replies) groups.set(answer, [...(groups.get(answer) ?? []), replica]);
  const sorted = [...groups.values()].map((ids) => ids.sort((a, b) => a - b)).sort((a, b) => b.length - a.length);
  const [most] = sorted;
  if (most === undefined) {
    const has = s.heard.filter((replica) => executedTo(replica) >= seq).map(({ id }) => id);
    const text = `${namedIds(has, { one: "has", many: "have" })} executed it, ${facts.answers} equal replies are needed`;
    return { text, causes: has.length < facts.answers ? faultsOf(s) : [] };
  }
  const others = sorted.slice(1).map((ids) => `${replicasNamed(ids)} answered otherwise`);
  const differ = others.length === 0 ? "" : `; ${others.join(", ")}`;
  if (most.length < facts.answers)
    return {
      text: `it needs ${facts.answers} equal replies, and got or could get ${most.length}, of ${replicasNamed(most)}${differ}`,
      causes: faultsOf(s),
    };
  return {
    text: `${replicasNamed(most)} answered alike, which is enough${differ}`,
    causes: [
      {
        text: "the replies were lost, or came when the client no longer waited; it took effect, so look before you submit it again",
        section: sections.client,
      },
    ],
  };
}
