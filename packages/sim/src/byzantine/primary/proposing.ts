import type { ReplicaId, Signed } from "@bft/core";
import { type Batch, type PrePrepare, readBatch } from "@bft/core/pbft";
import { type LiarContext, type PbftBehaviour, type PbftEffect, send, slotName, telling } from "../liar.js";
import { Remembered } from "../remembered.js";

/** Proposals whose story is remembered; with the batches of a window this is the most that a liar keeps. */
const STORIES_MAX = 64;

/** What a replica is told in place of a proposal; null: nothing. */
export type Story = (to: ReplicaId) => Signed<PrePrepare> | null;

/**
 * A primary that lies about what it proposes, and honest in all else. A proposal that is asked for again (TOCS '02 §5.2) is told
 * as it was told first: a liar that mends its lie by retransmission would be honest but slow.
 * @param lie the story of a new proposal, or null for the truth
 */
export function proposing(context: LiarContext, lie: (truth: Signed<PrePrepare>) => Story | null): PbftBehaviour {
  const stories = new Remembered<string, Story>(STORIES_MAX);
  return telling(context, (signed, to, toAll) => {
    if (signed.kind !== "pre-prepare") return null;
    const name = slotName(signed.message);
    const story = toAll ? lie(signed) : stories.get(name);
    if (story === null || story === undefined) return null;
    stories.set(name, story);
    return to.flatMap((replica) => told(replica, story(replica)));
  });
}

function told(to: ReplicaId, signed: Signed<PrePrepare> | null): readonly PbftEffect[] {
  return signed === null ? [] : [send(to, signed)];
}

/** The batch beside a proposal; null when there is none to be read. */
export function batchOf({ message, attachment }: Signed<PrePrepare>): Batch | null {
  return attachment === null ? null : readBatch(attachment, message.digest);
}
