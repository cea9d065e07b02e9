import type { ProtocolWords } from "@bft/core";
import { PROTOCOL_NAMES, protocolNamed } from "@bft/core/protocols";

/** A protocol's own words; PBFT's for one that is not known, such as that of a replica of another version. */
export function wordsOf(protocol: string): ProtocolWords {
  return protocolNamed(isKnown(protocol) ? protocol : "pbft").words;
}

/** `Raft` of `raft`. */
export function titleOf(protocol: string): string {
  return isKnown(protocol) ? protocolNamed(protocol).title : protocol;
}

/** Whether one replica that lies is one too many. */
export function trustsLeader(protocol: string): boolean {
  return isKnown(protocol) && !protocolNamed(protocol).toleratesLies;
}

function isKnown(protocol: string): boolean {
  return PROTOCOL_NAMES.some((name) => name === protocol);
}
