import { onRequest, reasonToDropRequest } from "../crash/requests.js";
import type { Principal, ReplicaId } from "../ids.js";
import { assertNever, invariant } from "../invariant.js";
import type { Effect, Input, Machine, MachineStatus, Ports } from "../machine.js";
import type { ReplicaConfig } from "../replication/config.js";
import type { SavedState } from "../replication/saved.js";
import type { Service } from "../service.js";
import { onAccept, onHeartbeat, onPrepare } from "./acceptor.js";
import { ownerOf } from "./ballot.js";
import { spend, withinBudget } from "./budget.js";
import { continueCatchUp, driveCatchUp, onChosen, onFetch, reasonToDropChosen } from "./catch-up.js";
import type { PaxosDropReason } from "./drop-reason.js";
import { inspect } from "./inspect.js";
import { acceptAgain, heartbeat, onAccepted, onRefused, propose } from "./leader.js";
import { executeNext } from "./learner.js";
import type { PaxosMessage, PaxosSigned } from "./messages.js";
import { leadWhenPromised, onPromise, prepareAgain } from "./proposer.js";
import { recover } from "./recovery.js";
import { adjustSilence, onSilence, SILENCE_TIMER } from "./silence.js";
import { onFetchSnapshot, onPart, reasonToDropPart, takeSnapshot, tellSnapshot } from "./snapshot.js";
import { PaxosState } from "./state.js";

/** Drives the heartbeat, and all that is said again because it may have been lost. */
const TICK_TIMER = "tick";

/**
 * One Multi-Paxos replica (Lamport, "Paxos Made Simple", 2001): proposer, acceptor and learner in one. Each input is first recorded by its
 * section's handler; then everything that now holds is entered: leading, proposing, executing, a snapshot.
 */
export class PaxosReplica implements Machine<PaxosMessage> {
  readonly #state: PaxosState;

  /**
   * @param saved what this replica finds on its disk
   * @throws RangeError on a bad configuration, RecoveryError on what can not be read back
   */
  constructor(config: ReplicaConfig, ports: Ports, service: Service, saved: SavedState) {
    this.#state = new PaxosState(config, ports, service);
    recover(this.#state, saved);
  }

  reasonToDrop(from: Principal, message: PaxosMessage): PaxosDropReason | null {
    const r = this.#state;
    if (message.kind === "request") return reasonToDropRequest(r, from, message);
    if (from.role !== "replica" || from.id >= r.config.replicas) return "not-from-a-replica";
    if (from.id === r.self) return "own-message";
    if (!withinBudget(r, from.id, message.kind)) return "budget-exceeded";
    switch (message.kind) {
      case "prepare":
      case "accept":
      case "heartbeat":
        return ownerOf(message.ballot, r.system.replicas) === from.id ? null : "ballot-not-of-sender";
      case "chosen":
        return reasonToDropChosen(r, from.id, message);
      case "snapshot":
        return reasonToDropPart(r, from.id, message);
      case "promise":
      case "refused":
      case "accepted":
      case "fetch":
      case "fetch-snapshot":
        return null;
      case "reply":
        return "not-for-a-replica";
    }
  }

  step(input: Input<PaxosMessage>): readonly Effect<PaxosMessage>[] {
    const r = this.#state;
    switch (input.kind) {
      case "start":
        this.#tick();
        break;
      case "message":
        this.#onMessage(input.signed, input.via);
        break;
      case "timer-fired":
        if (input.timer === TICK_TIMER) this.#tick();
        if (input.timer === SILENCE_TIMER) onSilence(r);
        break;
      default:
        assertNever(input);
    }
    this.#advance();
    tellSnapshot(r);
    this.#checkInvariants();
    return r.takeEffects();
  }

  inspect(): MachineStatus {
    return inspect(this.#state);
  }

  #onMessage(received: PaxosSigned, via: Principal): void {
    const r = this.#state;
    const reason = this.reasonToDrop(received.signer, received.message) ?? this.#take(received, via);
    if (reason !== null) r.drop(received.signer, received.kind, reason);
  }

  #take(signed: PaxosSigned, via: Principal): PaxosDropReason | null {
    const r = this.#state;
    const from = signed.signer.id as ReplicaId;
    if (signed.kind !== "request") {
      if (via.role !== "replica" || via.id !== from) return "relayed";
      spend(r, from, signed.kind);
    }
    switch (signed.kind) {
      case "request":
        return onRequest(r, { view: r.promised, leader: r.leader }, { ...signed, attachment: null }, via);
      case "prepare":
        return onPrepare(r, from, signed);
      case "promise":
        return onPromise(r, from, signed);
      case "refused":
        return onRefused(r, from, signed);
      case "accept":
        return onAccept(r, from, signed);
      case "accepted":
        return onAccepted(r, from, signed);
      case "heartbeat":
        return onHeartbeat(r, from, signed);
      case "fetch":
        return onFetch(r, from, signed);
      case "chosen":
        return onChosen(r, signed);
      case "fetch-snapshot":
        return onFetchSnapshot(r, from, signed);
      case "snapshot":
        return onPart(r, from, signed);
      case "reply":
        return "not-for-a-replica";
      default:
        return assertNever(signed);
    }
  }

  /** A third of the timeout at the most, so that two heartbeats may be lost before the leader is missed. */
  #tick(): void {
    const r = this.#state;
    const { statusIntervalMs, viewChangeTimeoutMs } = r.config;
    r.emit({
      kind: "start-timer",
      timer: TICK_TIMER,
      delayMs: Math.max(1, Math.min(statusIntervalMs, Math.floor(viewChangeTimeoutMs / 3))),
    });
    r.tick += 1;
    r.answered.clear();
    heartbeat(r);
    acceptAgain(r);
    prepareAgain(r);
    driveCatchUp(r);
  }

  /** Enters all that now holds, until nothing more does. */
  #advance(): void {
    const r = this.#state;
    do {
      leadWhenPromised(r);
      propose(r);
    } while (this.#executeAll());
    continueCatchUp(r);
    adjustSilence(r);
  }

  /** True when something was executed: window and pipeline may have room again, and a promise may count. */
  #executeAll(): boolean {
    const r = this.#state;
    let executed = false;
    while (executeNext(r)) {
      executed = true;
      takeSnapshot(r);
    }
    return executed;
  }

  #checkInvariants(): void {
    const r = this.#state;
    invariant(r.entered === null || r.entered === r.promised, "a replica follows the highest ballot that it knows");
    invariant(r.leading === null || (r.leader === r.self && !r.abstaining), "a leader leads its own ballot");
    invariant(r.low <= r.snapshot.seq && r.snapshot.seq <= r.lastExecuted, "what is no longer kept was executed here");
    invariant(r.lastExecuted < r.snapshot.seq + r.config.checkpointInterval, "a snapshot every K instances");
    invariant(r.instances.size <= r.high - r.low, "instances are kept in (low, high] only");
  }
}
