import { type Effect, fromHex, type MessageBase, type Signed, type SignedOf } from "@bft/core";
import type { Behaviour } from "../../protocols/protocol.js";
import type { Voice } from "../voice.js";
import { integersIn, withBytesAt } from "./integers.js";

/** Numbers at the edges, as CBOR. What no codec of ours would write is among them. */
export const EDGE_VALUES = {
  zero: "00",
  "2^32 - 1": "1affffffff",
  "2^32": "1b0000000100000000",
  "2^53 - 1": "1b001fffffffffffff",
  "2^53": "1b0020000000000000",
  "2^64 - 1": "1bffffffffffffffff",
  "-1": "20",
  "-2^53": "3b001fffffffffffff",
  "1.5": "f93e00",
  "-0.0": "f98000",
  NaN: "f97e00",
  Infinity: "f97c00",
  "1.0 as a double": "fb3ff0000000000000",
  "0 in two bytes": "1800",
  "1 as a big number": "c24101",
  undefined: "f7",
} as const;

const EDGES = Object.values(EDGE_VALUES).map(fromHex);

/**
 * Says every other thing with a number at the edge in place of one of its numbers: view, sequence number, timestamp, whichever
 * it is, also the number of its kind and those of signers inside. The signature is good: it covers the odd bytes.
 */
export function edgeValues<M extends MessageBase>(voice: Voice<M>): Behaviour<M> {
  return (_input, honest) => honest.map((effect) => (voice.context.random.chance(0.5) ? onTheEdge(voice, effect) : effect));
}

function onTheEdge<M extends MessageBase>(voice: Voice<M>, effect: Effect<M>): Effect<M> {
  const truth = voice.own(effect) as Signed<M> | null;
  if (truth === null) return effect;
  const places = integersIn(truth.payload);
  if (places.length === 0) return effect;
  const { random } = voice.context;
  const place = random.pick(places);
  const payload = withBytesAt(truth.payload, place, random.pick(EDGES));
  return { ...effect, signed: odd(voice, truth, payload) } as Effect<M>;
}

/** Receivers see the payload. The message beside it is what they read there, or the honest one where they can read none. */
function odd<M extends MessageBase>({ codec, context }: Voice<M>, truth: Signed<M>, payload: Uint8Array): SignedOf<M> {
  const decoded = codec.decode(payload);
  const message = decoded.ok ? decoded.message : truth.message;
  return { ...truth, kind: message.kind, message, payload, signature: context.ports.sign(payload) } as unknown as SignedOf<M>;
}
