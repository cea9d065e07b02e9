import type { Digest, Principal, ReplicaId, SeqNum, View } from "../ids.js";
import { replicaPrincipal } from "../ids.js";
import type { Ports, Signed } from "../machine.js";
import { primaryOf, type QuorumSystem } from "../quorum.js";
import type { Checkpoint, Claimed, ClaimedCertificate, Commit, PbftMessage, PreparedCertificate, Request } from "./messages.js";

/** What it takes to check a certificate: who there is, and what a signature is worth. */
export interface Checker {
  readonly system: QuorumSystem;
  readonly ports: Ports;
}

/** A claimed message of a replica, proven; null when no replica has that id or the signature is not its own. */
export function prove<M extends PbftMessage>(claim: Claimed<M>, { system, ports }: Checker): Signed<M> | null {
  if (claim.signerId >= system.replicas) return null;
  const signer = replicaPrincipal(claim.signerId as ReplicaId);
  return ports.verify(signer, claim.payload, claim.signature) ? signedBy(claim, signer) : null;
}

/** A claim whose signature is known to be good, by a check or because it is our own. */
export function signedBy<M extends PbftMessage>(claim: Claimed<M>, signer: Principal): Signed<M> {
  const { message, payload, signature } = claim;
  return { kind: message.kind, signer, message, payload, signature, attachment: null };
}

/** All of `claims` proven, by distinct signers of which none is `except`; null when any fails. */
function proveDistinct<M extends PbftMessage>(
  claims: readonly Claimed<M>[],
  checker: Checker,
  except: ReplicaId | null,
): readonly Signed<M>[] | null {
  const signers = new Set<number>();
  for (const { signerId } of claims) {
    if (signers.has(signerId) || signerId === except) return null;
    signers.add(signerId);
  }
  const proven: Signed<M>[] = [];
  for (const claim of claims) {
    const signed = prove(claim, checker);
    if (signed === null) return null;
    proven.push(signed);
  }
  return proven;
}

/** A stable certificate: a quorum of checkpoints with one sequence number and one digest (§4.3). Null when it is not one. */
export function checkCheckpoints(
  claims: readonly Claimed<Checkpoint>[],
  checker: Checker,
): { readonly seq: SeqNum; readonly stateDigest: Digest; readonly certificate: readonly Signed<Checkpoint>[] } | null {
  const first = claims[0]?.message;
  if (first === undefined || claims.length < checker.system.quorum) return null;
  if (!claims.every(({ message }) => message.seq === first.seq && message.stateDigest === first.stateDigest)) return null;
  const certificate = proveDistinct(claims, checker, null);
  return certificate && { seq: first.seq, stateDigest: first.stateDigest, certificate };
}

/**
 * A prepared certificate: the primary's pre-prepare and matching prepares of distinct backups, a quorum together (§4.2,
 * §4.4). Null when it is not one.
 */
export function checkPrepared(claimed: ClaimedCertificate, checker: Checker): PreparedCertificate | null {
  const { view, seq, digest } = claimed.prePrepare.message;
  const primary = primaryOf(view, checker.system);
  if (claimed.prePrepare.signerId !== primary) return null;
  if (1 + claimed.prepares.length < checker.system.quorum) return null;
  for (const { message } of claimed.prepares)
    if (message.view !== view || message.seq !== seq || message.digest !== digest) return null;
  const prePrepare = prove(claimed.prePrepare, checker);
  if (prePrepare === null) return null;
  const prepares = proveDistinct(claimed.prepares, checker, primary);
  return prepares && { prePrepare, prepares };
}

/** A committed certificate: a quorum of commits of distinct replicas for one view, sequence number and digest (§4.2). */
export function checkCommits(
  claims: readonly Claimed<Commit>[],
  seq: SeqNum,
  digest: Digest,
  checker: Checker,
): { readonly view: View; readonly commits: readonly Signed<Commit>[] } | null {
  const view = claims[0]?.message.view;
  if (view === undefined || claims.length < checker.system.quorum) return null;
  if (!claims.every(({ message }) => message.view === view && message.seq === seq && message.digest === digest)) return null;
  const commits = proveDistinct(claims, checker, null);
  return commits && { view, commits };
}

/** A client's request inside a batch is really its own. */
export function requestIsProven(claim: Claimed<Request>, clients: number, ports: Ports): boolean {
  const { client } = claim.message;
  return client < clients && ports.verify({ role: "client", id: client }, claim.payload, claim.signature);
}
