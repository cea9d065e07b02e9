import { type Deposition, EvidenceBook } from "@bft/core/evidence";
import { type Checker, type EventOf, nothing, type Violation } from "./checker.js";
import type { Knowledge } from "./knowledge.js";
import { violation } from "./words.js";

interface Word {
  readonly kind: string;
  /** What came before the disk was lost is another replica's word, so to say. */
  readonly lives: number;
}

const text = new TextEncoder();

/**
 * No correct replica can be convicted: what each sends is held to the very rules by which `bft evidence` convicts. One that lost its disk
 * does not know what it said of views before: it counts among the f, and may be convicted by that (docs/protocol-map.md).
 */
export function evidence(knowledge: Knowledge): Checker {
  const lost = new Map<number, number>();
  const book = new EvidenceBook<Word>(() => true);

  function onSent({ replica, id, statement, at }: EventOf<"sent">): Violation | null {
    if (knowledge.lies(replica)) return null;
    const lives = lost.get(replica) ?? 0;
    // Equal payloads have equal names: enough to tell two apart.
    const word: Deposition<Word> = { signer: replica, statement, payload: text.encode(id), tag: { kind: statement.kind, lives } };
    const finding = book.add(word);
    if (finding === null) return null;
    const { rule, view, seq, first, second } = finding;
    if (first.lives !== second.lives && ofViews(rule)) return null;
    const place = [...(seq === null ? [] : [`sequence number ${seq}`]), ...(view === null ? [] : [`view ${view}`])].join(", ");
    const what = `replica ${replica}, which is correct, would be convicted by ${rule} at ${place}: its ${first.kind} and its ${second.kind}.`;
    return violation("evidence", at, what, [replica], seq);
  }

  return {
    name: "evidence",
    interests: ["sent", "disk-lost"],
    observe(event) {
      if (event.kind === "sent") return onSent(event);
      if (event.kind === "disk-lost") lost.set(event.replica, (lost.get(event.replica) ?? 0) + 1);
      return null;
    },
    finish: nothing,
  };
}

function ofViews(rule: string): boolean {
  return rule === "two-view-changes" || rule === "two-new-views" || rule === "hidden-certificate";
}
