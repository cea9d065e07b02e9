import type { Digest } from "@bft/core";
import type { PbftMessage } from "@bft/core/pbft";
import { type LiarContext, type PbftBehaviour, sendAll, signAs, telling } from "./liar.js";

/**
 * Signs digests that are not right: as primary a pre-prepare that does not match its batch, as backup prepares and commits
 * for something that nobody proposed, and checkpoints of a state that nobody has.
 */
export function wrongDigest(context: LiarContext): PbftBehaviour {
  return telling(context, (signed, to) => {
    const message = falsified(signed.message);
    return message === null ? null : sendAll(to, signAs(context, message, signed.attachment));
  });
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
