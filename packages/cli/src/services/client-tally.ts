import type { ClientEffect, ClientInput } from "@bft/core";
import type { Reply } from "@bft/core/pbft";

/** What a client really sent, and what it was answered, as the network saw it. */
export interface ClientTally {
  /** Times that it did something else than an honest client. */
  readonly liesTold: number;
  /** Messages to replicas. */
  readonly messages: number;
  /** Different requests that it signed, and the timestamps that it gave them. */
  readonly requests: number;
  readonly timestamps: number;
  readonly replies: number;
  /** Equal replies that make an answer sure: f+1, or one where the leader alone answers. */
  readonly needed: number;
  /** Timestamps for which so many replicas gave one answer; how many of them were a refusal by the service. */
  readonly answered: number;
  readonly refusedByService: number;
  /** Timestamps for which so many gave one answer and so many another: never, as long as no more lie than the protocol tolerates. */
  readonly contradicted: number;
}

/** Counts what passes between a client's machine and the network. */
export class ClientTallying {
  readonly #needed: number;
  readonly #signed = new Set<string>();
  readonly #timestamps = new Set<number>();
  /** For each timestamp the answers, and for each answer who gave it. */
  readonly #answers = new Map<number, Map<string, Set<number>>>();
  /** Timestamps without a true answer. */
  readonly #open = new Set<number>();
  #onAllAnswered: () => void = () => undefined;
  #liesTold = 0;
  #messages = 0;
  #replies = 0;

  /** @param needed equal replies that are the truth: f+1 in PBFT (§4.1) */
  constructor(needed: number) {
    this.#needed = needed;
  }

  observe(input: ClientInput, honest: readonly ClientEffect[], told: readonly ClientEffect[]): void {
    if (!sameEffects(honest, told)) this.#liesTold++;
    for (const effect of told) if (effect.kind === "send") this.#onSent(effect);
    if (input.kind === "message" && input.signed.kind === "reply") this.#onReply(input.signed.signer.id, input.signed.message);
  }

  /** Resolves when there is a true answer to every timestamp that was sent by then. */
  allAnswered(): Promise<void> {
    return new Promise((resolve) => {
      this.#onAllAnswered = resolve;
      this.#tellWhenAllAnswered();
    });
  }

  get tally(): ClientTally {
    const believed = [...this.#answers.values()].map((answers) =>
      [...answers].filter(([, from]) => from.size >= this.#needed).map(([answer]) => answer),
    );
    const answered = believed.filter(({ length }) => length > 0);
    return {
      needed: this.#needed,
      liesTold: this.#liesTold,
      messages: this.#messages,
      requests: this.#signed.size,
      timestamps: this.#timestamps.size,
      replies: this.#replies,
      answered: answered.length,
      refusedByService: answered.filter(([answer]) => (JSON.parse(answer ?? "[]") as [boolean][]).some(([ok]) => !ok)).length,
      contradicted: believed.filter(({ length }) => length > 1).length,
    };
  }

  #onSent({ signed }: Extract<ClientEffect, { kind: "send" }>): void {
    this.#messages++;
    this.#signed.add(Buffer.from(signed.payload).toString("base64"));
    if (signed.kind !== "request" || this.#timestamps.has(signed.message.timestamp)) return;
    this.#timestamps.add(signed.message.timestamp);
    this.#open.add(signed.message.timestamp);
  }

  #onReply(from: number, { timestamp, results }: Reply): void {
    this.#replies++;
    const answers = this.#answers.get(timestamp) ?? new Map<string, Set<number>>();
    this.#answers.set(timestamp, answers);
    const answer = JSON.stringify(results.map(({ ok, value }) => [ok, value]));
    const alike = (answers.get(answer) ?? new Set()).add(from);
    answers.set(answer, alike);
    if (alike.size >= this.#needed) this.#open.delete(timestamp);
    this.#tellWhenAllAnswered();
  }

  #tellWhenAllAnswered(): void {
    if (this.#open.size === 0) this.#onAllAnswered();
  }
}

function sameEffects(a: readonly ClientEffect[], b: readonly ClientEffect[]): boolean {
  return a === b || (a.length === b.length && a.every((effect, index) => effect === b[index]));
}
