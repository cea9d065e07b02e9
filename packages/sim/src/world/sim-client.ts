import {
  type ClientHappening,
  type ClientId,
  type ClientInput,
  type ClientMessage,
  clientPrincipal,
  type MessageBase,
  type Protocol,
  type ReplicaId,
  type SignedOf,
} from "@bft/core";
import { type ClientBehaviour, createClientBehaviour } from "../byzantine/clients/index.js";
import type { Plan } from "../plan/plan.js";
import { type ClientDeed, type ClientMachine, clientOf } from "../protocols/client.js";
import { Random } from "../random.js";
import { simPorts } from "./keys.js";
import type { Scheduler } from "./scheduler.js";
import { Timers } from "./timers.js";

/** What a client hands to the world. */
export interface ClientOutlet {
  toReplica(from: ClientId, to: ReplicaId, signed: SignedOf<ClientMessage>): void;
  tell(happening: ClientHappening): void;
}

interface Wish {
  readonly operations: readonly string[];
  readonly readOnly: boolean;
}

/** A client of the simulated world: hands in what it is asked to, as its window allows. */
export class SimClient {
  readonly id: ClientId;
  readonly correct: boolean;
  answered = 0;
  readonly #machine: ClientMachine;
  readonly #outlet: ClientOutlet;
  readonly #timers: Timers;
  readonly #waiting: Wish[] = [];
  /** Requests without an answer: their timestamps, and the how-manieth each is. */
  readonly #open = new Map<number, number>();
  #handedIn = 0;
  #toCatchUp = 0;

  constructor(id: ClientId, plan: Plan, protocol: Protocol<MessageBase>, scheduler: Scheduler, outlet: ClientOutlet) {
    this.id = id;
    this.#outlet = outlet;
    this.#timers = new Timers(scheduler, 1, (timer) => this.take({ kind: "timer-fired", timer }));
    const ports = simPorts(clientPrincipal(id));
    const liar = plan.lyingClients.find(({ client }) => client === id);
    this.correct = liar === undefined;
    this.#machine = clientOf(id, plan, protocol, ports, liar === undefined ? null : behaviourOf(liar.behaviour, id, plan));
    if (liar !== undefined) outlet.tell({ kind: "client-behaves", client: id, behaviour: liar.behaviour });
  }

  /** True when everything that it was asked to hand in was answered. */
  get done(): boolean {
    return this.#waiting.length === 0 && this.#open.size === 0;
  }

  /** What was asked of it until now has to be answered for it to have caught up. */
  mark(): void {
    this.#toCatchUp = this.#handedIn + this.#waiting.length;
  }

  get caughtUp(): boolean {
    return this.#handedIn >= this.#toCatchUp && [...this.#open.values()].every((number) => number > this.#toCatchUp);
  }

  submit(operations: readonly string[], readOnly: boolean): void {
    this.#waiting.push({ operations, readOnly });
    this.#handIn();
  }

  take(input: ClientInput): void {
    this.#carryOut(this.#machine.step(input), null);
    this.#handIn();
  }

  #handIn(): void {
    while (this.#machine.canSubmit) {
      const wish = this.#waiting.shift();
      if (wish === undefined) return;
      this.#carryOut(this.#machine.step({ kind: "submit", ...wish }), wish);
    }
  }

  #carryOut(deeds: readonly ClientDeed[], wish: Wish | null): void {
    const client: number = this.id;
    // Invoked before anything leaves, answered only once: `fell-back` comes after the submission that it leads to.
    const again = new Set(deeds.flatMap((deed) => (deed.kind === "fell-back" ? [deed.to] : [])));
    for (const deed of deeds) {
      switch (deed.kind) {
        case "send":
          this.#outlet.toReplica(this.id, deed.to, deed.signed);
          break;
        case "start-timer":
          this.#timers.start(deed.timer, deed.delayMs);
          break;
        case "cancel-timer":
          this.#timers.cancel(deed.timer);
          break;
        case "submitted":
          if (again.has(deed.timestamp) || wish === null) break;
          this.#handedIn += 1;
          this.#open.set(deed.timestamp, this.#handedIn);
          this.#outlet.tell({ kind: "invoked", client, timestamp: deed.timestamp, ...wish });
          break;
        case "fell-back":
          this.#open.set(deed.to, this.#open.get(deed.from) ?? this.#handedIn);
          this.#open.delete(deed.from);
          this.#outlet.tell({ kind: "fell-back", client, from: deed.from, timestamp: deed.to });
          break;
        case "accepted":
          this.#open.delete(deed.timestamp);
          this.answered += 1;
          this.#outlet.tell({ kind: "answered", client, timestamp: deed.timestamp, seq: deed.seq, results: deed.results });
          break;
      }
    }
  }
}

function behaviourOf(name: string, self: ClientId, { seed, replicas, faults, settings }: Plan): ClientBehaviour {
  const random = new Random(seed, `lying client ${self}`);
  const ports = simPorts(clientPrincipal(self));
  return createClientBehaviour(name, { self, replicas, faults, window: settings.clientWindow, ports, random });
}
