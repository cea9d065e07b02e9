import {
  type ClientId,
  type ClientMessage,
  clientPrincipal,
  type Happening,
  type MessageBase,
  messageIdOf,
  type Principal,
  principalName,
  type ReplicaId,
  replicaPrincipal,
  type Service,
  type SignedOf,
} from "@bft/core";
import { type Deed, lyingReplicas, type Plan } from "../plan/plan.js";
import { freshWork } from "../plan/workload.js";
import type { SimProtocol } from "../protocols/protocol.js";
import { describeDeed, describeMessage } from "./describe.js";
import { simPorts } from "./keys.js";
import { LiarsMail } from "./liars-mail.js";
import { Network } from "./network.js";
import { Scheduler } from "./scheduler.js";
import { SimClient } from "./sim-client.js";
import { SimReplica } from "./sim-replica.js";

/** How often the world looks whether everything is finished, once it is healed. */
const LOOK_EVERY_MS = 50;

/** Is told everything of a run, as it happens. */
export type Teller = (at: number, happening: Happening) => void;

/**
 * A cluster with its clients in virtual time, as a plan says: the same plan, the same world. All that is not in the plan is drawn
 * from sequences of its seed, one for each link and process.
 */
export class World<M extends MessageBase> {
  readonly scheduler = new Scheduler();
  /** By process: the replicas, then the copies of twins. */
  readonly replicas: SimReplica<M>[] = [];
  readonly clients: SimClient[] = [];
  /** Messages that arrived. */
  delivered = 0;
  /** Messages that replicas sent. */
  sent = 0;
  readonly #plan: Plan;
  readonly #network: Network;
  readonly #mail: LiarsMail<M>;
  /** Processes whose messages are read as every receiver would read them. */
  readonly #lying: Set<number>;
  readonly #tellAt: Teller;
  readonly #detail: boolean;
  #ended = false;

  /** @param detail also tell the way of each message */
  constructor(plan: Plan, protocol: SimProtocol<M>, service: Service, tell: Teller, detail: boolean) {
    this.#plan = plan;
    this.#tellAt = tell;
    this.#detail = detail;
    this.#network = new Network(plan.seed, this.#firstClient + plan.clients, plan.network, this.scheduler);
    this.#mail = new LiarsMail(protocol.core.codec, simPorts(replicaPrincipal(0 as ReplicaId)));
    // A twin's copies say what honest machines say: only their being two is a lie.
    this.#lying = new Set([
      ...plan.liars.map(({ replica }) => replica),
      ...plan.lyingClients.map(({ client }) => this.#firstClient + client),
    ]);
    const tellHere = (happening: Happening) => this.#tell(happening);
    for (const { replica, behaviour } of plan.liars) tellHere({ kind: "behaves", replica, behaviour });
    const replicaOutlet = {
      toReplica: (from: number, to: ReplicaId, signed: SignedOf<M>) => {
        this.sent += 1;
        this.#toReplica(from, this.#replicaAt(from), to, signed);
      },
      toClient: (from: number, to: number, signed: SignedOf<M>) => {
        this.sent += 1;
        this.#toClient(from, to, signed);
      },
      tell: (happening: Happening) => this.#onHappening(happening),
      detail,
    };
    for (let process = 0; process < this.#firstClient; process++)
      this.replicas.push(new SimReplica(process, plan, protocol, service, this.scheduler, replicaOutlet));
    const clientOutlet = {
      // Every protocol's messages hold those of clients.
      toReplica: (from: ClientId, to: ReplicaId, signed: SignedOf<ClientMessage>) =>
        this.#toReplica(this.#firstClient + from, clientPrincipal(from), to, signed as unknown as SignedOf<M>),
      tell: tellHere,
    };
    for (let id = 0; id < plan.clients; id++)
      this.clients.push(new SimClient(id as ClientId, plan, protocol.core, this.scheduler, clientOutlet));
  }

  /** Starts all replicas. Then time goes on by `run`, or step by step by the scheduler and `carryOut`. */
  begin(): void {
    for (const { process } of this.replicas) this.#start(process);
  }

  /** Runs to the end of the plan, or until `end` was called. */
  run(): void {
    this.begin();
    for (const action of this.#plan.actions) this.scheduler.at(action.at, () => this.carryOut(action));
    this.scheduler.at(this.#plan.heal.at, () => this.#heal());
    while (!this.#ended && this.scheduler.step()) {}
  }

  /** Nothing more happens. */
  end(): void {
    this.#ended = true;
  }

  /**
   * Makes a replica lie from now on, or honest again with null.
   * @throws RangeError when there is no behaviour of that name
   */
  behave(replica: number, behaviour: string | null, accomplices: readonly number[]): void {
    this.replicas[replica]?.behave(behaviour, accomplices);
    // What it sent before may still be on its way: it goes on to be read with care.
    if (behaviour !== null) this.#lying.add(replica);
    this.#tell({ kind: "behaves", replica, behaviour });
  }

  /** Does something to the world, now. */
  carryOut(action: Deed): void {
    if (this.#detail && action.kind !== "submit") this.#tell({ kind: "fault", what: describeDeed(action) });
    switch (action.kind) {
      case "submit":
        return this.clients[action.client]?.submit(action.operations, action.readOnly);
      case "crash":
        return this.replicas[action.replica]?.crash(action.effects, action.torn);
      case "restart":
        return this.#start(action.replica);
      case "wipe":
        return this.replicas[action.replica]?.wipe();
      case "cut":
        return this.#network.cut(action.from, action.to);
      case "clog":
        return this.#network.clog(action.from, action.to);
      case "mend":
        return this.#network.mend();
      case "slow":
        return this.replicas[action.replica]?.slow(action.inputMs);
    }
  }

  #start(process: number): void {
    const replica = this.replicas[process];
    if (replica === undefined || replica.up) return;
    replica.start();
    this.#link(replica.id, replica.up);
  }

  /** Clients see links come and go, as their sockets tell them. */
  #link(id: number, up: boolean): void {
    for (const client of this.clients) client.take({ kind: "link", replica: id as ReplicaId, up, hint: null });
  }

  /** The trouble ends: the core is connected and up; whoever is neither in it nor a liar is gone for good. */
  #heal(): void {
    const { core, withinMs } = this.#plan.heal;
    // With more liars than the cluster is built for nothing is promised.
    if (core.length === 0) return this.end();
    const lying = new Set(lyingReplicas(this.#plan));
    this.#network.heal();
    for (const replica of this.replicas) {
      replica.steady();
      if (core.includes(replica.id) || lying.has(replica.id)) this.#start(replica.process);
      else replica.crash(0, 0);
    }
    this.#tell({ kind: "healed", core, withinMs });
    const deadline = this.scheduler.now + withinMs;
    // New work must get through, not only what was under way.
    for (const client of this.clients) this.#submitFresh(client);
    for (const client of this.clients) client.mark();
    const look = () => {
      if (this.scheduler.now >= deadline || this.#finished()) return this.end();
      // Nobody may starve under the work of others: as long as one waits, the others go on. And whoever abstains is promised to vote
      // again as the cluster works, not while it idles under a primary that lies.
      if (this.clients.some((client) => client.correct && !client.caughtUp) || this.#someAbstain())
        for (const client of this.clients) if (client.done) this.#submitFresh(client);
      this.scheduler.at(Math.min(deadline, this.scheduler.now + LOOK_EVERY_MS), look);
    };
    this.scheduler.at(Math.min(deadline, this.scheduler.now + LOOK_EVERY_MS), look);
  }

  #submitFresh(client: SimClient): void {
    if (!client.correct) return;
    const { operations, readOnly } = freshWork(this.#plan.service, client.id);
    client.submit(operations, readOnly);
  }

  /** Every request is answered, and the core has executed the same and votes. */
  #finished(): boolean {
    if (!this.clients.every((client) => client.done || !client.correct)) return false;
    const states = this.#plan.heal.core.map((id) => this.replicas[id]?.status() ?? null);
    return states.every(
      (status) => status !== null && status.abstaining === null && status.lastExecuted === states[0]?.lastExecuted,
    );
  }

  #someAbstain(): boolean {
    return this.#plan.heal.core.some((id) => (this.replicas[id]?.status()?.abstaining ?? null) !== null);
  }

  #onHappening(happening: Happening): void {
    this.#tell(happening);
    if (happening.kind === "crashed") this.#link(happening.replica, false);
  }

  #tell(happening: Happening): void {
    this.#tellAt(Math.round(this.scheduler.now * 1_000) / 1_000, happening);
  }

  #toReplica(from: number, via: Principal, to: ReplicaId, sent: SignedOf<M>): void {
    const whom = replicaPrincipal(to);
    const signed = this.#readBy(from, via, whom, sent);
    if (signed === null) return;
    this.#carry(from, to, via, whom, signed);
    for (const [copy, twin] of this.#plan.twins.entries())
      if (twin === to) this.#carry(from, this.#plan.replicas + copy, via, whom, signed);
  }

  #carry(from: number, to: number, via: Principal, whom: Principal, signed: SignedOf<M>): void {
    const lost = this.#network.send(from, to, () => {
      const replica = this.replicas[to];
      if (replica === undefined || !replica.up) return;
      this.delivered += 1;
      if (this.#detail) this.#tellDelivery(via, whom, signed);
      replica.take({ kind: "message", signed, via });
    });
    if (lost !== null && this.#detail) this.#tellLoss(via, whom, signed, lost);
  }

  #toClient(from: number, to: number, sent: SignedOf<M>): void {
    const client = this.clients[to];
    if (client === undefined) return;
    const [via, whom] = [this.#replicaAt(from), clientPrincipal(client.id)];
    const signed = this.#readBy(from, via, whom, sent);
    if (signed === null) return;
    const lost = this.#network.send(from, this.#firstClient + to, () => {
      this.delivered += 1;
      if (this.#detail) this.#tellDelivery(via, whom, signed);
      client.take({ kind: "message", signed: signed as unknown as SignedOf<ClientMessage> });
    });
    if (lost !== null && this.#detail) this.#tellLoss(via, whom, signed, lost);
  }

  /** What arrives of it: as sent by a correct process, as decoded when a liar sent it, null when nobody takes it. */
  #readBy(from: number, via: Principal, to: Principal, sent: SignedOf<M>): SignedOf<M> | null {
    if (!this.#lying.has(from)) return sent;
    const received = this.#mail.receive(sent);
    if (received.ok) return received.signed;
    if (this.#detail) this.#tellLoss(via, to, sent, received.reason);
    return null;
  }

  get #firstClient(): number {
    return this.#plan.replicas + this.#plan.twins.length;
  }

  #replicaAt(process: number): Principal {
    return replicaPrincipal(this.replicas[process]?.id ?? (process as ReplicaId));
  }

  #tellDelivery(from: Principal, to: Principal, signed: SignedOf<M>): void {
    const message = describeMessage(signed);
    this.#tell({ kind: "delivered", id: messageIdOf(signed), from: principalName(from), to: principalName(to), message });
  }

  #tellLoss(from: Principal, to: Principal, signed: SignedOf<M>, because: string): void {
    const message = describeMessage(signed);
    this.#tell({ kind: "lost", id: messageIdOf(signed), from: principalName(from), to: principalName(to), message, because });
  }
}
