import {
  type Input,
  principalName,
  type ReplicaConfig,
  type ReplicaId,
  replicaPrincipal,
  SERVICES,
  type Service,
  type SignedOf,
} from "@bft/core";
import { type PbftMessage, PbftReplica, type PbftSigned, pbftCodec } from "@bft/core/pbft";
import { createPbftBehaviour } from "@bft/sim/byzantine";
import { expect } from "chai";
import fc from "fast-check";
import type { Envelope, PbftEffect, TestCluster } from "../../../core/test/support/cluster.js";
import { fastPortsOf } from "../../../core/test/support/keys.js";
import { anyMessage } from "../../../core/test/support/messages.js";
import { clusterWith, contextOf, type LyingCluster, type LyingOptions, watched } from "./support.js";

/** What the receiver's host makes of a message: its bytes decoded, their signature checked. Nothing when it refuses them. */
export function received(envelope: Envelope): readonly Envelope[] {
  const { signer, payload, signature, attachment } = envelope.signed;
  const decoded = pbftCodec.decode(payload);
  if (!decoded.ok || !fastPortsOf(signer).verify(signer, payload, signature)) return [];
  const { message } = decoded;
  return [{ ...envelope, signed: { kind: message.kind, signer, message, payload, signature, attachment } as PbftSigned }];
}

/** From now on something happens to the messages that are still on their way. */
export function meddleAlso(cluster: TestCluster, meddle: TestCluster["meddle"]): void {
  const before = cluster.meddle;
  cluster.meddle = (envelope) => before(envelope).flatMap(meddle);
}

export interface ReceivedCluster extends LyingCluster {
  /** How many messages of the liar no host would have let in. */
  readonly refused: { count: number };
}

/** A cluster with a liar, whose words reach the others as they would over TCP; the correct replicas are watched. */
export function liarIn(liar: number, name: string, options: LyingOptions = {}): ReceivedCluster {
  const { cluster, sent } = clusterWith(liar, name, { ports: fastPortsOf, ...options });
  const refused = { count: 0 };
  meddleAlso(cluster, (envelope) => {
    if (envelope.from.role !== "replica" || envelope.from.id !== liar) return [envelope];
    const heard = received(envelope);
    if (heard.length === 0) refused.count += 1;
    return heard;
  });
  watched(cluster);
  return { cluster, sent, refused };
}

/** Nothing passes between these replicas and the others until it is mended. */
export function cutOff(cluster: TestCluster, ...replicas: readonly number[]): { mended: boolean } {
  const cut = { mended: false };
  const inside = ({ role, id }: Envelope["from"]) => role === "replica" && replicas.includes(id);
  meddleAlso(cluster, (envelope) => {
    if (cut.mended || envelope.from.role === "client" || envelope.to.role === "client") return [envelope];
    return inside(envelope.from) === inside(envelope.to) ? [envelope] : [];
  });
  return cut;
}

/** Writes and reads; each answer must be right. */
export function served(cluster: TestCluster, count: number, limitMs = 60_000): void {
  for (let i = 1; i <= count; i++) {
    expect(cluster.ask(`set x ${i}`, 0, limitMs).results).to.deep.equal([{ ok: true, value: "ok" }]);
    expect(cluster.ask("get x", 0, limitMs).results).to.deep.equal([{ ok: true, value: String(i) }]);
  }
}

/** So many keys, fifteen a batch: a state that takes more than one question to fetch. */
export function filled(cluster: TestCluster, keys: number): void {
  for (let i = 0; i < keys; i += 15) cluster.ask(Array.from({ length: 15 }, (_, j) => `set key${i + j} ${i}`));
}

const INPUTS = 500;

/**
 * Five hundred hostile inputs, each also as something that the honest replica would say: the behaviour must not throw, and
 * what leaves must be signed with the liar's own key or be what the honest replica passes on.
 */
export function survivesAnything(name: string): void {
  const config = clusterWith(0, name).cluster.configs[1] as ReplicaConfig;
  const principal = replicaPrincipal(config.self);
  const ports = fastPortsOf(principal);
  const machine = new PbftReplica(config, ports, SERVICES.get("kv") as Service);
  const behaviour = createPbftBehaviour(name, contextOf(config, [config.self], 1, fastPortsOf));
  let lies = 0;
  const give = (input: Input<PbftMessage>, more: readonly PbftEffect[]): void => {
    const honest = [...machine.step(input), ...more];
    const told = behaviour(input, honest);
    if (told.length !== honest.length || told.some((effect, i) => effect !== honest[i])) lies += 1;
    for (const effect of told) {
      if (effect.kind !== "send" && effect.kind !== "broadcast" && effect.kind !== "reply") continue;
      const { signer, payload, signature } = effect.signed;
      if (honest.includes(effect)) continue;
      expect(principalName(signer), `${name} speaks for itself`).to.equal(principalName(principal));
      expect(ports.verify(signer, payload, signature), `${name} signs what it sends`).to.equal(true);
    }
  };
  give({ kind: "start" }, []);
  for (const [i, message] of fc.sample(anyMessage, { numRuns: INPUTS, seed: 7 }).entries()) {
    const payload = pbftCodec.encode(message);
    const of = (id: number) => {
      const signer = message.kind === "request" ? ({ role: "client", id: 0 } as const) : replicaPrincipal(id as ReplicaId);
      const signature = fastPortsOf(signer as typeof principal).sign(payload);
      return { kind: message.kind, signer, message, payload, signature, attachment: null } as unknown as SignedOf<PbftMessage>;
    };
    const from = of([0, 2, 3][i % 3] as number);
    const own = of(config.self);
    give({ kind: "message", signed: from, via: from.signer }, [
      { kind: "broadcast", signed: own },
      { kind: "send", to: 3 as ReplicaId, signed: own },
      ...(own.kind === "reply" ? [{ kind: "reply" as const, to: own.message.client, signed: own }] : []),
    ]);
    if (i % 10 === 0) give({ kind: "timer-fired", timer: i % 20 === 0 ? "status" : "view-change" }, []);
  }
  expect(lies, `inputs on which ${name} lies`).to.be.greaterThan(0);
}
