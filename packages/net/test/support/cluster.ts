import { clientId, clientPrincipal, type Principal, type ReplicaId, replicaId, replicaPrincipal } from "@bft/core";
import {
  type Clock,
  type DurableLog,
  generateKeyPair,
  Host,
  type HostObserver,
  Keyring,
  type NetLimits,
  type PeerAddress,
  type PrincipalKey,
  portsOf,
  selectScheme,
} from "@bft/net";
import { ToyMachine, type ToyMessage, toyCodec } from "./toy.js";

const scheme = selectScheme("auto");

export const HOST = "127.0.0.1";
export const replica = (id: number): Principal & { role: "replica" } =>
  replicaPrincipal(replicaId(id)) as Principal & { role: "replica" };
export const client = (id: number): Principal & { role: "client" } =>
  clientPrincipal(clientId(id)) as Principal & { role: "client" };

/** The keys of a cluster with some replicas and clients, and of one client that it does not list. */
export class ToyKeys {
  readonly clusterId: Uint8Array;
  readonly #members = new Map<string, PrincipalKey>();

  constructor(replicas: number, clients: number, clusterId = new Uint8Array(16).fill(1)) {
    this.clusterId = clusterId;
    for (let id = 0; id < replicas; id++) this.#add(replica(id));
    for (let id = 0; id < clients; id++) this.#add(client(id));
  }

  /** `self`'s keyring; `changes` make it differ from the cluster's. */
  keyring(self: Principal, changes: { readonly clusterId?: Uint8Array } = {}): Keyring {
    const { seed } = this.of(self);
    return new Keyring({ scheme, clusterId: this.clusterId, self, seed, keys: this.#members.values(), ...changes });
  }

  /** A keyring of somebody who is not listed and who lists itself: a stranger, or one with another key in a member's name. */
  strangerKeyring(self: Principal): Keyring {
    const key = { principal: self, ...generateKeyPair(scheme) };
    const others = [...this.#members.values()].filter(
      ({ principal }) => principal.role !== self.role || principal.id !== self.id,
    );
    return new Keyring({ scheme, clusterId: this.clusterId, self, seed: key.seed, keys: [...others, key] });
  }

  of({ role, id }: Principal): PrincipalKey {
    const key = this.#members.get(`${role} ${id}`);
    if (key === undefined) throw new Error(`no key for ${role} ${id}`);
    return key;
  }

  #add(principal: Principal): void {
    this.#members.set(`${principal.role} ${principal.id}`, { principal, ...generateKeyPair(scheme) });
  }
}

/** A log that is durable at once. */
const memoryLog: DurableLog = { append: () => {} };

/** A log whose durability the test controls. */
export class HeldLog implements DurableLog {
  /** The numbers of the toy messages that each append held. */
  readonly appends: number[][] = [];
  #end: { readonly resolve: () => void; readonly reject: (error: Error) => void } | null = null;

  append(records: readonly Uint8Array[]): Promise<void> {
    if (this.#end !== null) throw new Error("append was called while another was under way");
    this.appends.push(records.map((record) => record[4] ?? 0));
    return new Promise((resolve, reject) => {
      this.#end = { resolve, reject };
    });
  }

  /** The append under way becomes durable. */
  settle(): void {
    this.#end?.resolve();
    this.#end = null;
  }

  fail(error: Error): void {
    this.#end?.reject(error);
    this.#end = null;
  }
}

export interface ToyReplicaOptions {
  readonly limits?: Partial<NetLimits>;
  readonly log?: DurableLog;
  readonly observer?: HostObserver<ToyMessage>;
  readonly port?: number;
  readonly clock?: Clock;
  readonly random?: () => number;
}

/** One replica of the toy protocol with its host. */
export interface ToyReplica {
  readonly id: ReplicaId;
  readonly host: Host<ToyMessage>;
  readonly machine: ToyMachine;
  readonly address: PeerAddress;
  /** What stopped the host by itself. */
  readonly fatal: unknown[];
}

const open: ToyReplica[] = [];

/** Makes a replica that listens and has not started. */
export async function listen(keys: ToyKeys, id: number, options: ToyReplicaOptions = {}): Promise<ToyReplica> {
  const { port = 0, log = memoryLog, ...rest } = options;
  const keyring = keys.keyring(replica(id));
  const machine = new ToyMachine(replica(id), portsOf(keyring));
  const fatal: unknown[] = [];
  const host = new Host<ToyMessage>({ machine, codec: toyCodec, keyring, log, onFatal: (error) => fatal.push(error), ...rest });
  const address = { id: replicaId(id), ...(await host.listen(HOST, port)) };
  const made = { id: replicaId(id), host, machine, address, fatal };
  open.push(made);
  return made;
}

/** Makes replicas 0 .. count-1 that know each other and have started. */
export async function startAll(keys: ToyKeys, count: number, options: ToyReplicaOptions = {}): Promise<ToyReplica[]> {
  const replicas = await Promise.all(Array.from({ length: count }, (_, id) => listen(keys, id, options)));
  const addresses = replicas.map(({ address }) => address);
  for (const { host } of replicas) host.start(addresses);
  return replicas;
}

/** One started replica, for tests that need no more. */
export async function startOne(keys: ToyKeys, options: ToyReplicaOptions = {}): Promise<ToyReplica> {
  const made = await listen(keys, 0, options);
  made.host.start([]);
  return made;
}

/** For afterEach: closes every host of the test. */
export async function closeAll(): Promise<void> {
  await Promise.all(open.splice(0).map(({ host }) => host.close()));
}
