import type { Statement } from "@bft/core";
import { wordsOf } from "../view/protocol-words.js";
import type { Phase } from "./chart.js";

/** What a statement between replicas is about, as far as a chart shows it; null for what no chart shows. */
export interface Topic {
  readonly phase: Phase;
  readonly view: number;
  /** Sequence numbers; empty where it is about a view. */
  readonly seqs: readonly number[];
  /** What it says that everybody must say alike, by sequence number, or null. */
  readonly digest: string | null;
  /** More of it, in words, or null. */
  readonly detail: string | null;
}

export function topicOf(statement: Statement): Topic | null {
  switch (statement.kind) {
    case "pre-prepare":
    case "prepare":
    case "commit":
    case "accepted": {
      const { kind, view, seq, digest } = statement;
      return { phase: kind, view, seqs: [seq], digest, detail: null };
    }
    case "view-change": {
      const { newView, stableSeq, prepared } = statement;
      const what = prepared.length === 0 ? "" : `, prepared ${seqList(prepared)}`;
      return { phase: "view-change", view: newView, seqs: [], digest: null, detail: `stable ${stableSeq}${what}` };
    }
    case "new-view": {
      const { view, prePrepares } = statement;
      const detail = prePrepares.length === 0 ? "proposes nothing again" : `proposes ${seqList(prePrepares)} again`;
      return { phase: "new-view", view, seqs: [], digest: JSON.stringify(prePrepares), detail };
    }
    case "accept": {
      const { view, values } = statement;
      const seqs = values.map(({ seq }) => seq);
      return { phase: "accept", view, seqs, digest: values[0]?.digest ?? null, detail: null };
    }
    case "chosen":
      return { phase: "chosen", view: statement.view, seqs: [], digest: null, detail: `up to ${statement.upTo}` };
    case "candidate":
      return { phase: "candidate", view: statement.view, seqs: [], digest: null, detail: null };
    case "promise":
      return { phase: "promise", view: statement.view, seqs: [], digest: null, detail: null };
    case "checkpoint":
    case "other":
      return null;
  }
}

function seqList(slots: readonly { readonly seq: number }[]): string {
  const seqs = slots.map(({ seq }) => seq).sort((a, b) => a - b);
  const [first, last] = [seqs[0], seqs.at(-1)];
  if (seqs.length < 4) return seqs.join(", ");
  return `${first} to ${last}`;
}

/** The phases of a slot in the order of the paper, then those of a view change; what comes later stands further to the right. */
const ORDER: readonly Phase[] = [
  "view-change",
  "candidate",
  "promise",
  "new-view",
  "request",
  "pre-prepare",
  "accept",
  "prepare",
  "accepted",
  "commit",
  "reply",
  "chosen",
];

export function rankOf(phase: Phase): number {
  return ORDER.indexOf(phase);
}

export function phaseAt(rank: number): Phase {
  return ORDER[rank] ?? "request";
}

/** Whether it is about a view and not a slot. */
export function isOfView(phase: Phase): boolean {
  return rankOf(phase) <= rankOf("new-view");
}

/** A phase in the protocol's own words. */
export function phaseName(phase: Phase, protocol: string): string {
  const { phases, viewChange } = wordsOf(protocol);
  const raft = protocol === "raft";
  switch (phase) {
    case "accept":
      return phases[0]?.name ?? phase;
    case "accepted":
      return phases.at(-1)?.name ?? phase;
    case "candidate":
      return raft ? "request vote" : "prepare";
    case "promise":
      return raft ? "vote" : "promise";
    case "chosen":
      return raft ? "heartbeat" : "chosen";
    case "view-change":
      // PBFT's message has a hyphen; the others have no such message, but that which leads to one.
      return protocol === "pbft" ? phase : viewChange;
    default:
      return phase;
  }
}
