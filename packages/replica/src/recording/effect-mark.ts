import { crc32 } from "node:zlib";
import type { Effect, MessageBase, Signed } from "@bft/core";

type Kind = Effect<MessageBase>["kind"];

/** How effects are numbered in a recording. New ones come at the end. */
const KINDS: readonly Kind[] = [
  "persist",
  "send",
  "broadcast",
  "reply",
  "start-timer",
  "cancel-timer",
  "executed",
  "abstaining",
  "votes-again",
  "state-installed",
  "checkpoint-stable",
  "view-change-started",
  "view-entered",
  "dropped",
  "evidence",
];
const CODES: ReadonlyMap<Kind, number> = new Map(KINDS.map((kind, code) => [kind, code]));

/** By what an effect is known again: its kind, and a checksum (CRC-32) of what it does. */
export interface EffectMark {
  readonly code: number;
  readonly sum: number;
}

export function effectMark(effect: Effect<MessageBase>): EffectMark {
  return { code: CODES.get(effect.kind) ?? KINDS.length, sum: checksum(effect) };
}

/** The kind that a mark stands for; `unknown` for one of a later version. */
export function markKind({ code }: EffectMark): string {
  return KINDS[code] ?? "unknown";
}

/**
 * What a message says is known by its signature, which is deterministic. Results of an execution are in the replies that follow it, and in
 * the digest of the next checkpoint.
 */
function checksum(effect: Effect<MessageBase>): number {
  switch (effect.kind) {
    case "persist":
      return crc32(effect.record);
    case "send":
    case "reply":
      return message(effect.signed, crc32(String(effect.to)));
    case "broadcast":
      return message(effect.signed, 0);
    case "start-timer":
      return crc32(`${effect.timer} ${effect.delayMs}`);
    case "cancel-timer":
      return crc32(effect.timer);
    case "executed":
      return crc32(`${effect.seq} ${effect.view} ${effect.digest}`);
    case "checkpoint-stable":
      return effect.records.reduce((sum, record) => crc32(record, sum), crc32(`${effect.seq} ${effect.stateDigest}`));
    case "evidence":
      return message(effect.second, message(effect.first, crc32(String(effect.accused))));
    case "abstaining":
    case "votes-again":
    case "state-installed":
    case "view-change-started":
    case "view-entered":
    case "dropped":
      return crc32(JSON.stringify(effect));
  }
}

function message({ signature, attachment }: Signed, before: number): number {
  const sum = crc32(signature, before);
  return attachment === null ? sum : crc32(attachment, sum);
}
