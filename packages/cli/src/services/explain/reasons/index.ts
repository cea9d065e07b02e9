import type { ProtocolName } from "@bft/core";
import { PAXOS_REASONS, RAFT_REASONS } from "./crash.js";
import { NET_REASONS } from "./net.js";
import { PBFT_REASONS } from "./pbft.js";
import type { ReasonTable, ReasonWords } from "./reason.js";

/** The reasons of each protocol for dropping a message. */
export const PROTOCOL_REASONS: Readonly<Record<ProtocolName, ReasonTable<string>>> = {
  pbft: PBFT_REASONS,
  multipaxos: PAXOS_REASONS,
  raft: RAFT_REASONS,
};

/** What a reason means where this protocol runs. One that this version does not know speaks for itself. */
export function wordsOfReason(protocol: ProtocolName, reason: string): ReasonWords {
  return own(PROTOCOL_REASONS[protocol], reason) ?? own(NET_REASONS, reason) ?? { kind: "bound", words: reason, section: null };
}

/** Not what every object has: reasons come from files that anybody can write into. */
function own(table: ReasonTable<string>, reason: string): ReasonWords | null {
  return Object.hasOwn(table, reason) ? (table[reason] ?? null) : null;
}
