import type { Effect, Input, MachineStatus, MessageBase } from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";
import { type Divergence, inputOf, markKind, type ReplayWish, ReplicaReplay, recordedParts } from "@bft/replica";
import { CliError } from "../errors.js";
import { notDoneText } from "../view/replay-words.js";
import { dirFlag } from "./cluster.js";
import { notDoneFor, nothingRecorded } from "./replay.js";

/** One life, to look at an input of it. */
export interface LifeWish extends ReplayWish {
  readonly life: number;
}

/** A life of the recording, and which inputs of it are there. */
export interface RecordedLife {
  readonly life: number;
  /** Numbers of its first and last input that are recorded; null when there is none. */
  readonly inputs: { readonly first: number; readonly last: number } | null;
  /** When it took the first of these, on the trace's clock. */
  readonly began: number | null;
}

/** An input that was done again, and how the machine stood after it. */
export interface InputView {
  readonly of: RecordedLife;
  readonly number: number;
  readonly at: number;
  readonly input: Input<MessageBase>;
  readonly recordedKinds: readonly string[];
  readonly effects: readonly Effect<MessageBase>[];
  readonly divergence: Divergence | null;
  /** Null after a divergence: the machine is not the one that was recorded. */
  readonly status: MachineStatus | null;
}

/** An input as it was recorded. */
export interface ListedInput {
  readonly number: number;
  readonly at: number;
  /** Null when its bytes are no message of the protocol. */
  readonly input: Input<MessageBase> | null;
  readonly kinds: readonly string[];
}

export interface InputList {
  readonly of: RecordedLife;
  readonly inputs: readonly ListedInput[];
}

/** As many inputs are listed at once. */
export const LISTED_MAX = 10_000;

/** The life that is wished for, or the last one. @throws CliError when there is none */
export function lifeIn(wish: ReplayWish): RecordedLife {
  let life: RecordedLife | null = null;
  for (const part of recordedParts(wish)) {
    if (part.kind === "life") life = { life: part.life, inputs: null, began: null };
    if (part.kind !== "input" || life === null) continue;
    const inputs = { first: life.inputs?.first ?? part.number, last: part.number };
    life = { ...life, inputs, began: life.began ?? part.recorded.at };
  }
  if (life === null) throw nothingRecorded(wish);
  return life;
}

/** Inputs `from` on, at most `count`; the last ones when `from` is null. Nothing is done again. */
export function listInputs(wish: LifeWish, of: RecordedLife, from: number | null, count: number): InputList {
  const { codec } = protocolNamed(wish.cluster.protocol);
  const first = from ?? Math.max(1, (of.inputs?.last ?? 0) - count + 1);
  const inputs: ListedInput[] = [];
  for (const part of recordedParts(wish)) {
    if (part.kind !== "input" || part.number < first) continue;
    if (inputs.length === count) break;
    const { at, input: raw, marks } = part.recorded;
    const input = inputOf(raw, { codec });
    inputs.push({ number: part.number, at, input: "code" in input ? null : input, kinds: marks.map(markKind) });
  }
  return { of, inputs };
}

/** Does a life again up to and with input `number`. @throws CliError when that can not be done, ClusterError */
export function replayTo(wish: LifeWish, of: RecordedLife, number: number): InputView {
  const replay = new ReplicaReplay(wish);
  const name = `input ${number} of life ${of.life}`;
  const restart = `bft restart ${wish.replica}${dirFlag(wish.dir)}`;
  const not = (why: string) => new CliError("not-replayable", `${name} can not be done again: ${why}`, 2);
  for (const event of replay.events()) {
    if (event.kind === "life" && event.missing !== null)
      throw not(notDoneText(notDoneFor(event.missing), event.inputsBefore, restart));
    if (event.kind === "skipped")
      throw not(`input ${event.number} is damaged${event.because === null ? "" : ` (${event.because})`}`);
    if (event.kind !== "input") continue;
    const { at, input, recorded, effects, divergence } = event;
    if (event.number === number || divergence !== null)
      return { of, number: event.number, at, input, recordedKinds: recorded, effects, divergence, status: replay.status() };
  }
  const range = of.inputs === null ? "none is recorded" : `${of.inputs.first} to ${of.inputs.last} are recorded`;
  throw new CliError("no-such-input", `there is no ${name}; ${range}`, 2);
}
