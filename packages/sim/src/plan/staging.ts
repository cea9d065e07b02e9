import type { ProtocolName } from "@bft/core";
import { type Situation, situationIn } from "../byzantine/index.js";
import { Random } from "../random.js";
import type { Pins, PlanOptions } from "./options.js";
import type { Action } from "./plan.js";

/**
 * Many lies need a situation to be told in: a view change, or somebody who fetches the state. Left to chance it is rare, so in half of
 * the plans with such a liar it is brought about, unless what it takes is pinned away.
 */
export function stagedFor(seed: number, protocol: ProtocolName, behaviours: readonly string[], pins: Pins): Situation {
  const random = new Random(seed, "staging");
  const wanted = behaviours.map((name) => situationIn(protocol, name)).find((situation) => situation !== null) ?? null;
  if (wanted === null || random.chance(0.5)) return null;
  return (wanted === "view-change" ? pins.crashes : pins.cuts) === 0 ? null : wanted;
}

/** A state is fetched only from somebody who is checkpoints ahead. */
export function optionsFor(staged: Situation, seed: number, drawn: PlanOptions, pins: Pins): PlanOptions {
  if (staged !== "state-transfer") return drawn;
  const checkpoint = pins.checkpoint ?? new Random(seed, "staged checkpoint").pick([1, 2]);
  return { ...drawn, checkpoint, requests: pins.requests ?? Math.max(40, drawn.requests) };
}

/** The first correct primary stops, or a correct replica misses half of what happens. */
export function stage(staged: Situation, seed: number, { trouble, replicas }: PlanOptions, correct: readonly number[]): Action[] {
  const random = new Random(seed, "stage");
  const [first] = correct;
  if (staged === null || first === undefined) return [];
  if (staged === "view-change") {
    const at = Math.floor((random.next() * trouble) / 3);
    return [
      { at, kind: "crash", replica: first, effects: random.below(12), torn: 0 },
      { at: Math.floor(at + trouble / 2), kind: "restart", replica: first },
    ];
  }
  const away = [random.pick(correct)];
  const rest = Array.from({ length: replicas }, (_, id) => id).filter((id) => !away.includes(id));
  const at = Math.floor((random.next() * trouble) / 4);
  return [
    { at, kind: "cut", from: away, to: rest },
    { at, kind: "cut", from: rest, to: away },
    { at: Math.floor(at + trouble / 2), kind: "mend" },
  ];
}
