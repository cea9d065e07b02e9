import type { Effect, Input, MachineStatus, MessageBase } from "@bft/core";
import { calendarTime, type Divergence, type ReplayEvent, type ReplayWish, ReplicaReplay, replicaProcess } from "@bft/replica";
import { CliError } from "../errors.js";
import type { ReplayFacts } from "../view/replay.js";
import type { Teller } from "../view/replay-words.js";
import { dirFlag } from "./cluster.js";

/** One life of a replica, a process from its start to its end, and how far it could be done again. */
export interface ReplayedLife {
  /** How it is called: the number of its first segment. */
  readonly life: number;
  /** Why not all of it could be done again; null when it could. */
  readonly notDone: NotDone | null;
  /** Inputs at its beginning that are no longer recorded. */
  readonly inputsGone: number;
  readonly inputs: number;
  /** Of these, how many were done again. */
  readonly inputsDone: number;
  /** Effects that are those that were recorded. */
  readonly effects: number;
  readonly viewsEntered: number;
  readonly statesInstalled: number;
  /** When it took its last input, on the trace's clock; null without any. */
  readonly until: number | null;
  readonly boot: string | null;
  /** Bytes at its end that were not written whole. */
  readonly tornBytes: number;
  /** Where the machine came to, if it was done again to its end. */
  readonly reached: Pick<MachineStatus, "view" | "lastExecuted" | "lowWaterMark"> | null;
  readonly divergence: FoundDivergence | null;
}

/** `detail` says more, where there is more to say. */
export interface NotDone {
  readonly kind: "beginning-gone" | "base-too-large" | "damaged" | "unknown-protocol" | "diverged";
  readonly detail: string | null;
}

/** The input from which on a life was another one when it was done again. */
export interface FoundDivergence extends Divergence {
  readonly number: number;
  readonly input: Input<MessageBase>;
  readonly recordedKinds: readonly string[];
  readonly effects: readonly Effect<MessageBase>[];
}

export interface ReplayReport {
  readonly lives: readonly ReplayedLife[];
  /** Files of which not even the beginning could be read. */
  readonly unreadable: number;
}

/**
 * Does everything again that was recorded. `onLife` is told what is done now, as it may take a while.
 * @throws CliError when nothing is recorded, ClusterError when the replica's key or service can not be used
 */
export async function replayAll(
  wish: ReplayWish,
  onLife: (life: number) => void,
): Promise<{ readonly report: ReplayReport; readonly facts: ReplayFacts }> {
  const running = (await replicaProcess(wish.dir, wish.replica))?.state === "running";
  const report = reportOf(new ReplicaReplay(wish).events(), onLife);
  if (report.lives.length === 0 && report.unreadable === 0) throw nothingRecorded(wish);
  const last = report.lives.findLast(({ until }) => until !== null) ?? null;
  const untilMs = last === null || last.until === null ? null : calendarTime(last.until, last.boot);
  return { report, facts: { ...tellerOf(wish), untilMs, nowMs: Date.now(), running, dirFlag: dirFlag(wish.dir) } };
}

/** Nothing of what was wished for is there. */
export function nothingRecorded({ dir, cluster, replica, life }: ReplayWish): CliError {
  const of = `${replica}${dirFlag(dir)}`;
  const what = life === null ? "nothing" : `no life ${life}`;
  const why =
    cluster.trace === "off"
      ? "; the cluster was started with --trace off. Record from now on with: bft down, then bft up --trace full"
      : life === null
        ? `; it records from its next start on: bft restart ${of}`
        : `; which there are is told by: bft replay ${of}`;
  return new CliError("nothing-recorded", `${what} of replica ${replica} is recorded${why}`, 2);
}

export function tellerOf({ cluster, replica }: ReplayWish): Teller {
  return { protocol: cluster.protocol, replica, replicas: cluster.replicas.length };
}

/** What came of a replay. */
export function reportOf(events: Iterable<ReplayEvent>, onLife: (life: number) => void): ReplayReport {
  const lives: LifeFold[] = [];
  let unreadable = 0;
  for (const event of events) {
    if (event.kind === "unreadable") unreadable += 1;
    else if (event.kind === "life") {
      onLife(event.life);
      lives.push(new LifeFold(event));
    } else lives.at(-1)?.add(event);
  }
  return { lives: lives.map((each) => each.done()), unreadable };
}

type EventOf<Kind extends ReplayEvent["kind"]> = Extract<ReplayEvent, { kind: Kind }>;

/** Adds up one life. */
class LifeFold {
  #life: ReplayedLife;
  #torn = 0;

  constructor({ life, missing, inputsBefore, boot }: EventOf<"life">) {
    this.#life = {
      life,
      notDone: missing === null ? null : notDoneFor(missing),
      inputsGone: inputsBefore,
      inputs: 0,
      inputsDone: 0,
      effects: 0,
      viewsEntered: 0,
      statesInstalled: 0,
      until: null,
      boot,
      tornBytes: 0,
      reached: null,
      divergence: null,
    };
  }

  add(event: EventOf<"input" | "skipped" | "torn" | "ended">): void {
    const life = this.#life;
    switch (event.kind) {
      case "torn":
        this.#torn += 1;
        this.#life = { ...life, tornBytes: life.tornBytes + event.bytes };
        break;
      case "skipped":
        this.#life = {
          ...life,
          inputs: life.inputs + 1,
          until: event.at,
          notDone: life.notDone ?? { kind: "damaged", detail: event.because },
        };
        break;
      case "input":
        this.#life = stepped(life, event);
        break;
      case "ended":
        this.#life = { ...life, reached: event.status };
        break;
    }
  }

  done(): ReplayedLife {
    // A process that is killed leaves one unfinished end. With two, something is missing in the midst.
    const gap: NotDone | null =
      this.#torn > 1 ? { kind: "damaged", detail: "a part in the midst can not be read, or was deleted meanwhile" } : null;
    return { ...this.#life, notDone: this.#life.notDone ?? gap };
  }
}

function stepped(life: ReplayedLife, event: EventOf<"input">): ReplayedLife {
  const { at, number, input, effects, recorded, divergence } = event;
  const inputs = { inputs: life.inputs + 1, inputsDone: life.inputsDone + 1, until: at };
  const count = (kind: string) => effects.filter((effect) => effect.kind === kind).length;
  if (divergence === null)
    return {
      ...life,
      ...inputs,
      effects: life.effects + effects.length,
      viewsEntered: life.viewsEntered + count("view-entered"),
      statesInstalled: life.statesInstalled + count("state-installed"),
    };
  return {
    ...life,
    ...inputs,
    effects: life.effects + divergence.index,
    notDone: { kind: "diverged", detail: null },
    divergence: { ...divergence, number, input, effects, recordedKinds: recorded },
  };
}

/** @param missing as a recording says it */
export function notDoneFor(missing: string): NotDone {
  switch (missing) {
    case "deleted":
      return { kind: "beginning-gone", detail: null };
    case "too-large":
      return { kind: "base-too-large", detail: null };
    case "unknown-protocol":
      return { kind: "unknown-protocol", detail: null };
    default:
      return { kind: "damaged", detail: missing.startsWith("damaged: ") ? missing.slice("damaged: ".length) : null };
  }
}
