import { encodeWire, wireInteger } from "../wire/cbor.js";
import { startPhase1 } from "./proposer.js";
import type { PaxosState } from "./state.js";

export const SILENCE_TIMER = "silence";

/** The timeout is doubled so often at the most. */
const DOUBLINGS_MAX = 6;

/**
 * §3: "in normal operation, a single server is elected to be the leader". The paper leaves open how, and §2.4 asks for real time or
 * randomness. We differ: whoever hears nothing of the leader for a while becomes proposer in a ballot of its own. How long is one to
 * two timeouts, by a hash of who asks and when, because a machine has no randomness; and twice as long after each attempt that
 * brought no progress, so that the cluster comes to rest on links that are slower than assumed.
 */
function silenceMs(r: PaxosState): number {
  const seed = encodeWire([r.self, wireInteger(r.promised), r.attempts]);
  const jitter = Number.parseInt(r.ports.hash(seed).slice(0, 8), 16) / 2 ** 32;
  return Math.floor(r.config.viewChangeTimeoutMs * 2 ** Math.min(r.attempts, DOUBLINGS_MAX) * (1 + jitter));
}

/** Runs where this replica would become proposer if it heard nothing. Set anew whenever the leader was heard. */
export function adjustSilence(r: PaxosState): void {
  const waits = r.leading === null && r.candidacy === null && !r.abstaining;
  if (waits && (r.heard || !r.silenceTimed)) r.emit({ kind: "start-timer", timer: SILENCE_TIMER, delayMs: silenceMs(r) });
  if (!waits && r.silenceTimed) r.emit({ kind: "cancel-timer", timer: SILENCE_TIMER });
  r.silenceTimed = waits;
  r.heard = false;
}

export function onSilence(r: PaxosState): void {
  r.silenceTimed = false;
  if (r.leading !== null || r.candidacy !== null || r.abstaining) return;
  startPhase1(
    r,
    r.entered === null ? `nobody leads ballot ${r.promised}` : `nothing heard of the leader of ballot ${r.promised}`,
  );
}
