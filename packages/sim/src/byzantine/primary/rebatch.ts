import type { Signed } from "@bft/core";
import { type Claimed, makeBatch, type PrePrepare, type Request } from "@bft/core/pbft";
import { type LiarContext, signAs } from "../liar.js";

/** The same slot, with a batch of these requests in it. */
export function rebatched(
  context: LiarContext,
  { message }: Signed<PrePrepare>,
  requests: readonly Claimed<Request>[],
): Signed<PrePrepare> {
  const { digest, bytes } = makeBatch(requests, context.ports);
  return signAs<PrePrepare>(context, { ...message, digest }, bytes);
}
