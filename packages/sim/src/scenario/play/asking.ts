import type { OperationResult } from "@bft/core";
import type { RequestAccount } from "../outcome.js";
import type { Submission } from "../scenario.js";
import type { Stage } from "../stage.js";
import { newestSlot } from "./claims.js";
import { type Done, done, failed, held } from "./done.js";
import type { Patience } from "./patience.js";
import { listed, resultText, spanText, valueText } from "./words.js";

interface Handed extends Pick<RequestAccount, "name" | "operations" | "submittedAt"> {
  /** Under which the stage knows it. */
  readonly number: number;
}

/** The client's part: what it asked for, and what it was told. */
export class Asking {
  readonly #stage: Stage;
  readonly #patience: Patience;
  readonly #handed: Handed[] = [];
  #slotBefore = 0;

  constructor(stage: Stage, patience: Patience) {
    this.#stage = stage;
    this.#patience = patience;
  }

  get requests(): readonly RequestAccount[] {
    return this.#handed.map(({ number, ...request }) => ({ ...request, answer: this.#stage.answer(number) }));
  }

  /** Numbers of the stage by the names that the scenario gives. */
  get byName(): ReadonlyMap<string, number> {
    return new Map(this.#handed.flatMap(({ name, number }) => (name === null ? [] : [[name, number] as const])));
  }

  /** The newest slot that there was when the last request was handed in. */
  get slotBefore(): number {
    return this.#slotBefore;
  }

  /** @param lieLeftOut a lie that comes before was not told: what the client is told because of it is not expected then */
  async submit(step: Submission, lieLeftOut: boolean): Promise<Done> {
    const { operations, as, withinMs } = step;
    this.#slotBefore = newestSlot(await this.#stage.look());
    const number = await this.#stage.submit(operations);
    this.#handed.push({ name: as, operations, submittedAt: this.#stage.now, number });
    const asked = `the client asks for ${listed(operations.map((each) => `"${each}"`))}${as === null ? "" : ` (${as})`}`;
    const answer = lieLeftOut && step.answer === "none" ? "maybe" : step.answer;
    if (answer === "later") return done(`${asked} and does not wait`);
    await this.#patience.until(withinMs, () => this.#stage.answer(number) !== null);
    const given = this.#stage.answer(number);
    if (given === null) {
      const did = `${asked}: no answer within ${spanText(withinMs)}`;
      if (answer === "now") return failed(did, `expected an answer within ${spanText(withinMs)}, and none came`);
      return answer === "none" ? held(did) : done(did);
    }
    const told = listed(given.results.map(resultText));
    const did = `${asked} and is told ${told} (number ${given.seq}, ${spanText(given.latencyMs)})`;
    if (answer === "none") return failed(did, `expected no answer within ${spanText(withinMs)}`);
    return lieLeftOut ? done(did) : compared(step.gives, given.results.at(-1) ?? { ok: true, value: null }, did);
  }
}

function compared(gives: Submission["gives"], result: OperationResult, did: string): Done {
  if (gives.kind === "any") return done(did);
  const same = result.ok && result.value === gives.value;
  if (same === (gives.kind === "value")) return held(did);
  const wanted = gives.kind === "value" ? valueText(gives.value) : `anything but ${valueText(gives.value)}`;
  return failed(did, `expected that the client is told ${wanted}, and it was told ${resultText(result)}`);
}
