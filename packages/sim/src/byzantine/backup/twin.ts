import { PbftReplica } from "@bft/core/pbft";
import { halves, type LiarContext, type PbftBehaviour, type PbftEffect, type PbftInput, receivers, send } from "../liar.js";

const TIMER = "lie: twin ";

/**
 * Two honest replicas with one key (Bano et al., "Twins", OPODIS '21): the second starts from an empty disk, hears all that the
 * first one hears but clients' requests in another order, and each speaks to its own half of the cluster.
 */
export function twin(context: LiarContext): PbftBehaviour {
  const [first, second] = halves(context);
  const other = new Twin(context);
  return (input, honest) => [
    ...honest.flatMap((effect) => toHalf(context, effect, first)),
    ...other.step(input).flatMap((effect) => ofTwin(context, effect, second)),
  ];
}

class Twin {
  readonly #replica: PbftReplica;
  #started = false;
  /** A request that waits until the next one has gone before it. */
  #held: PbftInput | null = null;

  constructor({ config, ports, service }: LiarContext) {
    this.#replica = new PbftReplica(config, ports, service);
  }

  step(input: PbftInput): readonly PbftEffect[] {
    return this.#inputs(input).flatMap((each) => this.#replica.step(each));
  }

  /** What the twin gets when the first replica gets `input`. */
  #inputs(input: PbftInput): readonly PbftInput[] {
    const inputs = this.#started ? [] : [START];
    this.#started = true;
    switch (input.kind) {
      case "start":
        return inputs;
      case "timer-fired":
        if (!input.timer.startsWith(TIMER)) return inputs;
        // Nothing is held back for longer than a timer takes.
        return [...inputs, ...this.#release(), { kind: "timer-fired", timer: input.timer.slice(TIMER.length) }];
      case "message":
        if (input.signed.kind !== "request") return [...inputs, input];
        if (this.#held !== null) return [...inputs, input, ...this.#release()];
        this.#held = input;
        return inputs;
    }
  }

  #release(): readonly PbftInput[] {
    const held = this.#held;
    this.#held = null;
    return held === null ? [] : [held];
  }
}

const START: PbftInput = { kind: "start" };

/** What goes to other replicas goes to these only. */
function toHalf(context: LiarContext, effect: PbftEffect, half: readonly number[]): readonly PbftEffect[] {
  if (effect.kind !== "send" && effect.kind !== "broadcast") return [effect];
  const to = receivers(context, effect).filter((replica) => half.includes(replica));
  return to.map((replica) => send(replica, effect.signed));
}

/** The twin has timers and a voice of its own, and no disk; what happens inside it is nobody's business. */
function ofTwin(context: LiarContext, effect: PbftEffect, half: readonly number[]): readonly PbftEffect[] {
  switch (effect.kind) {
    case "start-timer":
    case "cancel-timer":
      return [{ ...effect, timer: TIMER + effect.timer }];
    case "send":
    case "broadcast":
      return toHalf(context, effect, half);
    default:
      return [];
  }
}
