import {
  type ClientEffect,
  type ClientId,
  type ClientInput,
  clientCodec,
  clientPrincipal,
  type Ports,
  type ReplicaId,
  type Request,
  type Signed,
} from "@bft/core";
import type { Random } from "../../random.js";

/** A liar around an honest client: sees what it got and what it would do, and says what it does instead. */
export type ClientBehaviour = (input: ClientInput, honest: readonly ClientEffect[]) => readonly ClientEffect[];

/** What a lying client has: what every client knows of the cluster, and its own key. */
export interface ClientLiarContext {
  readonly self: ClientId;
  readonly replicas: number;
  readonly faults: number;
  /** Requests that it may have outstanding. */
  readonly window: number;
  readonly ports: Ports;
  /** Chooses where a lie has a choice. */
  readonly random: Random;
}

/** A request of the liar's own, signed as it pleases. */
export function signRequest({ self, ports }: ClientLiarContext, message: Request): Signed<Request> {
  const payload = clientCodec.encode(message);
  const signature = ports.sign(payload);
  return { kind: "request", signer: clientPrincipal(self), message, payload, signature, attachment: null };
}

/** The request that a client sends with an effect, or null. */
export function requestIn(effect: ClientEffect): Signed<Request> | null {
  return effect.kind === "send" && effect.signed.kind === "request" ? effect.signed : null;
}

/** A client that signs another request in place of each of its own; `lie` makes the same of the same one, also when it asks again. */
export function altering(lie: (truth: Signed<Request>) => Signed<Request>): ClientBehaviour {
  return (_input, honest) =>
    honest.map((effect) => {
      const truth = requestIn(effect);
      return truth === null || effect.kind !== "send" ? effect : { ...effect, signed: lie(truth) };
    });
}

/** A client that sends each request at once to all replicas, to each its own `story` of it; when it asks again, the same one. */
export function tellingEach(
  { replicas }: ClientLiarContext,
  story: (truth: Signed<Request>, to: ReplicaId) => Signed<Request>,
): ClientBehaviour {
  const all = Array.from({ length: replicas }, (_, id) => id as ReplicaId);
  return (_input, honest) => {
    const isNew = honest.some(({ kind }) => kind === "submitted");
    const first = honest.find((effect) => requestIn(effect) !== null);
    return honest.flatMap((effect): readonly ClientEffect[] => {
      const truth = requestIn(effect);
      if (truth === null || effect.kind !== "send") return [effect];
      if (isNew && effect !== first) return [];
      return (isNew ? all : [effect.to]).map((to) => ({ kind: "send", to, signed: story(truth, to) }));
    });
  };
}
