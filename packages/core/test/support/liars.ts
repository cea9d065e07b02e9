import type { Digest, Ports, ReplicaId, Signed, SignedOf } from "@bft/core";
import { makeBatch, type PbftMessage, pbftCodec, readBatch } from "@bft/core/pbft";
import type { Random } from "@bft/sim";
import type { Behaviour, PbftEffect } from "./cluster-types.js";

/** Who lies, and what it lies with: only its own key. */
export interface LiarParts {
  readonly self: number;
  readonly replicas: number;
  readonly ports: Ports;
  readonly random: Random;
}

export type Lie = "silent" | "equivocate" | "wrong-digest" | "replay" | "far-ahead" | "view-changer" | "anything";

export const LIES: readonly Lie[] = ["silent", "equivocate", "wrong-digest", "replay", "far-ahead", "view-changer", "anything"];

/** A liar of the given kind around an honest replica. */
export function liar(lie: Lie, parts: LiarParts): Behaviour {
  const said: Signed<PbftMessage>[] = [];
  return (_input, honest) =>
    honest.flatMap((effect) => {
      const kind = lie === "anything" ? parts.random.pick(LIES.slice(0, -1)) : lie;
      return lieOnce(kind, effect, parts, said);
    });
}

function lieOnce(lie: Lie, effect: PbftEffect, parts: LiarParts, said: Signed<PbftMessage>[]): readonly PbftEffect[] {
  if (effect.kind !== "send" && effect.kind !== "broadcast" && effect.kind !== "reply") return [effect];
  const { random, self } = parts;
  if (lie === "silent") return [];
  if (effect.signed.signer.role !== "replica" || effect.signed.signer.id !== self || effect.kind === "reply") return [effect];
  said.push(effect.signed);
  const targets = effect.kind === "send" ? [effect.to] : others(parts);
  const truth = targets.map((to) => send(to, effect.signed));
  switch (lie) {
    case "equivocate":
      return targets.map((to) => send(to, random.chance(0.5) ? effect.signed : another(effect.signed, parts)));
    case "wrong-digest":
      return targets.map((to) => send(to, signed(falsified(effect.signed.message, random), parts, effect.signed.attachment)));
    case "replay":
      return [...truth, ...targets.map((to) => send(to, random.pick(said)))];
    case "far-ahead":
      return [
        ...truth,
        ...targets.map((to) => send(to, signed(farAhead(effect.signed.message, random), parts, effect.signed.attachment))),
      ];
    case "view-changer":
      return [...truth, ...(random.chance(0.2) ? targets.map((to) => send(to, signed(viewChange(random), parts))) : [])];
    default:
      return truth;
  }
}

function others({ self, replicas }: LiarParts): ReplicaId[] {
  return Array.from({ length: replicas }, (_, id) => id as ReplicaId).filter((id) => id !== self);
}

function send(to: ReplicaId, message: Signed<PbftMessage>): PbftEffect {
  return { kind: "send", to, signed: message as SignedOf<PbftMessage> };
}

function signed(message: PbftMessage, { self, ports }: LiarParts, attachment: Uint8Array | null = null): Signed<PbftMessage> {
  const payload = pbftCodec.encode(message);
  return {
    kind: message.kind,
    signer: { role: "replica", id: self as ReplicaId },
    message,
    payload,
    signature: ports.sign(payload),
    attachment,
  };
}

/** The second story: another batch that every backup would accept by itself, or another digest. */
function another(truth: Signed<PbftMessage>, parts: LiarParts): Signed<PbftMessage> {
  const { message, attachment } = truth;
  if (message.kind !== "pre-prepare" || attachment === null) return signed(falsified(message, parts.random), parts, attachment);
  const batch = readBatch(attachment, message.digest);
  const [first] = batch?.requests ?? [];
  if (batch === null || first === undefined) return truth;
  const requests = batch.requests.length > 1 ? [...batch.requests].reverse() : [first, first];
  const second = makeBatch(requests, parts.ports);
  return signed({ ...message, digest: second.digest }, parts, second.bytes);
}

function falsified(message: PbftMessage, random: Random): PbftMessage {
  const digest = anyDigest(random);
  switch (message.kind) {
    case "pre-prepare":
    case "prepare":
    case "commit":
      return { ...message, digest };
    case "checkpoint":
      return { ...message, stateDigest: digest };
    case "status":
      return { ...message, lastExecuted: 0 as typeof message.lastExecuted, stableSeq: 0 as typeof message.stableSeq };
    case "view-change":
      return random.chance(0.5)
        ? { ...message, prepared: [] }
        : { ...message, checkpoints: [], prepared: [], stableSeq: 0 as typeof message.stableSeq };
    case "new-view":
      return { ...message, prePrepares: message.prePrepares.slice(1) };
    case "state-nodes":
      return { ...message, nodes: message.nodes.map((node) => ({ ...node, bytes: new Uint8Array([...node.bytes].reverse()) })) };
    default:
      return message;
  }
}

function anyDigest(random: Random): Digest {
  return Array.from({ length: 64 }, () => "0123456789abcdef"[random.below(16)]).join("") as Digest;
}

function farAhead(message: PbftMessage, random: Random): PbftMessage {
  const far = (seq: number) => (seq + 12 * (1 + random.below(1000))) as never;
  switch (message.kind) {
    case "pre-prepare":
    case "prepare":
    case "commit":
      return random.chance(0.5) ? { ...message, view: far(message.view) } : { ...message, seq: far(message.seq) };
    case "checkpoint":
      return { ...message, seq: far(message.seq) };
    case "status":
      return { ...message, stableSeq: far(message.stableSeq), lastExecuted: far(message.lastExecuted), view: far(message.view) };
    case "view-change":
      return { ...message, newView: far(message.newView) };
    default:
      return message;
  }
}

function viewChange(random: Random): PbftMessage {
  return { kind: "view-change", newView: (1 + random.below(20)) as never, stableSeq: 0 as never, checkpoints: [], prepared: [] };
}
