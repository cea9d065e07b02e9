import type { ClientId, ExecutedRequest, OperationResult } from "@bft/core";
import type { Reply } from "@bft/core/pbft";
import { type LiarContext, type PbftBehaviour, type PbftEffect, type PbftInput, signAs } from "../liar.js";
import { Remembered } from "../remembered.js";
import { EarlierStates } from "./earlier-states.js";

/** Ordered reads of which it is known what the client was told. */
const TOLD_MAX = 256;

/**
 * Answers writes right, and reads as it would have before the last write that they see: those that are not ordered (§5.1.3) and those
 * that were ordered like writes. Beside replicas that are behind its word is what a read would need to miss a write that was
 * answered.
 */
export function staleRead(context: LiarContext): PbftBehaviour {
  const reads = new StaleReads(context);
  return (input, honest) => {
    // The replies to a batch come before the news that it was executed.
    for (const effect of honest) reads.note(effect);
    return honest.map((effect) => {
      if (effect.kind !== "reply" || effect.signed.kind !== "reply") return effect;
      const { message } = effect.signed;
      const results = reads.unordered(input, message) ?? reads.ordered(message);
      return results === null ? effect : { ...effect, signed: signAs<Reply>(context, { ...message, results }) };
    });
  };
}

class StaleReads {
  readonly #states: EarlierStates;
  readonly #told = new Remembered<string, readonly OperationResult[]>(TOLD_MAX);

  constructor({ service }: LiarContext) {
    this.#states = new EarlierStates(service);
  }

  note(effect: PbftEffect): void {
    switch (effect.kind) {
      case "executed":
        for (const { client, timestamp, operations, results } of this.#states.execute(effect.seq, effect.requests)) {
          const stale = this.#states.before(client, operations, results);
          if (stale !== null) this.#told.set(nameOf(client, timestamp), stale);
        }
        return;
      case "checkpoint-stable":
        this.#states.install(effect.seq, effect.state);
        return;
      default:
        return;
    }
  }

  /** What a read gets that asks for the present state; null when the reply is not to such a one, or there is nothing older. */
  unordered(input: PbftInput, { client, timestamp, results }: Reply): readonly OperationResult[] | null {
    if (input.kind !== "message" || input.signed.kind !== "request") return null;
    const { message } = input.signed;
    const isTheRead = message.readOnly && message.client === client && message.timestamp === timestamp;
    return isTheRead ? this.#states.before(client, message.operations, results) : null;
  }

  /** What an ordered read gets, each time that it is answered; null for a write. */
  ordered({ client, timestamp }: Reply): readonly OperationResult[] | null {
    return this.#told.get(nameOf(client, timestamp)) ?? null;
  }
}

function nameOf(client: ClientId, timestamp: ExecutedRequest["timestamp"]): string {
  return `${client}/${timestamp}`;
}
