import { type Digest, type Ports, readValue, type SeqNum, type View } from "@bft/core";
import { MULTIPAXOS, type PaxosMessage } from "@bft/core/multipaxos";
import type { Change, Tongue } from "./tongue.js";

/** Multi-Paxos's messages, as a liar uses them. */
export const PAXOS_TONGUE: Tongue<PaxosMessage> = {
  protocol: MULTIPAXOS,
  leaderCompares: true,
  viewOf(message) {
    switch (message.kind) {
      case "prepare":
      case "promise":
      case "accept":
      case "accepted":
      case "heartbeat":
        return message.ballot;
      case "refused":
        return message.promised;
      default:
        return null;
    }
  },
  isLeaders: ({ kind }) => kind === "accept" || kind === "heartbeat",
  isCandidacy: ({ kind }) => kind === "prepare",
  isState: ({ kind }) => kind === "snapshot",
  withValues({ message, attachment }, change, ports) {
    switch (message.kind) {
      case "accept":
      case "chosen": {
        const other = attachment === null ? null : changed(attachment, message.seq, change, ports);
        return other === null ? null : { message: { ...message, digest: other.digest }, attachment: other.bytes };
      }
      case "promise": {
        if (message.accepted.length === 0) return null;
        const accepted = message.accepted.map((each) => {
          const other = changed(each.bytes, each.seq, change, ports);
          return other === null ? each : { ...each, ...other };
        });
        return { message: { ...message, accepted }, attachment };
      }
      default:
        return null;
    }
  },
  committing: (message) => (message.kind === "accept" ? { ...message, chosen: message.seq } : null),
  hollow(message) {
    if (message.kind !== "accept" && message.kind !== "heartbeat") return null;
    return { kind: "heartbeat", ballot: message.ballot, chosen: 0 as SeqNum };
  },
  acknowledging(message) {
    if (message.kind !== "accept") return [];
    const { ballot, seq, digest } = message;
    return [{ kind: "accepted", ballot, seq, digest }];
  },
  consent(message) {
    if (message.kind !== "prepare") return null;
    const nothing = { low: 0 as SeqNum, executed: 0 as SeqNum, accepted: [], complete: true };
    return { kind: "promise", ballot: message.ballot, from: message.from, ...nothing };
  },
  candidacyAbove(view, { self, replicas }) {
    // Ballot b belongs to replica b mod n.
    const ballot = view + 1 + ((self - ((view + 1) % replicas) + replicas) % replicas);
    if (ballot > Number.MAX_SAFE_INTEGER) return null;
    return { kind: "prepare", ballot: ballot as View, from: 1 as SeqNum };
  },
};

function changed(
  bytes: Uint8Array,
  seq: number,
  change: Change,
  ports: Ports,
): { readonly digest: Digest; readonly bytes: Uint8Array } | null {
  const value = readValue(bytes, ports);
  if (value === null) return null;
  const { digest, bytes: others } = change(value, seq);
  return { digest, bytes: others };
}
