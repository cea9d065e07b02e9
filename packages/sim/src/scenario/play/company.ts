import type { ReplicaSet, Selector } from "../scenario.js";
import type { Stage } from "../stage.js";
import { type Primary, primaryAmong, type Standings } from "./primary.js";
import { wordsOf } from "./words.js";

/** Why a step can not be carried out, in a sentence for the author of the scenario. */
export class StepError extends Error {
  override readonly name = "StepError";
}

/** A primary takes a moment to come about, after a crash more than that. */
const PRIMARY_WITHIN_MS = 15_000;
const POLL_MS = 25;

/** Who is who: finds out which replicas a scenario means at this moment. */
export class Company {
  readonly #stage: Stage;
  readonly #roles = new Map<string, readonly number[]>();
  readonly #liars = new Set<number>();
  readonly #withoutLies: boolean;

  constructor(stage: Stage, withoutLies: boolean) {
    this.#stage = stage;
    this.#withoutLies = withoutLies;
  }

  get all(): readonly number[] {
    return Array.from({ length: this.#stage.system.replicas }, (_, id) => id);
  }

  /** Replicas that lie or lied, or would if lies were told. */
  get liars(): readonly number[] {
    return [...this.#liars].sort((a, b) => a - b);
  }

  lied(replicas: readonly number[]): void {
    for (const id of replicas) this.#liars.add(id);
  }

  cast(role: string, replicas: readonly number[]): void {
    this.#roles.set(role, replicas);
  }

  /** Of the moment, or null when most follow none. */
  async leader(): Promise<Primary | null> {
    return primaryAmong(await this.#stage.look(), this.all);
  }

  /** Of the moment; waits for one. @throws StepError when none comes about */
  async primary(): Promise<Primary> {
    const deadline = this.#stage.now + PRIMARY_WITHIN_MS;
    for (;;) {
      const primary = await this.leader();
      if (primary !== null) return primary;
      if (this.#stage.now >= deadline) {
        const { primary: word } = wordsOf(this.#stage.protocol);
        throw new StepError(`there is no ${word} that most replicas follow, after ${PRIMARY_WITHIN_MS / 1000} s`);
      }
      await this.#stage.wait(POLL_MS);
    }
  }

  /**
   * The replicas that `selector` means, in order of id, none of `except`. A number of a set means those of it that are up.
   * @throws StepError when it means too few
   */
  async named(selector: Selector, except: readonly number[] = []): Promise<readonly number[]> {
    const found = await this.#find(selector, except);
    return [...new Set(found)].sort((a, b) => a - b);
  }

  async #find(selector: Selector, except: readonly number[]): Promise<readonly number[]> {
    switch (selector.kind) {
      case "ids":
        return selector.ids;
      case "role":
        return this.#roles.get(selector.role) ?? [];
      case "several": {
        const found: number[] = [];
        for (const each of selector.of) found.push(...(await this.named(each, [...except, ...found])));
        return found;
      }
      case "set": {
        const { set, count, from } = selector;
        const standings = await this.#stage.look();
        const all = (await this.#members(set, standings)).filter((id) => !except.includes(id));
        if (count === null) return all;
        // Who is down can not be one of "one backup" or of "f correct".
        const eligible = set === "down" ? all : all.filter((id) => standings[id] !== null);
        if (eligible.length < count)
          throw new StepError(`${count} of "${set}" are meant, and there are ${eligible.length} at this moment`);
        return from === "first" ? eligible.slice(0, count) : eligible.slice(-count);
      }
    }
  }

  async #members(set: ReplicaSet, standings: Standings): Promise<readonly number[]> {
    const { all } = this;
    const up = all.filter((id) => standings[id] !== null);
    switch (set) {
      case "all":
        return all;
      case "up":
        return up;
      case "down":
        return all.filter((id) => standings[id] === null);
      case "liars":
        return this.liars;
      case "correct":
        return this.#withoutLies ? up : up.filter((id) => !this.#liars.has(id));
      case "primary":
        return [(await this.primary()).replica];
      case "backups": {
        const { replica } = await this.primary();
        return up.filter((id) => id !== replica);
      }
    }
  }
}
