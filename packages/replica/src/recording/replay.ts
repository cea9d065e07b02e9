import {
  type DecodeError,
  type Effect,
  type Input,
  type Machine,
  type MachineStatus,
  type MessageBase,
  type Ports,
  type Protocol,
  RecoveryError,
  type Service,
} from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";
import type { RecordedBase } from "./base.js";
import { type EffectMark, effectMark, markKind } from "./effect-mark.js";
import type { RawInput, RecordedInput } from "./format.js";
import type { RecordingPart } from "./recording-reader.js";

/** What happened when a recorded input was done again. */
export interface ReplayedInput {
  readonly life: number;
  /** Counts from 1 in each life. */
  readonly number: number;
  readonly at: number;
  readonly input: Input<MessageBase>;
  readonly effects: readonly Effect<MessageBase>[];
  /** Kinds of the effects that were recorded. */
  readonly recorded: readonly string[];
  /** Where they are not those that were recorded; null when all are. */
  readonly divergence: Divergence | null;
}

/** The first effect that is another one than was recorded. */
export interface Divergence {
  /** Its place among the effects, from 0. */
  readonly index: number;
  /** Kind of the effect that was recorded, and of what came now; null where there was none. */
  readonly recorded: string | null;
  readonly now: string | null;
  /** What the machine threw, if it did. */
  readonly thrown: string | null;
}

export type ReplayEvent =
  /** A process begins; `missing` says why it can not be done again. */
  | {
      readonly kind: "life";
      readonly life: number;
      readonly missing: string | null;
      readonly inputsBefore: number;
      readonly boot: string | null;
    }
  | ({ readonly kind: "input" } & ReplayedInput)
  /** An input of a life that can not be done again, or not from here on: `because` says why where that begins. */
  | {
      readonly kind: "skipped";
      readonly life: number;
      readonly number: number;
      readonly at: number;
      readonly because: string | null;
    }
  | Extract<RecordingPart, { kind: "torn" | "unreadable" }>
  /** The last of a life; where its machine came to, if there is one still. */
  | { readonly kind: "ended"; readonly life: number; readonly status: MachineStatus | null };

interface Skipped {
  readonly because: string | null;
}

/** With what a replica is made anew. */
export interface ReplayWith {
  readonly ports: Ports;
  readonly service: Service;
  /** `protocolNamed` unless given: a changed core shows that replay can fail. */
  readonly protocolOf?: (name: string) => Protocol;
}

/**
 * Does again what a replica did: its core is pure and synchronous, so equal inputs give equal effects. After a divergence the machine is not
 * what it was, so the rest of its life is skipped.
 */
export class Replay {
  readonly #with: ReplayWith;
  #machine: Machine<MessageBase> | null = null;
  #protocol: Protocol | null = null;

  constructor(parts: ReplayWith) {
    this.#with = parts;
  }

  /** Of the life that is being done again; null when there is none. */
  status(): MachineStatus | null {
    return this.#machine?.inspect() ?? null;
  }

  *events(recording: Iterable<RecordingPart>): Generator<ReplayEvent> {
    let current: number | null = null;
    for (const part of recording) {
      switch (part.kind) {
        case "life":
          if (current !== null) yield { kind: "ended", life: current, status: this.status() };
          current = part.life;
          yield this.#begin(part);
          break;
        case "torn":
        case "unreadable":
          yield part;
          break;
        case "input": {
          const { life, number, recorded } = part;
          const { at } = recorded;
          const replayed = this.#doAgain(recorded);
          yield "because" in replayed
            ? { kind: "skipped", life, number, at, ...replayed }
            : { kind: "input", life, number, at, recorded: recorded.marks.map(markKind), ...replayed };
        }
      }
    }
    if (current !== null) yield { kind: "ended", life: current, status: this.status() };
  }

  #begin({ life, header, base, missing }: Extract<RecordingPart, { kind: "life" }>): ReplayEvent {
    this.#machine = null;
    this.#protocol = this.#protocolNamed(header.protocol);
    const why = missing ?? (this.#protocol === null ? "unknown-protocol" : this.#make(this.#protocol, base));
    return { kind: "life", life, missing: why, inputsBefore: header.inputsBefore, boot: header.boot };
  }

  #protocolNamed(name: string): Protocol | null {
    const protocolOf = this.#with.protocolOf ?? ((each: string) => protocolNamed(each as Protocol["name"]));
    try {
      return protocolOf(name);
    } catch (error) {
      if (error instanceof RangeError || error instanceof TypeError) return null;
      throw error;
    }
  }

  /** Why it can not be made, or null. */
  #make(protocol: Protocol, base: RecordedBase | null): string | null {
    if (base === null) return "damaged";
    const { config, saved } = base;
    const { ports, service } = this.#with;
    try {
      this.#machine = protocol.replica(config, ports, service, saved);
      return null;
    } catch (error) {
      // What a file says may be no configuration of a replica, or nothing to go on from.
      if (error instanceof RangeError || error instanceof RecoveryError) return `damaged: ${error.message}`;
      throw error;
    }
  }

  #doAgain({ input: raw, marks }: RecordedInput): Pick<ReplayedInput, "input" | "effects" | "divergence"> | Skipped {
    const machine = this.#machine;
    if (machine === null || this.#protocol === null) return { because: null };
    const input = inputOf(raw, this.#protocol);
    if ("code" in input) {
      this.#machine = null;
      return { because: `${input.code}: ${input.detail}` };
    }
    try {
      const effects = machine.step(input);
      const divergence = firstDifference(marks, effects.map(effectMark));
      if (divergence !== null) this.#machine = null;
      return { input, effects, divergence };
    } catch (error) {
      // Whatever it throws: the process that recorded this went on.
      this.#machine = null;
      const [first] = marks;
      const recorded = first === undefined ? null : markKind(first);
      const thrown = error instanceof Error ? error.message : String(error);
      return { input, effects: [], divergence: { index: 0, recorded, now: null, thrown } };
    }
  }
}

/** As the machine took it, or why its bytes are no message any more. */
export function inputOf(raw: RawInput, { codec }: Pick<Protocol, "codec">): Input<MessageBase> | DecodeError {
  if (raw.kind !== "message") return raw;
  const { signer, via, payload, signature, attachment } = raw;
  const decoded = codec.decode(payload);
  if (!decoded.ok) return decoded.error;
  const { message } = decoded;
  return { kind: "message", via, signed: { kind: message.kind, signer, message, payload, signature, attachment } };
}

function firstDifference(recorded: readonly EffectMark[], now: readonly EffectMark[]): Divergence | null {
  for (let index = 0; index < Math.max(recorded.length, now.length); index++) {
    const [was, is] = [recorded[index], now[index]];
    if (was !== undefined && is !== undefined && was.code === is.code && was.sum === is.sum) continue;
    return {
      index,
      recorded: was === undefined ? null : markKind(was),
      now: is === undefined ? null : markKind(is),
      thrown: null,
    };
  }
  return null;
}
