import { startPhase1 } from "./proposer.js";
import type { PaxosState } from "./state.js";

export const SILENCE_TIMER = "silence";

/**
 * §3: "in normal operation, a single server is elected to be the leader". The paper leaves open how, and §2.4 asks for real time or
 * randomness. We differ: whoever hears nothing of the leader for a while becomes proposer in a ballot of its own. For how long, and why
 * that grows, stands with `Patience`.
 */
function silenceMs(r: PaxosState): number {
  return r.patience.drawMs(r.config.viewChangeTimeoutMs, r.self, r.promised, r.ports);
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
