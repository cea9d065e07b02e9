import { fromHex } from "@bft/core";
import { type PbftSigned, pbftCodec } from "@bft/core/pbft";
import { type LiarContext, leaves, ownSigned, type PbftBehaviour, type PbftEffect } from "../liar.js";
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
export function edgeValues(context: LiarContext): PbftBehaviour {
  return (_input, honest) => honest.map((effect) => (context.random.chance(0.5) ? onTheEdge(context, effect) : effect));
}

function onTheEdge(context: LiarContext, effect: PbftEffect): PbftEffect {
  const truth = ownSigned(context, effect);
  if (truth === null || !leaves(effect)) return effect;
  const places = integersIn(truth.payload);
  if (places.length === 0) return effect;
  const place = context.random.pick(places);
  const payload = withBytesAt(truth.payload, place, context.random.pick(EDGES));
  return { ...effect, signed: odd(context, truth, payload) } as PbftEffect;
}

/** Receivers see the payload. The message beside it is what they read there, or the honest one where they can read none. */
function odd({ ports }: LiarContext, truth: PbftSigned, payload: Uint8Array): PbftSigned {
  const decoded = pbftCodec.decode(payload);
  const message = decoded.ok ? decoded.message : truth.message;
  return { ...truth, kind: message.kind, message, payload, signature: ports.sign(payload) } as PbftSigned;
}
