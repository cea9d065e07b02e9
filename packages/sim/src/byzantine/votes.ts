import type { Digest, Signed } from "@bft/core";
import type { Commit, PbftSigned, Prepare, Vote } from "@bft/core/pbft";
import { type LiarContext, signAs } from "./liar.js";

/** True for the votes of §4.2 that are not proposals. */
export function isVote(signed: PbftSigned): signed is Extract<PbftSigned, { readonly kind: "prepare" | "commit" }> {
  return signed.kind === "prepare" || signed.kind === "commit";
}

/** The liar's own vote for a slot, as it pleases. */
export function voteFor(
  context: LiarContext,
  kind: "prepare" | "commit",
  { view, seq }: Pick<Vote, "view" | "seq">,
  digest: Digest,
): Signed<Prepare> | Signed<Commit> {
  return kind === "prepare"
    ? signAs<Prepare>(context, { kind, view, seq, digest })
    : signAs<Commit>(context, { kind, view, seq, digest });
}
