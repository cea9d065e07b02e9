import { type Ports, readValue, type SeqNum, type View } from "@bft/core";
import { type AppendEntries, RAFT, type RaftMessage, type WireEntry } from "@bft/core/raft";
import type { Change, Said, Tongue } from "./tongue.js";

/** Raft's messages, as a liar uses them. */
export const RAFT_TONGUE: Tongue<RaftMessage> = {
  protocol: RAFT,
  leaderCompares: false,
  viewOf: (message) => ("term" in message ? message.term : null),
  isLeaders: ({ kind }) => kind === "append-entries" || kind === "install-snapshot",
  isCandidacy: ({ kind }) => kind === "request-vote",
  isState: ({ kind }) => kind === "install-snapshot",
  withValues(said, change, ports) {
    const { message } = said;
    if (message.kind !== "append-entries" || message.entries.length === 0) return null;
    return changed(message, change, ports);
  },
  committing(message) {
    if (message.kind !== "append-entries" || message.entries.length === 0) return null;
    return { ...message, leaderCommit: lastOf(message) };
  },
  hollow(message) {
    if (message.kind !== "append-entries") return null;
    const nothing = { prevLogIndex: 0 as SeqNum, prevLogTerm: 0 as View, entries: [], leaderCommit: 0 as SeqNum };
    return { ...message, ...nothing };
  },
  acknowledging(message) {
    switch (message.kind) {
      case "append-entries": {
        const digest = message.entries.at(-1)?.digest ?? null;
        return [{ kind: "appended", term: message.term, success: true, index: lastOf(message), digest, counts: true }];
      }
      case "install-snapshot": {
        const { term, lastIncludedIndex, pieces } = message;
        return [{ kind: "snapshot-received", term, lastIncludedIndex, next: pieces }];
      }
      default:
        return [];
    }
  },
  consent: (message) => (message.kind === "request-vote" ? { kind: "vote", term: message.term, granted: true } : null),
  candidacyAbove(view) {
    if (view >= Number.MAX_SAFE_INTEGER) return null;
    return { kind: "request-vote", term: (view + 1) as View, lastLogIndex: 0 as SeqNum, lastLogTerm: 0 as View };
  },
};

function changed(message: AppendEntries, change: Change, ports: Ports): Said<RaftMessage> {
  const entries = message.entries.map((entry, offset): WireEntry => {
    const value = readValue(entry.value, ports);
    if (value === null) return entry;
    const { digest, bytes } = change(value, message.prevLogIndex + 1 + offset);
    return { ...entry, digest, value: bytes };
  });
  return { message: { ...message, entries }, attachment: null };
}

function lastOf({ prevLogIndex, entries }: AppendEntries): SeqNum {
  return Math.min(prevLogIndex + entries.length, Number.MAX_SAFE_INTEGER) as SeqNum;
}
