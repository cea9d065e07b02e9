import type { RequestAccount } from "../outcome.js";
import type { Step } from "../scenario.js";
import type { Stage } from "../stage.js";
import { Asking } from "./asking.js";
import { look, type Seen, type Sight } from "./claims.js";
import { Company, StepError } from "./company.js";
import { type Done, done, failed, held, skipped } from "./done.js";
import { expectNow } from "./expecting.js";
import { Patience } from "./patience.js";
import type { Primary } from "./primary.js";
import { listed, replicasText, spanText, wordsOf } from "./words.js";

/** How long a condition is waited for that may hang on a lie that was not told. */
const WITHOUT_LIE_MS = 2_000;

type StepOf<K extends Step["kind"]> = Extract<Step, { kind: K }>;

/** Carries out the steps of one play, one after the other. */
export class Player {
  readonly withoutLies: boolean;
  readonly #stage: Stage;
  readonly #company: Company;
  readonly #patience: Patience;
  readonly #asking: Asking;
  /** Who led before the last fault. */
  #before: Primary | null = null;
  #lieLeftOut = false;

  /** `deadline`: by the clock of the stage; no step begins after it. */
  constructor(stage: Stage, withoutLies: boolean, deadline: number) {
    this.#stage = stage;
    this.withoutLies = withoutLies;
    this.#company = new Company(stage, withoutLies);
    this.#patience = new Patience(stage, deadline);
    this.#asking = new Asking(stage, this.#patience);
  }

  /** Those that the scenario makes lie, whether the lies are left out or not. */
  get liars(): readonly number[] {
    return this.#company.liars;
  }

  get requests(): readonly RequestAccount[] {
    return this.#asking.requests;
  }

  async start(): Promise<Done> {
    const { system, protocol } = this.#stage;
    const words = wordsOf(protocol);
    const primary = await this.#company.primary();
    this.#before = primary;
    const led = `replica ${primary.replica} is the ${words.primary} of ${words.view} ${primary.view}`;
    return done(`${system.replicas} replicas are up; ${led}`);
  }

  /** @throws StepError when the step can not be carried out, RangeError of the stage */
  async play(step: Step): Promise<Done> {
    if (this.#patience.isOver) throw new StepError("the scenario takes too long, so nothing more is done");
    switch (step.kind) {
      case "submit":
        return this.#asking.submit(step, this.#lieLeftOut);
      case "cast":
        return this.#cast(step);
      case "kill":
      case "restart":
        return this.#crash(step);
      case "lie":
      case "honest":
        return this.#lie(step);
      case "partition":
        return this.#partition(step);
      case "heal":
        await this.#noteFault();
        await this.#stage.heal();
        return done("all links are whole again");
      case "wait":
        await this.#stage.wait(step.ms);
        return done(`${spanText(step.ms)} passed`);
      case "wait-until":
        return this.#waitUntil(step);
      case "expect": {
        const honesty = { withoutLies: this.withoutLies, lieLeftOut: this.#lieLeftOut };
        return expectNow(step.claims, this.#sight, this.#patience, honesty);
      }
    }
  }

  async #cast({ roles }: StepOf<"cast">): Promise<Done> {
    const taken: number[] = [];
    const told: string[] = [];
    for (const { role, replicas } of roles) {
      const ids = await this.#company.named(replicas, taken);
      taken.push(...ids);
      this.#company.cast(role, ids);
      told.push(`${role} is ${replicasText(ids)}`);
    }
    return done(listed(told));
  }

  async #crash({ kind, replicas }: StepOf<"kill" | "restart">): Promise<Done> {
    const standings = await this.#stage.look();
    const ids = meant(await this.#company.named(replicas));
    const isDown = (id: number) => (standings[id] ?? null) === null;
    const wrong = ids.filter((id) => isDown(id) === (kind === "kill"));
    if (wrong.length > 0)
      throw new StepError(
        `${replicasText(wrong)} ${wrong.length === 1 ? "is" : "are"} ${kind === "kill" ? "down already" : "still up"}`,
      );
    const who = await this.#introduced(ids);
    await this.#noteFault();
    if (kind === "kill") await this.#stage.kill(ids);
    else await this.#stage.restart(ids);
    return done(`${who} ${ids.length === 1 ? "is" : "are"} ${kind === "kill" ? "killed" : "restarted"}`);
  }

  async #lie(step: StepOf<"lie"> | StepOf<"honest">): Promise<Done> {
    const ids = meant(await this.#company.named(step.replicas));
    const who = await this.#introduced(ids);
    const one = ids.length === 1;
    const behaviour = step.kind === "lie" ? step.behaviour : null;
    const did =
      behaviour === null
        ? `${who} ${one ? "is" : "are"} honest again`
        : `${who} ${one ? "lies" : "lie"} from now on: ${behaviour}`;
    await this.#noteFault();
    if (behaviour !== null) this.#company.lied(ids);
    if (this.withoutLies) {
      this.#lieLeftOut = true;
      return skipped(did);
    }
    await this.#stage.lie(ids, behaviour);
    return done(did);
  }

  async #partition({ groups }: StepOf<"partition">): Promise<Done> {
    const named: (readonly number[])[] = [];
    for (const group of groups) named.push(await this.#company.named(group));
    const taken = named.flat();
    const twice = taken.find((id, index) => taken.indexOf(id) !== index);
    if (twice !== undefined) throw new StepError(`replica ${twice} is in two groups; a replica is in one only`);
    const rest = this.#company.all.filter((id) => !taken.includes(id));
    const all = [...named, rest].filter((group) => group.length > 0);
    if (all.length < 2) throw new StepError("all replicas are in one group, so there is nothing to cut");
    await this.#noteFault();
    await this.#stage.partition(all);
    return done(`the network is cut: ${all.map((group) => `{${group.join(", ")}}`).join(" | ")}`);
  }

  async #waitUntil({ claims, withinMs }: StepOf<"wait-until">): Promise<Done> {
    const within = this.#lieLeftOut ? Math.min(withinMs, WITHOUT_LIE_MS) : withinMs;
    const began = this.#stage.now;
    let seen: readonly Seen[] = [];
    const came = await this.#patience.until(within, async () => {
      const all: Seen[] = [];
      for (const claim of claims) all.push(await look(claim, { ...this.#sight, waiting: true }));
      seen = all;
      return seen.every(({ holds }) => holds);
    });
    const waited = `after ${spanText(this.#stage.now - began)}: `;
    if (came) return held(waited + seen.map(({ saw }) => saw).join("; "));
    const did = waited + seen.flatMap(({ holds, saw }) => (holds ? [] : [saw])).join("; ");
    return this.#lieLeftOut ? skipped(did, "without the lie it need not come") : failed(did, `waited for, and it did not come`);
  }

  get #sight(): Omit<Sight, "waiting"> {
    const { byName: requests, slotBefore } = this.#asking;
    return { stage: this.#stage, company: this.#company, requests, before: this.#before, slotBefore };
  }

  /** `replica 0 (the primary)`. */
  async #introduced(ids: readonly number[]): Promise<string> {
    const primary = await this.#company.leader();
    if (primary === null || !ids.includes(primary.replica)) return replicasText(ids);
    const which = ids.length === 1 ? "" : `${primary.replica} is `;
    return `${replicasText(ids)} (${which}the ${wordsOf(this.#stage.protocol).primary})`;
  }

  async #noteFault(): Promise<void> {
    this.#before = (await this.#company.leader()) ?? this.#before;
  }
}

/** @throws StepError when nobody is */
function meant(ids: readonly number[]): readonly number[] {
  if (ids.length === 0) throw new StepError("no replica is meant by this at this moment");
  return ids;
}
