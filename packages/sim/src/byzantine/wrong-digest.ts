import type { Digest } from "@bft/core";
import type { PbftMessage } from "@bft/core/pbft";
import { type LiarContext, type PbftBehaviour, type PbftEffect, signAs } from "./liar.js";

/**
 * Signs digests that are not right: as primary a pre-prepare that does not match its batch, as backup prepares and commits
 * for something that nobody proposed, and checkpoints of a state that nobody has.
 */
export function wrongDigest(context: LiarContext): PbftBehaviour {
  return (_input, honest) => honest.map((effect) => lie(context, effect));
}

function lie(context: LiarContext, effect: PbftEffect): PbftEffect {
  if (effect.kind !== "broadcast" && effect.kind !== "send") return effect;
  // What it relays for others carries their signature: that it can not change.
  if (effect.signed.signer.role !== "replica" || effect.signed.signer.id !== context.config.self) return effect;
  const message = falsified(effect.signed.message);
  return message === null
    ? effect
    : { ...effect, signed: signAs(context, message, effect.signed.attachment) as typeof effect.signed };
}

function falsified(message: PbftMessage): PbftMessage | null {
  switch (message.kind) {
    case "pre-prepare":
    case "prepare":
    case "commit":
      return { ...message, digest: otherDigest(message.digest) };
    case "checkpoint":
      return { ...message, stateDigest: otherDigest(message.stateDigest) };
    default:
      return null;
  }
}

/** A well-formed digest of nothing: the given one with its first digit changed. */
export function otherDigest(digest: Digest): Digest {
  return `${digest.startsWith("f") ? "0" : "f"}${digest.slice(1)}` as Digest;
}
