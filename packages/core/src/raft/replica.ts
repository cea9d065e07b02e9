import { onRequest, reasonToDropRequest } from "../crash/requests.js";
import type { Principal, ReplicaId } from "../ids.js";
import { assertNever, invariant } from "../invariant.js";
import type { Effect, Input, Machine, MachineStatus, Ports } from "../machine.js";
import type { ReplicaConfig } from "../replication/config.js";
import { NOTHING_SAVED, type SavedState } from "../replication/saved.js";
import type { Service } from "../service.js";
import { advanceCommit, execute } from "./commitment.js";
import type { RaftDropReason } from "./drop-reason.js";
import { ELECTION_TIMER, HEARTBEAT_TIMER, onElectionTimer, onRequestVote, onVote, setElectionTimer } from "./election.js";
import { inspect } from "./inspect.js";
import type { AppendEntries, InstallSnapshot, RaftMessage, RaftSigned } from "./messages.js";
import { recover } from "./recovery.js";
import { onAppendEntries, onAppended, onHeartbeatTimer, propose, refuse, replicate } from "./replication.js";
import { forgetOvertaken, onInstallSnapshot, onSnapshotReceived, tellSnapshot } from "./snapshot.js";
import { RaftState } from "./state.js";

/**
 * One Raft server (Ongaro & Ousterhout, "In Search of an Understandable Consensus Algorithm", extended version). Each input is first recorded by its
 * section's handler; then what now holds is entered: entries appended, sent, committed, executed, a snapshot taken.
 */
export class RaftReplica implements Machine<RaftMessage> {
  readonly #state: RaftState;

  /**
   * @param saved what this replica finds on its disk
   * @throws RangeError on a bad configuration, RecoveryError on what can not be read back
   */
  constructor(config: ReplicaConfig, ports: Ports, service: Service, saved: SavedState = NOTHING_SAVED) {
    this.#state = new RaftState(config, ports, service);
    recover(this.#state, saved);
  }

  reasonToDrop(from: Principal, message: RaftMessage): RaftDropReason | null {
    const r = this.#state;
    if (message.kind === "request") return reasonToDropRequest(r, from, message);
    if (from.role !== "replica" || from.id >= r.config.replicas) return "not-from-a-replica";
    if (from.id === r.self) return "own-message";
    return message.kind === "reply" ? "not-for-a-replica" : null;
  }

  step(input: Input<RaftMessage>): readonly Effect<RaftMessage>[] {
    const r = this.#state;
    switch (input.kind) {
      case "start":
        r.timerIsDue = true;
        break;
      case "message": {
        const { signed, via } = input;
        const reason = this.reasonToDrop(signed.signer, signed.message) ?? this.#onMessage(signed, via);
        if (reason !== null) r.drop(signed.signer, signed.kind, reason);
        break;
      }
      case "timer-fired":
        if (input.timer === ELECTION_TIMER) onElectionTimer(r);
        if (input.timer === HEARTBEAT_TIMER) onHeartbeatTimer(r, HEARTBEAT_TIMER);
        break;
      default:
        assertNever(input);
    }
    this.#advance();
    this.#checkInvariants();
    return r.takeEffects();
  }

  inspect(): MachineStatus {
    return inspect(this.#state);
  }

  #onMessage(signed: RaftSigned, via: Principal): RaftDropReason | null {
    const r = this.#state;
    if (signed.kind === "request") return onRequest(r, { view: r.term, leader: r.leader }, signed, via);
    const from = signed.signer.id as ReplicaId;
    if (via.role !== "replica" || via.id !== from) return "relayed";
    if (signed.kind === "reply") return "not-for-a-replica";
    // §5.1: terms are a clock; whoever is behind moves on, and is a follower.
    if (signed.message.term > r.term) r.stepDown(signed.message.term);
    switch (signed.kind) {
      case "request-vote":
        onRequestVote(r, from, signed);
        return null;
      case "vote":
        return onVote(r, from, signed);
      case "append-entries":
        return this.#fromLeader(from, signed.message) ?? onAppendEntries(r, from, signed);
      case "appended":
        return onAppended(r, from, signed);
      case "install-snapshot":
        return this.#fromLeader(from, signed.message) ?? onInstallSnapshot(r, from, signed);
      case "snapshot-received":
        return onSnapshotReceived(r, from, signed);
      default:
        return assertNever(signed);
    }
  }

  /** §5.2: who sends entries in this term leads in it. The reason when it can not be so. */
  #fromLeader(from: ReplicaId, { term }: AppendEntries | InstallSnapshot): RaftDropReason | null {
    const r = this.#state;
    if (term < r.term) return refuse(r, from);
    if (r.leader !== null && r.leader !== from) return "second-leader";
    r.stepDown(term);
    r.timerIsDue = true;
    if (r.leader === null) r.emit({ kind: "view-entered", view: r.term, primary: from });
    r.leader = from;
    r.patience.heartbeat();
    return null;
  }

  /** Enters all that now holds, until nothing more does. */
  #advance(): void {
    const r = this.#state;
    do {
      propose(r);
      replicate(r);
      advanceCommit(r);
    } while (execute(r));
    forgetOvertaken(r);
    setElectionTimer(r);
    tellSnapshot(r);
  }

  #checkInvariants(): void {
    const r = this.#state;
    invariant(r.snapshot.seq <= r.lastExecuted, "a snapshot is of what was executed");
    invariant(r.lastExecuted === r.commitIndex, "what is committed is executed");
    invariant(r.commitIndex <= r.log.lastIndex, "what is committed is in the log");
    invariant(r.log.lastTerm <= r.term, "no entry is of a term to come");
    invariant(!r.isLeader || r.leader === r.self, "who leads knows it");
  }
}
