import type { Principal, ReplicaId } from "../ids.js";
import { assertNever, invariant } from "../invariant.js";
import type { Effect, Input, Machine, MachineStatus, Ports } from "../machine.js";
import type { ReplicaConfig } from "../replication/config.js";
import { NOTHING_SAVED, type SavedState } from "../replication/saved.js";
import type { Service } from "../service.js";
import { endAbstention } from "./abstention.js";
import { onVouchTimer, VOUCH_TIMER } from "./authenticity.js";
import { spend, withinBudget } from "./budget.js";
import {
  digestCheckpoints,
  onCheckpoint,
  onStable,
  reachAhead,
  reasonToDropCheckpoint,
  reasonToDropStable,
  takeCheckpoint,
  tellStable,
} from "./checkpoint.js";
import type { DropReason } from "./drop-reason.js";
import { executeNext } from "./execution.js";
import { inspect } from "./inspect.js";
import type { PbftMessage, PbftSigned } from "./messages.js";
import { advanceSlot, onCommit, onPrePrepare, onPrepare, propose, reasonToDropVote } from "./normal-case.js";
import { recover } from "./recovery.js";
import { onRequest, reasonToDropRequest } from "./request.js";
import {
  fetchCommittedElsewhere,
  onBatch,
  onCommitted,
  onFetchBatch,
  onStatus,
  onStatusTimer,
  reasonToDropBatch,
  reasonToDropCommitted,
  STATUS_TIMER,
} from "./retransmission.js";
import { judgePrimary } from "./slow-primary.js";
import { ReplicaState } from "./state.js";
import { driveTransfer, onFetchState, onStateNodes, reasonToDropNodes, startTransferBeyondWindow } from "./state-transfer.js";
import {
  adjustTimer,
  announceNewView,
  onNewView,
  onViewChange,
  onViewChangeTimer,
  reasonToDropNewView,
  reasonToDropViewChange,
  VIEW_CHANGE_TIMER,
} from "./view-change.js";

/** Messages that bring a batch beside what is signed. */
const CARRIES_BATCH: ReadonlySet<PbftMessage["kind"]> = new Set(["pre-prepare", "batch", "committed"]);

/**
 * One PBFT replica (Castro & Liskov, OSDI '99). Each input is first recorded by its section's handler; then every phase,
 * execution and checkpoint that now holds is entered, once. Data flows one way: record, then advance.
 */
export class PbftReplica implements Machine<PbftMessage> {
  readonly #state: ReplicaState;

  /**
   * @param saved what this replica finds on its disk
   * @throws RangeError on a bad configuration, RecoveryError on what can not be read back
   */
  constructor(config: ReplicaConfig, ports: Ports, service: Service, saved: SavedState = NOTHING_SAVED) {
    this.#state = new ReplicaState(config, ports, service);
    recover(this.#state, saved);
  }

  reasonToDrop(from: Principal, message: PbftMessage): DropReason | null {
    const r = this.#state;
    if (message.kind === "request") return reasonToDropRequest(r, from, message);
    if (from.role !== "replica" || from.id >= r.config.replicas) return "not-from-a-replica";
    if (from.id === r.self) return "own-message";
    // A new-view may be passed on by any replica, so it counts against who delivers it.
    if (message.kind !== "new-view" && !withinBudget(r, from.id, message.kind)) return "budget-exceeded";
    switch (message.kind) {
      case "pre-prepare":
      case "prepare":
      case "commit":
        return reasonToDropVote(r, from.id, message);
      case "checkpoint":
        return reasonToDropCheckpoint(r, from.id, message);
      case "stable-checkpoint":
        return reasonToDropStable(r, message);
      case "view-change":
        return reasonToDropViewChange(r, from.id, message);
      case "new-view":
        return reasonToDropNewView(r, from.id, message);
      case "status":
        return r.statusAnswered.has(from.id) ? "status-answered-already" : null;
      case "batch":
        return reasonToDropBatch(r, message);
      case "committed":
        return reasonToDropCommitted(r, message);
      case "state-nodes":
        return reasonToDropNodes(r, message);
      case "fetch-batch":
      case "fetch-state":
        return null;
      case "reply":
        return "not-for-a-replica";
    }
  }

  step(input: Input<PbftMessage>): readonly Effect<PbftMessage>[] {
    const r = this.#state;
    switch (input.kind) {
      case "start":
        onStatusTimer(r);
        break;
      case "message":
        this.#onMessage(input.signed, input.via);
        break;
      case "timer-fired":
        this.#onTimer(input.timer);
        break;
      default:
        assertNever(input);
    }
    this.#advance();
    tellStable(r);
    this.#checkInvariants();
    const { effects } = r;
    r.effects = [];
    return effects;
  }

  inspect(): MachineStatus {
    return inspect(this.#state);
  }

  #onMessage(received: PbftSigned, via: Principal): void {
    const r = this.#state;
    const reason = this.reasonToDrop(received.signer, received.message);
    if (reason !== null) return r.drop(received.signer, received.kind, reason);
    const from = received.signer.id as ReplicaId;
    if (received.signer.role === "replica") {
      if (via.role !== "replica" || (via.id !== from && !mayBeRelayed(r, received)))
        return r.drop(received.signer, received.kind, "relayed");
      if (!withinBudget(r, via.id, received.kind)) return r.drop(via, received.kind, "budget-exceeded");
      spend(r, via.id, received.kind);
    }
    // No signature covers an attachment: what has no use for one must not be kept with one.
    const signed = CARRIES_BATCH.has(received.kind) ? received : { ...received, attachment: null };
    switch (signed.kind) {
      case "request":
        return onRequest(r, signed, via);
      case "pre-prepare":
        return onPrePrepare(r, from, signed);
      case "prepare":
        return onPrepare(r, from, signed);
      case "commit":
        onCommit(r, from, signed);
        return fetchCommittedElsewhere(r, from, signed.message);
      case "checkpoint":
        return onCheckpoint(r, from, signed);
      case "stable-checkpoint":
        return onStable(r, signed);
      case "view-change":
        return onViewChange(r, from, signed);
      case "new-view":
        return onNewView(r, signed);
      case "status":
        return onStatus(r, from, signed);
      case "fetch-batch":
        return onFetchBatch(r, from, signed);
      case "batch":
        return onBatch(r, signed);
      case "committed":
        return onCommitted(r, signed);
      case "fetch-state":
        return onFetchState(r, from, signed);
      case "state-nodes":
        return onStateNodes(r, signed);
      case "reply":
        return;
      default:
        assertNever(signed);
    }
  }

  #onTimer(timer: string): void {
    const r = this.#state;
    if (timer === VIEW_CHANGE_TIMER) onViewChangeTimer(r);
    if (timer === VOUCH_TIMER) onVouchTimer(r);
    if (timer === STATUS_TIMER) {
      onStatusTimer(r);
      judgePrimary(r);
      driveTransfer(r);
    }
  }

  /** Enters all that now holds, until nothing more does. */
  #advance(): void {
    const r = this.#state;
    announceNewView(r);
    endAbstention(r);
    startTransferBeyondWindow(r);
    this.#advanceSlots();
    if (digestCheckpoints(r)) {
      reachAhead(r);
      // the window may have moved
      this.#advanceSlots();
    }
    adjustTimer(r);
  }

  #advanceSlots(): void {
    const r = this.#state;
    do {
      propose(r);
      for (const slot of r.touched) advanceSlot(r, slot);
      r.touched.clear();
    } while (this.#executeAll());
  }

  /** True when something was executed: the pipeline may have room again. */
  #executeAll(): boolean {
    const r = this.#state;
    let executed = false;
    while (executeNext(r)) {
      executed = true;
      takeCheckpoint(r);
    }
    return executed;
  }

  #checkInvariants(): void {
    const r = this.#state;
    invariant(r.log.low === r.stable.seq, "h is the last stable checkpoint");
    invariant(r.lastExecuted >= r.log.low, "what is stable here was executed or fetched here");
    invariant(r.lastExecuted <= r.log.high, "nothing above H was executed");
    invariant(!(r.inView && r.view > 0) || r.newView !== null, "a view after 0 starts with a new-view");
  }
}

/** A new-view proves itself (§4.4); a pre-prepare that contradicts the accepted one proves that the primary lies, and is good for nothing else. */
function mayBeRelayed(r: ReplicaState, received: PbftSigned): boolean {
  if (received.kind === "new-view") return true;
  if (received.kind !== "pre-prepare") return false;
  const accepted = r.log.peek(received.message.seq)?.prePrepare ?? null;
  return (
    accepted !== null && accepted.message.view === received.message.view && accepted.message.digest !== received.message.digest
  );
}
