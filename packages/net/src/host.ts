import {
  clientPrincipal,
  type Effect,
  type Input,
  type Machine,
  type MessageBase,
  type Principal,
  type ReplicaId,
  replicaPrincipal,
  type SignedOf,
} from "@bft/core";
import { systemClock } from "./clock.js";
import { ReasonCounters } from "./counters.js";
import { encodeEnvelopeFrame } from "./envelope.js";
import { FRAME_HEADER_BYTES } from "./frame.js";
import type { FramedSocket, Traffic } from "./framed-socket.js";
import type { Behaviour, HostObserver, HostOptions, HostStats, OutgoingFilter } from "./host-types.js";
import { netLimits } from "./limits.js";
import { Link, type NetContext, type PeerAddress } from "./link.js";
import { NamedTimers } from "./named-timers.js";
import { Outbox } from "./outbox.js";
import { type ReceiveRules, receive } from "./receive.js";
import { Server } from "./server.js";

/** Something signed that leaves this host once the records before it are durable. */
interface Out<M extends MessageBase> {
  readonly to: Principal | "other-replicas";
  readonly signed: SignedOf<M>;
}

/**
 * Drives one replica's machine over TCP: bytes -> frame -> envelope -> decoded message -> signature check -> step -> effects ->
 * durable records -> frames. `listen`, then `start`, then `close`.
 */
export class Host<M extends MessageBase> {
  readonly #machine: Machine<M>;
  readonly #self: ReplicaId;
  readonly #observer: HostObserver<M>;
  readonly #onFatal: (error: unknown) => void;
  readonly #context: NetContext;
  readonly #rules: ReceiveRules<M>;
  readonly #server: Server;
  readonly #links = new Map<ReplicaId, Link>();
  readonly #timers: NamedTimers;
  readonly #outbox: Outbox<Out<M>>;
  readonly #traffic: Traffic = { messagesIn: 0, messagesOut: 0, bytesIn: 0, bytesOut: 0, writes: 0 };
  readonly #refused = new ReasonCounters();
  readonly #dropped = new ReasonCounters();
  #behaviour: Behaviour<M> | null = null;
  #filter: OutgoingFilter | null = null;
  #liesTold = 0;
  #turnRecords: Uint8Array[] = [];
  /** Whether any of them is to be synchronised. */
  #turnSync = false;
  #turnOuts: Out<M>[] = [];
  #turnEnd: NodeJS.Immediate | null = null;
  #held = false;
  #stopped: Promise<void> | null = null;

  /** @throws TypeError when the keyring is not a replica's. @throws RangeError for a limit that is none. */
  constructor(options: HostOptions<M>) {
    const { machine, codec, keyring, log, observer, onFatal, clock = systemClock, random = Math.random } = options;
    if (keyring.self.role !== "replica") throw new TypeError("a host drives a replica; its keyring is a client's");
    this.#self = keyring.self.id;
    this.#machine = machine;
    this.#observer = observer ?? {};
    this.#onFatal = onFatal;
    const refused = (peer: Principal | null, reason: string) => this.#refuse(peer, reason);
    this.#context = { keyring, limits: netLimits(options.limits), clock, random, traffic: this.#traffic, refused };
    const reasonToDrop = (from: Principal, message: M) => machine.reasonToDrop(from, message);
    this.#rules = { codec, keyring, mayCarry, reasonToDrop };
    this.#timers = new NamedTimers(clock, (timer) => this.#guarded(() => this.#step({ kind: "timer-fired", timer }, null)));
    this.#outbox = new Outbox(
      log,
      (outs) => this.#guarded(() => this.#release(outs)),
      (error) => this.#fail(error),
    );
    this.#server = new Server({
      context: this.#context,
      hint: () => this.#view(),
      onFrame: (peer, body, connection) => this.#guarded(() => this.#onFrame(peer, body, connection)),
      // who dials us is there: no need to wait out a back-off before we dial it
      onPeer: (peer) => peer.role === "replica" && this.#links.get(peer.id)?.dial(),
    });
    this.#hold();
  }

  /**
   * Begins to accept connections; messages wait until `start`. Port 0 takes a free one. Resolves with the address that it has.
   * @throws ListenError when the port can not be had.
   */
  listen(host: string, port: number): Promise<{ readonly host: string; readonly port: number }> {
    return this.#server.listen(host, port);
  }

  /** Starts the machine, then dials `peers` (its own address among them is left out) and takes messages. To be called once. */
  start(peers: readonly PeerAddress[]): void {
    const others = peers.filter(({ id }) => id !== this.#self).sort((a, b) => a.id - b.id);
    for (const peer of others) this.#links.set(peer.id, this.#linkTo(peer));
    this.#guarded(() => this.#step({ kind: "start" }, null));
    if (this.#stopped !== null) return;
    for (const link of this.#links.values()) link.dial();
    this.#releaseHold();
  }

  /** Ends everything; nothing more leaves. Resolved when the port is free and the log no longer in use. */
  close(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** From the next input on; null makes it honest again. */
  setBehaviour(behaviour: Behaviour<M> | null): void {
    this.#behaviour = behaviour;
  }

  /** From the next frame on; null lets all frames through. */
  setOutgoingFilter(filter: OutgoingFilter | null): void {
    this.#filter = filter;
  }

  stats(): HostStats {
    return {
      ...this.#traffic,
      links: [...this.#links.values()].map((link) => link.status),
      clientsConnected: this.#server.clientsConnected,
      refused: this.#refused.byReason(),
      refusedByPeer: this.#refused.byPeer(),
      dropped: this.#dropped.byReason(),
      droppedByPeer: this.#dropped.byPeer(),
      liesTold: this.#liesTold,
      timers: this.#timers.running(),
    };
  }

  #linkTo(peer: PeerAddress): Link {
    return new Link({
      context: this.#context,
      peer,
      onUp: () => this.#observer.onLink?.(peer.id, true),
      onDown: () => this.#observer.onLink?.(peer.id, false),
      onFrame: null,
    });
  }

  #view(): number {
    let view = 0;
    this.#guarded(() => {
      view = this.#machine.inspect().view;
    });
    return view;
  }

  /** Whatever is thrown in here is a bug of ours, not a peer's doing: the host stops, and never carries on. */
  #guarded(work: () => void): void {
    if (this.#stopped !== null) return;
    try {
      work();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#stopped !== null) return;
    this.#stopped = this.#stop();
    this.#onFatal(error);
  }

  async #stop(): Promise<void> {
    this.#timers.cancelAll();
    if (this.#turnEnd !== null) clearImmediate(this.#turnEnd);
    for (const link of this.#links.values()) link.close();
    await Promise.all([this.#server.close(), this.#outbox.close()]);
  }

  #onFrame(peer: Principal, body: Uint8Array, connection: FramedSocket): void {
    const received = receive(body, peer, this.#rules);
    switch (received.kind) {
      case "message":
        this.#step({ kind: "message", signed: received.signed, via: peer }, peer);
        break;
      case "dropped":
        this.#dropped.add(peer, received.reason);
        this.#observer.onDropped?.(received.from, received.message, received.reason, received.signature);
        break;
      case "refused":
        this.#refuse(peer, received.reason);
        connection.badMessages++;
        if (connection.badMessages >= this.#context.limits.badMessagesMax) connection.close("too-many-bad-messages");
        break;
    }
  }

  #refuse(peer: Principal | null, reason: string): void {
    const count = this.#refused.add(peer, reason);
    this.#observer.onRefused?.(peer, reason, count);
  }

  #step(input: Input<M>, peer: Principal | null): void {
    this.#observer.onInput?.(input);
    const honest = this.#machine.step(input);
    this.#observer.onStep?.(input, honest);
    const effects = this.#behaviour === null ? honest : this.#behaviour(input, honest);
    if (effects !== honest && !sameEffects(effects, honest)) this.#liesTold++;
    for (const effect of effects) {
      this.#observer.onEffect?.(effect);
      this.#carryOut(effect, peer);
    }
    this.#turnEnd ??= setImmediate(() => this.#guarded(() => this.#endTurn()));
  }

  #carryOut(effect: Effect<M>, peer: Principal | null): void {
    switch (effect.kind) {
      case "persist":
        this.#turnRecords.push(effect.record);
        this.#turnSync ||= effect.sync;
        break;
      case "send":
        this.#turnOuts.push({ to: replicaPrincipal(effect.to), signed: effect.signed });
        break;
      case "broadcast":
        this.#turnOuts.push({ to: "other-replicas", signed: effect.signed });
        break;
      case "reply":
        this.#turnOuts.push({ to: clientPrincipal(effect.to), signed: effect.signed });
        break;
      case "start-timer":
        this.#timers.start(effect.timer, effect.delayMs);
        break;
      case "cancel-timer":
        this.#timers.cancel(effect.timer);
        break;
      case "dropped":
        this.#dropped.add(peer ?? effect.from, effect.reason);
        break;
      // the rest is data for people, traces and checkers: the observer has it
    }
  }

  /** Once per turn of the event loop: one append for all records that its inputs gave. */
  #endTurn(): void {
    this.#turnEnd = null;
    const records = this.#turnRecords;
    const outs = this.#turnOuts;
    const sync = this.#turnSync;
    this.#turnRecords = [];
    this.#turnOuts = [];
    this.#turnSync = false;
    this.#outbox.add(records, sync, outs);
    if (this.#outbox.waiting > this.#context.limits.waitingEffectsMax) this.#hold();
  }

  #release(outs: readonly Out<M>[]): void {
    for (const { to, signed } of outs) {
      const { signer: sender, signature, payload, attachment } = signed;
      const frame = encodeEnvelopeFrame({ sender, signature, payload, attachment });
      // it would end the connection at every receiver, again and again
      if (frame.length - FRAME_HEADER_BYTES > this.#context.limits.frameBytesMax)
        this.#refuse(replicaPrincipal(this.#self), "own-frame-too-large");
      else if (to === "other-replicas") for (const id of this.#links.keys()) this.#send(replicaPrincipal(id), frame);
      else this.#send(to, frame);
    }
    this.#releaseHold();
  }

  #send(to: Principal, frame: Uint8Array): void {
    if (this.#filter === null) this.#deliver(to, frame);
    else this.#filter(to, frame, (filtered) => this.#deliver(to, filtered));
  }

  #deliver(to: Principal, frame: Uint8Array): void {
    if (this.#stopped !== null) return;
    if (to.role === "replica") this.#deliverToReplica(to.id, frame);
    else this.#deliverToClient(to, frame);
  }

  #deliverToReplica(to: ReplicaId, frame: Uint8Array): void {
    const link = this.#links.get(to);
    if (link === undefined) this.#refuse(replicaPrincipal(to), "no-such-replica");
    else link.send(frame);
  }

  #deliverToClient(to: Principal & { readonly role: "client" }, frame: Uint8Array): void {
    if (!this.#server.send(to, frame)) this.#dropped.add(to, "client-not-connected");
  }

  #hold(): void {
    if (this.#held) return;
    this.#held = true;
    this.#server.hold();
  }

  #releaseHold(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#server.release();
  }
}

/** Replicas relay what others signed; a client speaks for itself only. */
function mayCarry(peer: Principal, sender: Principal): boolean {
  return peer.role === "replica" || (sender.role === "client" && sender.id === peer.id);
}

function sameEffects(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((effect, i) => effect === b[i]);
}
