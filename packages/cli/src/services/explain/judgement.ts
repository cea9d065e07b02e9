import type { ExplainKind, Point } from "./explanation.js";
import type { Situation } from "./situation.js";
import { requestText, type Subject } from "./subject.js";

/** What came out about a subject: the verdict, and what speaks for itself as a reason of it. */
export interface Judgement {
  readonly kind: ExplainKind;
  readonly verdict: Point;
  readonly causes: readonly Point[];
}

/** @param text what follows the name of the subject: `waits for one more commit` */
export function judged(
  kind: ExplainKind,
  title: string,
  text: string,
  section: string | null,
  causes: readonly Point[] = [],
): Judgement {
  return { kind, verdict: { text: `${title} ${text}`, section: section === "" ? null : section }, causes };
}

/** The subject as the sentence about it begins: `sequence number 12`, `request 0:17 is in sequence number 12, which`. */
export function titleOf({ words }: Situation, subject: Subject, seq: number | null): string {
  const number = seq === null ? "" : `${words.seq} ${seq}`;
  if (subject.kind === "seq") return number === "" ? `${words.seq} ${subject.seq}` : number;
  return `request ${requestText(subject)}${number === "" ? "" : ` is in ${number}, which`}`;
}
